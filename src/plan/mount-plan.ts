/** Assigns exports and names to the mounts of a mount matrix. */
import { FeedrateError } from '../base/errors.js';

export interface PlannedMount {
  /** The target's name, such as `v4.1-nconnect16`. */
  readonly name: string;
  readonly source: string;
  /** In the syntax of mount(8). */
  readonly options: string;
  /** The requested nconnect. */
  readonly connections: number;
}

const NAMES_MOST = 40;

/**
 * Returns `v4.1-nconnect16` for `vers=4.1,nconnect=16`. Equal options get a number, so a mount can be compared to
 * itself.
 */
function nameOf(options: string, taken: ReadonlySet<string>): string {
  const words = options.split(',').map((option) => {
    const [key = '', value = ''] = option.split('=', 2);
    return `${key === 'vers' || key === 'nfsvers' ? 'v' : key}${value}`;
  });
  const plain = words
    .join('-')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, NAMES_MOST);
  const name = /^[A-Za-z0-9]/.test(plain) ? plain : `m${plain}`;
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(numbered)) return numbered;
  }
}

const option = (options: string, ...names: readonly string[]): string | null =>
  options
    .split(',')
    .map((text) => text.split('=', 2))
    .find(([name]) => names.includes(name ?? ''))?.[1] ?? null;

/**
 * Assigns an export to each list of options. The first mount of a server and version opens the client's connections,
 * and later mounts of that version share them, whatever their nconnect. Lists of one version with different nconnect
 * values therefore get different exports (other addresses of the server).
 * @throws FeedrateError `usage` when there are too few exports, or when mount(8) cannot accept the options
 */
export function planMounts(exports: readonly string[], optionLists: readonly string[]): PlannedMount[] {
  for (const source of exports) {
    if (!/^\S+:\/\S*$/.test(source)) throw usage(`--export ${source}: expected server:/path`);
  }
  if (exports.length === 0) throw usage('--export is missing: expected server:/path');
  if (optionLists.length < 2) throw usage('nothing to compare: use --mount at least twice');
  /** The number of connections that the first mount opens, by export and version. */
  const opened = new Map<string, string>();
  const taken = new Set<string>();
  return optionLists.map((options) => {
    if (!/^[^\s,]+(,[^\s,]+)*$/.test(options))
      throw usage(`--mount '${options}': expected options such as vers=4.1,nconnect=16`);
    const version = option(options, 'vers', 'nfsvers');
    if (version === null) throw usage(`--mount ${options}: the version is missing; add vers=3, 4.0, 4.1 or 4.2`);
    const connections = option(options, 'nconnect') ?? '1';
    const source = exports.find((one) => {
      const known = opened.get(`${one} ${version}`);
      return known === undefined || known === connections;
    });
    if (source === undefined) {
      throw usage(
        `--mount ${options}: mounts of one server and version share their connections, so a different nconnect needs another address of the server; add an --export`,
      );
    }
    opened.set(`${source} ${version}`, connections);
    const name = nameOf(options, taken);
    taken.add(name);
    return { name, source, options, connections: Number(connections) };
  });
}

function usage(message: string): FeedrateError {
  return new FeedrateError('usage', message);
}
