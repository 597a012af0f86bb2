/** Which export is mounted with which options, and under what name. */
import { FeedrateError } from '../base/errors.js';

export interface PlannedMount {
  /** Of the target: `v4.1-nconnect16`. */
  readonly name: string;
  readonly source: string;
  /** As mount(8) takes them. */
  readonly options: string;
  /** nconnect as asked for. */
  readonly connections: number;
}

const NAMES_MOST = 40;

/** `vers=4.1,nconnect=16` → `v4.1-nconnect16`; equal options get a number, so that a mount can be held against itself. */
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
 * Gives each list of options an export. A client opens its connections to a server with the first mount of a version, and
 * all later mounts of that version share them, whatever nconnect they ask for: so lists of one version that ask for
 * different numbers are given different exports (other addresses of the server).
 * @throws FeedrateError `usage` when there are not enough exports, or options that mount(8) cannot be given
 */
export function planMounts(exports: readonly string[], optionLists: readonly string[]): PlannedMount[] {
  for (const source of exports) {
    if (!/^\S+:\/\S*$/.test(source)) throw usage(`--export ${source}: expected server:/path`);
  }
  if (exports.length === 0) throw usage('--export is missing: expected server:/path');
  if (optionLists.length < 2) throw usage('nothing to compare: name two lists of --mount options or more');
  /** Of an export and version: the connections that its first mount opens. */
  const opened = new Map<string, string>();
  const taken = new Set<string>();
  return optionLists.map((options) => {
    if (!/^[^\s,]+(,[^\s,]+)*$/.test(options))
      throw usage(`--mount '${options}': expected options such as vers=4.1,nconnect=16`);
    const version = option(options, 'vers', 'nfsvers');
    if (version === null) throw usage(`--mount ${options}: the version is missing; say vers=3, 4.0, 4.1 or 4.2`);
    const connections = option(options, 'nconnect') ?? '1';
    const source = exports.find((one) => {
      const known = opened.get(`${one} ${version}`);
      return known === undefined || known === connections;
    });
    if (source === undefined) {
      throw usage(
        `--mount ${options}: mounts of one server and version share their connections, so another nconnect takes another address of the server: add an --export`,
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
