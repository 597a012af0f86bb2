/** The cells of `bench:fio`: each a load that feedrate, fio and a bare C loop are given. */
import type { IoJob } from '../../src/workload/workload.js';

export type Medium = 'cache' | 'shm' | 'direct';

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

interface Load {
  readonly label: string;
  readonly rw: Cell['rw'];
  readonly blockBytes: number;
  readonly endFsync: boolean;
}

const LOADS: readonly Load[] = [
  { label: 'randread-4k', rw: 'randread', blockBytes: 4 * KIB, endFsync: false },
  { label: 'randread-128k', rw: 'randread', blockBytes: 128 * KIB, endFsync: false },
  { label: 'read-1m', rw: 'read', blockBytes: 1024 * KIB, endFsync: false },
  { label: 'write-1m-fsync', rw: 'write', blockBytes: 1024 * KIB, endFsync: true },
  { label: 'randwrite-4k', rw: 'randwrite', blockBytes: 4 * KIB, endFsync: false },
];

const ENGINES = [
  { engine: 'psync', iodepth: 1 },
  { engine: 'io_uring', iodepth: 1 },
  { engine: 'io_uring', iodepth: 8 },
  { engine: 'io_uring', iodepth: 32 },
  { engine: 'io_uring', iodepth: 128 },
] as const;

type Way = Pick<Cell, 'medium' | 'engine' | 'iodepth' | 'numjobs'>;

function cellOf({ label, ...load }: Load, way: Way, special: Partial<Pick<Cell, 'refill' | 'fsCalls'>> = {}): Cell {
  const engine = way.engine === 'io_uring' ? `io_uring-${way.iodepth}` : special.fsCalls ? 'fs' : way.engine;
  const name = `${way.medium}/${label}${special.refill ? '-refill' : ''}/${engine}/${way.numjobs}`;
  return { ...load, ...way, refill: false, fsCalls: false, ...special, name };
}

const MEDIA: readonly Medium[] = ['cache', 'shm', 'direct'];

/** Load × medium × engine × jobs, then the cells of the special demands. */
export const CELLS: readonly Cell[] = [
  ...MEDIA.flatMap((medium) =>
    LOADS.flatMap((load) =>
      ENGINES.flatMap((engine) => [1, 2].map((numjobs) => cellOf(load, { medium, ...engine, numjobs }))),
    ),
  ),
  ...LOADS.slice(0, 1).map((load) =>
    cellOf(load, { medium: 'cache', engine: 'psync', iodepth: 1, numjobs: 1 }, { fsCalls: true }),
  ),
  ...LOADS.slice(0, 3).map((load) => cellOf(load, { medium: 'cache', engine: 'mmap', iodepth: 1, numjobs: 1 })),
  ...(['cache', 'shm'] as const).map((medium) =>
    cellOf(LOADS[3] as Load, { medium, engine: 'psync', iodepth: 1, numjobs: 1 }, { refill: true }),
  ),
];

/** What all sides work on and for how long. */
export interface Setting {
  readonly path: string;
  readonly bytes: number;
  readonly contentSeed: number;
  readonly seconds: number;
  /** Of feedrate's offsets, another each round; the others draw new ones each time by themselves. */
  readonly seed: number;
}

/** Buffered writes go once over the file: with a time limit the flush of what piled up would be most of it. */
export function isTimed(cell: Cell): boolean {
  return cell.medium === 'direct' || cell.rw === 'read' || cell.rw === 'randread';
}

/** Times in ns, of one operation; `p…Ns` are quantiles of fio's `lat`; null where a side does not tell. */
export interface Measures {
  readonly iops: number;
  readonly bytes: number;
  readonly cpuPerOpNs: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly collections: number | null;
}

/** The cell as feedrate's job. */
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
    runtimeNs: isTimed(cell) ? setting.seconds * 1e9 : null,
    timeBased: isTimed(cell),
    sizeBytes: setting.bytes,
  };
}
