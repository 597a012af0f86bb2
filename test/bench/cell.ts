/** The cells of `bench:fio`: each a load that feedrate, fio and a bare C loop are given. */
import type { Extent } from '../../src/plan/plan.js';
import type { IoJob } from '../../src/workload/workload.js';

/** Page cache of a disk's file, a file of /dev/shm, O_DIRECT on a disk's file. */
export const MEDIA = ['cache', 'shm', 'direct'] as const;
export type Medium = (typeof MEDIA)[number];

export interface Cell {
  /** `cache/randread-4k/io_uring-32/2`: medium, load, engine with its iodepth, jobs. */
  readonly name: string;
  readonly medium: Medium;
  readonly rw: 'read' | 'write' | 'randread' | 'randwrite';
  readonly blockBytes: number;
  readonly engine: 'psync' | 'io_uring' | 'mmap';
  readonly iodepth: number;
  readonly numjobs: number;
  /** The flush is part of the measured time on every side. */
  readonly endFsync: boolean;
  /** Each write carries new data. */
  readonly refill: boolean;
  /** feedrate without koffi. */
  readonly fsCalls: boolean;
}

const KIB = 1024;

type Load = Pick<Cell, 'rw' | 'blockBytes' | 'endFsync' | 'refill'> & { readonly label: string };
type Way = Pick<Cell, 'medium' | 'engine' | 'iodepth' | 'numjobs'>;

function load(
  label: string,
  rw: Cell['rw'],
  kib: number,
  special: { endFsync?: boolean; refill?: boolean } = {},
): Load {
  return { label, rw, blockBytes: kib * KIB, endFsync: false, refill: false, ...special };
}

const READ_4K = load('randread-4k', 'randread', 4);
const READS: readonly Load[] = [READ_4K, load('randread-128k', 'randread', 128), load('read-1m', 'read', 1024)];
const LOADS: readonly Load[] = [
  ...READS,
  load('write-1m-fsync', 'write', 1024, { endFsync: true }),
  load('randwrite-4k', 'randwrite', 4),
];
const REFILLED: readonly Load[] = [
  load('write-128k-refill', 'write', 128, { refill: true }),
  load('write-1m-refill', 'write', 1024, { refill: true }),
];

const PSYNC = { engine: 'psync', iodepth: 1 } as const;
const ENGINES = [PSYNC, ...[1, 8, 32, 128].map((iodepth) => ({ engine: 'io_uring', iodepth }) as const)];
const JOBS = [1, 2];

function cellOf({ label, ...rest }: Load, way: Way, fsCalls = false): Cell {
  const engine = way.engine === 'io_uring' ? `io_uring-${way.iodepth}` : fsCalls ? 'fs' : way.engine;
  return { ...rest, ...way, fsCalls, name: `${way.medium}/${label}/${engine}/${way.numjobs}` };
}

/** Medium × load × engine × jobs, then what only single demands are about: `fs`, mmap, refilled writes. */
export const CELLS: readonly Cell[] = [
  ...MEDIA.flatMap((medium) =>
    LOADS.flatMap((each) =>
      ENGINES.flatMap((engine) => JOBS.map((numjobs) => cellOf(each, { medium, ...engine, numjobs }))),
    ),
  ),
  ...JOBS.flatMap((numjobs) => [
    cellOf(READ_4K, { medium: 'cache', ...PSYNC, numjobs }, true),
    ...READS.map((each) => cellOf(each, { medium: 'cache', engine: 'mmap', iodepth: 1, numjobs })),
    ...(['cache', 'shm'] as const).flatMap((medium) =>
      REFILLED.map((each) => cellOf(each, { medium, ...PSYNC, numjobs })),
    ),
  ]),
];

/** The cells whose names match any of the globs, in which `*` stands for anything. */
export function cellsMatching(globs: readonly string[]): readonly Cell[] {
  const patterns = globs.map((glob) => {
    const parts = glob.split('*').map((part) => part.replace(/[.+?^$()[\]{}|\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return CELLS.filter(({ name }) => patterns.some((pattern) => pattern.test(name)));
}

/** What all sides work on and for how long. */
export interface Setting {
  readonly path: string;
  readonly fileBytes: number;
  readonly contentSeed: number;
  readonly seconds: number;
  /** Of feedrate's offsets, another each round; the others draw new ones each time by themselves. */
  readonly seed: number;
}

export function isWrite(cell: Cell): boolean {
  return cell.rw === 'write' || cell.rw === 'randwrite';
}

/**
 * Whether the cell runs for a time. A buffered write with a flush goes once over the file instead, so that each byte
 * that is counted must reach the device: a block that is written twice before the flush reaches it once.
 */
export function isTimed(cell: Cell): boolean {
  return !(cell.endFsync && cell.medium === 'cache');
}

/**
 * The part of the file, from its start, that the cell works on. Buffered writes without a flush get a quarter of it:
 * they are about memory, and few dirty pages keep the kernel from throttling the writer.
 */
export function spanBytes(cell: Cell, { fileBytes }: Setting): number {
  return isWrite(cell) && !cell.endFsync && cell.medium !== 'direct' ? fileBytes / 4 : fileBytes;
}

/** Bytes of each job: readers share the whole span, writers have a part each, so that no block is written by two. */
export function jobBytes(cell: Cell, setting: Setting): number {
  const span = spanBytes(cell, setting);
  if (!isWrite(cell)) return span;
  return Math.floor(span / cell.numjobs / cell.blockBytes) * cell.blockBytes;
}

/** The same as feedrate's extents, one list a worker. */
export function extentsOf(cell: Cell, setting: Setting): Extent[][] {
  const lengthBytes = jobBytes(cell, setting);
  return Array.from({ length: cell.numjobs }, (_, job) => [
    { file: 0, startBytes: isWrite(cell) ? job * lengthBytes : 0, lengthBytes },
  ]);
}

/** The cell as feedrate's job. Random blocks are drawn with replacement, here as there: fio's map costs it time. */
export function jobOf(cell: Cell, setting: Setting): Partial<IoJob> {
  return {
    rw: cell.rw,
    bs: [{ blockBytes: cell.blockBytes, share: 1 }],
    ioengine: cell.engine,
    iodepth: cell.iodepth,
    numjobs: cell.numjobs,
    direct: cell.medium === 'direct',
    endFsync: cell.endFsync,
    refillBuffers: cell.refill,
    norandommap: true,
    // What fio's mmap engine advises by itself.
    madvise: cell.rw.startsWith('rand') ? 'random' : 'sequential',
    runtimeNs: isTimed(cell) ? setting.seconds * 1e9 : null,
    timeBased: isTimed(cell),
  };
}
