/**
 * /proc/self/mountstats as data: what the NFS client counted since a mount was made. The kernel writes it in
 * nfs_show_stats (fs/nfs/super.c), rpc_clnt_show_stats (net/sunrpc/stats.c) and the print_stats of each transport.
 */
import type { NfsBytes } from '../../record/nfs-traffic.js';
import { unescapeOctal } from '../system/mountinfo.js';
import { parseTransport, type TransportCounters } from './mountstats-transport.js';
import { counters } from './signed-counter.js';

/** `bytes:`, in the kernel's order. */
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

/** `events:`, in the order of include/linux/nfs_iostat.h; kernels before pNFS have the first 25. */
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

/** One kind of call. Times are sums over calls, shown in whole ms; the kernel adds them up in ns (before 2.6.34: in ticks). */
export interface OperationCounters {
  readonly operations: number;
  readonly transmissions: number;
  /** Major timeouts: all retransmissions of a call went unanswered. */
  readonly timeouts: number;
  /** With RPC headers. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly queueMs: number;
  readonly roundTripMs: number;
  readonly executeMs: number;
  /** Replies with an error; null in kernels before 5.3, which have 8 columns. */
  readonly errors: number | null;
}

/** One NFS mount's block. */
export interface MountStats {
  readonly source: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
  readonly statVersion: string;
  /** All options, with the kernel's defaults spelt out. */
  readonly options: readonly string[];
  readonly ageSeconds: number | null;
  /** The rest of `caps:`, `nfsv4:`, `sec:`, `impl_id:` and `fsc:` lines, as they are; an empty `impl_id:` is null. */
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
/** An operation that the kernel's table has no name for. */
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

/** A server that gives no name has the line all the same: `name='',domain='',date='0,0'`. */
function implementationOf(text: string | undefined): string | null {
  return text === undefined || text.startsWith("name=''") ? null : text;
}

/** The tagged lines of a block: `age:`, `bytes:` …; `xprt:` may come several times. */
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
 * The NFS mounts of a mountstats text, in its order; other file systems' lines are left out. Bind mounts and
 * subdirectories of one superblock come once each with the same counters. What a kernel does not write is null or
 * missing; never an error.
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

/** pNFS as the `nfsv4:` line words it; null where there is no such line, or it knows nothing of pNFS. */
export function pnfsOf(stats: Pick<MountStats, 'nfsv4'>): string | null {
  return /(?:^|,)pnfs=([^,]*)/.exec(stats.nfsv4 ?? '')?.[1] ?? null;
}
