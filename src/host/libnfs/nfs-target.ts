/** Checks and describes `nfs://` targets. */
import { FeedrateError } from '../../base/errors.js';
import type { NfsMount } from '../../record/nfs-mount.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import { nfsServiceOf, parseNfsOptions } from '../nfs/nfs-options.js';
import { codeOf } from '../system/libc.js';
import { nfsStoreOf } from './nfs-store.js';
import type { NfsUrl } from './nfs-url.js';

const NOT_ALLOWED: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

const PORTS =
  'accepts only client ports below 1024, which need root: run as root, or export it with insecure (ONTAP: -mount-rootonly and -nfs-rootonly disabled)';

/** Root has the ports that every server accepts. */
const ADD_CLIENT = 'add this machine to the clients of the export (ONTAP: to its export policy)';

/**
 * Returns the likely cause of a failed libnfs mount and what to do. A server that accepts only client ports below 1024
 * may answer with an error, with "no such export", or with a refusal that libnfs cannot describe.
 */
export function mountRemedy(code: string, { server, version }: NfsUrl, isRoot: boolean): string {
  if (NOT_ALLOWED.has(code))
    return `the server does not export it to this machine${isRoot ? `; ${ADD_CLIENT}` : `, or ${PORTS}`}`;
  const orPorts = isRoot ? '' : `; or it ${PORTS}`;
  if (code === 'ENOENT') return `the server has no such export or directory${orPorts}`;
  const ports = version === 3 ? 'ports 111, 2049 and that of mountd' : 'port 2049';
  // libnfs cannot describe a refusal by version 4.
  const orRefused = version === 3 ? '' : `; or the server does not export it to this machine: ${ADD_CLIENT}`;
  return `cannot connect to ${server}; check its name, the network and that ${ports} can be reached${orRefused}${orPorts}`;
}

/**
 * Connects to the server of an `nfs://` target. Throws a FeedrateError with code `target` when libnfs cannot be used,
 * the server cannot be reached or refuses, or the target is not a directory.
 */
export function connectTarget(name: string, path: string): void {
  const store = nfsStoreOf(path);
  let kind: string | undefined;
  try {
    store.connection.connect();
    kind = store.status(path)?.kind;
  } catch (cause) {
    const code = codeOf(cause) ?? 'EUNKNOWN';
    const remedy = mountRemedy(code, store.connection.url, process.getuid?.() === 0);
    throw new FeedrateError('target', `target ${name}: cannot reach ${path} (${code}): ${remedy}`, { cause });
  }
  if (kind !== 'directory')
    throw new FeedrateError('target', `target ${name}: ${path} is not a directory; name a directory`);
}

/** Returns the record of a target without a mount: the client, and the same fields as for a mount. */
export function describeNfsTarget(name: string, path: string): TargetEnvironment {
  const store = nfsStoreOf(path);
  const { connection } = store;
  const space = store.space(path);
  const { url, readMaxBytes, writeMaxBytes } = connection;
  const source = `${url.server}:${url.directory}`;
  const version = url.version === 3 ? '3' : '4.0';
  const options = [`vers=${version}`, `rsize=${readMaxBytes}`, `wsize=${writeMaxBytes}`, 'proto=tcp', 'sec=sys'];
  const nfs: NfsMount = {
    client: connection.library.label,
    options: { ...parseNfsOptions(options), ...UNCACHED },
    service: nfsServiceOf(source, null),
    serverImplementation: null,
    ontapRelease: null,
    pnfs: null,
    openTransports: null,
    readAheadBytes: 0,
    limits: { tcpSlots: null, tcpMaxSlots: null, sessionSlots: null },
  };
  const fileSystem = url.version === 3 ? 'nfs' : 'nfs4';
  const place = { fileSystem, source, mountPoint: 'libnfs', options: options.join(','), device: 'none' };
  return { name, path, ...place, ...space, nfs };
}

const UNCACHED = { attributeCaching: false, lookupCache: 'none' } as const;

/** Returns why a plan cannot write to a target, or null when it can. Markers are small enough for every limit. */
export function nfsWriteRefusal(path: string): string | null {
  const { url, library } = nfsStoreOf(path).connection;
  if (url.version === 3 || library.mostVersion4WriteBytes === null) return null;
  const limit = `${library.label} writes at most ${library.mostVersion4WriteBytes} bytes per call with version 4`;
  return `${limit}; use ?version=3 or libnfs.so.14 (version 4 can read files that feedrate prepare wrote with version 3)`;
}
