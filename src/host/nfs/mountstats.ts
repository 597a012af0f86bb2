/**
 * Parses /proc/self/mountstats, the counters of the NFS client since each mount was made. The kernel writes it in
 * nfs_show_stats (fs/nfs/super.c), rpc_clnt_show_stats (net/sunrpc/stats.c) and the print_stats of each transport.
 */
import type { NfsBytes } from '../../record/nfs-traffic.js';
import { unescapeOctal } from '../system/mountinfo.js';
import { parseTransport, type TransportCounters } from './mountstats-transport.js';
import { counters } from './signed-counter.js';

/** The fields of `bytes:` in the kernel's order. */
const BYTE_FIELDS: readonly (keyof NfsBytes)[] = [
  'normalReadBytes',
  'normalWriteBytes',
  'directReadBytes',
  'directWriteBytes',
  'serverReadBytes',
  'serverWriteBytes',
  'pagesRead',
  'pagesWritten',
];

/** The fields of `events:` in the order of include/linux/nfs_iostat.h. Kernels before pNFS have the first 25. */
export const EVENT_NAMES = [
  'inodeRevalidate',
  'dentryRevalidate',
  'dataInvalidate',
  'attributeInvalidate',
  'open',
  'lookup',
  'access',
  'updatePage',
  'readPage',
  'readPages',
  'writePage',
  'writePages',
  'getDents',
  'setAttribute',
  'flush',
  'fsync',
  'lock',
  'release',
  'congestionWait',
  'truncate',
  'extendWrite',
  'sillyRename',
  'shortRead',
  'shortWrite',
  'delay',
  'pnfsRead',
  'pnfsWrite',
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

/**
 * The counters of one kind of call. Times are sums over all calls in whole ms. The kernel sums them in ns (before
 * 2.6.34: in ticks).
 */
export interface OperationCounters {
  readonly operations: number;
  readonly transmissions: number;
  /** Major timeouts: a call and all its retransmissions got no answer. */
  readonly timeouts: number;
  /** Includes RPC headers. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly queueMs: number;
  readonly roundTripMs: number;
  readonly executeMs: number;
  /** Replies with an error. Null in kernels before 5.3, which have 8 columns. */
  readonly errors: number | null;
}

/** The block of one NFS mount. */
export interface MountStats {
  readonly source: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  readonly statVersion: string;
  /** All options, including the kernel's defaults. */
  readonly options: readonly string[];
  readonly ageSeconds: number | null;
  /** The unparsed text of the `caps:`, `nfsv4:`, `sec:`, `impl_id:` and `fsc:` lines. An empty `impl_id:` is null. */
  readonly caps: string | null;
  readonly nfsv4: string | null;
  readonly security: string | null;
  readonly implementation: string | null;
  readonly fscache: string | null;
  readonly bytes: NfsBytes | null;
  readonly events: ReadonlyMap<EventName, number>;
  readonly transports: readonly TransportCounters[];
  readonly operations: ReadonlyMap<string, OperationCounters>;
}

const HEADER = /^device (.*) mounted on (.*) with fstype (nfs4?) statvers=(\S+)$/;
const OPERATION = /^\s*([A-Z][A-Z0-9_]*): ((?:\d+ ){7,}\d+) ?$/;
/** Matches an operation that has no name in the kernel's table. */
const NUMBERED_OPERATION = /^\s*(\d+): ((?:\d+ ){7,}\d+) ?$/;

function parseBytes(text: string | undefined): NfsBytes | null {
  const values = counters(text ?? '');
  if (values.length < BYTE_FIELDS.length) return null;
  return Object.fromEntries(BYTE_FIELDS.map((field, index) => [field, values[index]])) as unknown as NfsBytes;
}

function parseEvents(text: string | undefined): Map<EventName, number> {
  const values = counters(text ?? '');
  return new Map(
    EVENT_NAMES.flatMap((name, index): [EventName, number][] => {
      const value = values[index];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function parseOperation(line: string): [string, OperationCounters][] {
  const [, name, columns] = OPERATION.exec(line) ?? NUMBERED_OPERATION.exec(line) ?? [];
  if (name === undefined || columns === undefined) return [];
  const values = counters(columns);
  const at = (index: number): number => values[index] ?? Number.NaN;
  const operation: OperationCounters = {
    operations: at(0),
    transmissions: at(1),
    timeouts: at(2),
    sentBytes: at(3),
    receivedBytes: at(4),
    queueMs: at(5),
    roundTripMs: at(6),
    executeMs: at(7),
    errors: values[8] ?? null,
  };
  return [[name, operation]];
}

/** Returns null for a server without a name, whose line is `name='',domain='',date='0,0'`. */
function implementationOf(text: string | undefined): string | null {
  return text === undefined || text.startsWith("name=''") ? null : text;
}

/** Returns a lookup of the tagged lines of a block (`age:`, `bytes:` …). `xprt:` may occur several times. */
function taggedLines(lines: readonly string[]): (tag: string) => string[] {
  const tagged = lines.map((line) => /^\t([a-z][a-z0-9_]*):\s*(.*)$/.exec(line));
  return (tag) => tagged.flatMap((match) => (match?.[1] === tag ? [(match[2] ?? '').trim()] : []));
}

function parseBlock([, source, mountPoint, fileSystem, statVersion]: RegExpExecArray, lines: string[]): MountStats {
  const start = lines.findIndex((line) => line.trim() === 'per-op statistics');
  const tagged = taggedLines(start < 0 ? lines : lines.slice(0, start));
  const first = (tag: string): string | undefined => tagged(tag)[0];
  const age = first('age');
  return {
    source: unescapeOctal(source ?? ''),
    mountPoint: unescapeOctal(mountPoint ?? ''),
    fileSystem: fileSystem ?? '',
    statVersion: statVersion ?? '',
    options: (first('opts') ?? '').split(',').filter((option) => option !== ''),
    ageSeconds: age === undefined || !/^\d+$/.test(age) ? null : Number(age),
    caps: first('caps') ?? null,
    nfsv4: first('nfsv4') ?? null,
    security: first('sec') ?? null,
    implementation: implementationOf(first('impl_id')),
    fscache: first('fsc') ?? null,
    bytes: parseBytes(first('bytes')),
    events: parseEvents(first('events')),
    transports: tagged('xprt').flatMap((text) => parseTransport(text) ?? []),
    operations: new Map(start < 0 ? [] : lines.slice(start + 1).flatMap(parseOperation)),
  };
}

/**
 * Returns the NFS mounts in a mountstats text, in its order. Other file systems are left out. Bind mounts and
 * subdirectories of one superblock are separate mounts with the same counters. Values that a kernel does not write are
 * null or missing. It never throws.
 */
export function parseMountstats(text: string): MountStats[] {
  const found: MountStats[] = [];
  let header: RegExpExecArray | null = null;
  let lines: string[] = [];
  const finish = (): void => {
    if (header !== null) found.push(parseBlock(header, lines));
  };
  for (const line of text.split('\n')) {
    if (!/^(?:device |no device )/.test(line)) {
      lines.push(line);
      continue;
    }
    finish();
    header = HEADER.exec(line);
    lines = [];
  }
  finish();
  return found;
}

/** Returns the `pnfs=` value of the `nfsv4:` line, or null when there is none. */
export function pnfsOf(stats: Pick<MountStats, 'nfsv4'>): string | null {
  return /(?:^|,)pnfs=([^,]*)/.exec(stats.nfsv4 ?? '')?.[1] ?? null;
}
