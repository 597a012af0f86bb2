/** URLs such as `nfs://server/export?version=3`: a directory on an NFS server that is used without a mount. */
import { FeedrateError } from '../../base/errors.js';

const SCHEME = 'nfs://';

export interface NfsUrl {
  readonly server: string;
  /** The absolute path on the server, without a trailing slash. `/` for the root. */
  readonly directory: string;
  readonly version: 3 | 4;
  /** Arguments for libnfs, under its own names. A missing argument has libnfs's default. */
  readonly arguments: Readonly<Partial<Record<NfsArgument, number>>>;
}

const MAX_ID = 2 ** 31 - 1;
const MAX_PORT = 2 ** 16 - 1;
/** The bytes of one call of version 4 unless the URL sets another size. It is the limit of Linux servers. */
export const MOST_TRANSFER_BYTES = 2 ** 20;

/** The arguments with their limits, in the order in which `formatNfsUrl` writes them. */
const ARGUMENTS = {
  uid: [0, MAX_ID],
  gid: [0, MAX_ID],
  nfsport: [1, MAX_PORT],
  mountport: [1, MAX_PORT],
  rsize: [4096, MOST_TRANSFER_BYTES],
  wsize: [4096, MOST_TRANSFER_BYTES],
} as const;

export type NfsArgument = keyof typeof ARGUMENTS;

const SERVER = /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** Returns whether a target, or a path below one, is an `nfs://` URL. */
export function isNfsUrl(path: string): boolean {
  return path.startsWith(SCHEME);
}

/** Parses an `nfs://` URL. Throws `FeedrateError('usage')` with the fault and the expected value. */
export function parseNfsUrl(text: string): NfsUrl {
  const refuse = (reason: string) => new FeedrateError('usage', `-t '${text}': ${reason}`);
  const [, server = '', directory = '', query = ''] = /^nfs:\/\/([^/?]*)(\/[^?]*)?(?:\?(.*))?$/s.exec(text) ?? [];
  if (!SERVER.test(server)) {
    throw refuse(`expected nfs://server/export with the name or IPv4 address of a server (ports: ?nfsport=…)`);
  }
  if (directory === '') throw refuse('the export is missing; expected nfs://server/export');
  const parts = directory.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..' || part.includes('\0'))) {
    throw refuse('the path contains . or ..; name the directory itself');
  }
  const { version = 3, ...rest } = parseQuery(query, refuse);
  if (version !== 3 && version !== 4) throw refuse(`version=${version}: expected 3 or 4`);
  if (version === 3 && (rest.rsize ?? rest.wsize) !== undefined)
    throw refuse('rsize and wsize are for version=4; with version 3 the server sets them');
  if (version === 4 && rest.mountport !== undefined) throw refuse('mountport is for version=3');
  return { server, directory: `/${parts.join('/')}`, version, arguments: rest };
}

type Query = Partial<Record<NfsArgument | 'version', number>>;

function parseQuery(query: string, refuse: (reason: string) => FeedrateError): Query {
  const found: Query = {};
  for (const part of query === '' ? [] : query.split('&')) {
    const [name = '', value = ''] = part.split(/=(.*)/s, 2);
    if (name !== 'version' && !Object.hasOwn(ARGUMENTS, name)) {
      const expected = ['version', ...Object.keys(ARGUMENTS)].join(', ');
      const why = name === 'readahead' ? '; feedrate turns libnfs’s read-ahead off, so that each read is one call' : '';
      throw refuse(`${name === '' ? 'an argument without a name' : name}: expected one of ${expected}${why}`);
    }
    const known = name as keyof Query;
    if (found[known] !== undefined) throw refuse(`${name} is given twice`);
    const [least, most] = known === 'version' ? [3, 4] : ARGUMENTS[known];
    const number = Number(value);
    if (!/^\d{1,10}$/.test(value) || number < least || number > most)
      throw refuse(`${name}=${value}: expected a whole number from ${least} to ${most}`);
    found[known] = number;
  }
  return found;
}

/** Returns the canonical text of the URL. The path of a file below the directory can be appended to it. */
export function formatNfsUrl({ server, directory, version, arguments: given }: NfsUrl): string {
  const words = (Object.keys(ARGUMENTS) as NfsArgument[]).flatMap((name) =>
    given[name] === undefined ? [] : [`&${name}=${given[name]}`],
  );
  return `${SCHEME}${server}${directory}?version=${version}${words.join('')}`;
}

/** Splits a path into the target, as `formatNfsUrl` writes it, and the path inside it (`/` for the target itself). */
export function splitNfsPath(path: string): { readonly root: string; readonly inside: string } {
  const end = path.indexOf('/', path.indexOf('?'));
  return end < 0 ? { root: path, inside: '/' } : { root: path.slice(0, end), inside: path.slice(end) };
}
