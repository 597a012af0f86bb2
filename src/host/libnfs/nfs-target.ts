/** An `nfs://` target, looked at and described. */
import { FeedrateError } from '../../base/errors.js';
import type { NfsMount } from '../../record/nfs-mount.js';
import type { TargetEnvironment } from '../../record/run-record.js';
import { nfsServiceOf, parseNfsOptions } from '../nfs/nfs-options.js';
import { codeOf } from '../system/libc.js';
import { nfsStoreOf } from './nfs-store.js';
import type { NfsUrl } from './nfs-url.js';

const NOT_ALLOWED: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

const PORTS =
  'takes only ports below 1024, which only root has: run as root, or export it with insecure (ONTAP: -mount-rootonly and -nfs-rootonly disabled)';

/**
 * What a mount by libnfs that failed may come from, and what to do. Servers say in many ways that they take only ports
 * below 1024: by an error, by no such export, or by a refusal for which libnfs has no words.
 */
export function mountRemedy(code: string, { server, version }: NfsUrl, isRoot: boolean): string {
  if (NOT_ALLOWED.has(code)) return `the server does not export it to this machine, or ${PORTS}`;
  const orPorts = isRoot ? '' : `, or it ${PORTS}`;
  if (code === 'ENOENT') return `the server has no such export or directory${orPorts}`;
  const ports = version === 3 ? 'ports 111, 2049 and that of mountd' : 'port 2049';
  return `no connection to ${server}; check its name, the network and that ${ports} can be reached${orPorts}`;
}

/**
 * Connects to the server of an `nfs://` target. Throws a FeedrateError with code `target` when libnfs cannot be used, the
 * server cannot be reached or refuses, or the target is not a directory.
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

/** What the record keeps of a target without a mount: in the words of mounts, and which client it was. */
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

/** Why a plan cannot write on a target; null when it can. Names and markers are small enough for any. */
export function nfsWriteRefusal(path: string): string | null {
  const { url, library } = nfsStoreOf(path).connection;
  if (url.version === 3 || library.mostVersion4WriteBytes === null) return null;
  const limit = `${library.label} writes at most ${library.mostVersion4WriteBytes} bytes a call with version 4`;
  return `${limit}; use ?version=3 (also to lay files out that version 4 then reads: feedrate prepare), or libnfs.so.14`;
}
