import type { IoJob } from '../../src/workload/workload.js';

/** One load that feedrate and fio are both given. */
export interface Cell {
  readonly name: string;
  readonly rw: 'read' | 'write' | 'randread';
  readonly blockBytes: number;
  readonly numjobs: number;
  /** fio's `end_fsync`: the flush is part of the measured time on both sides. */
  readonly endFsync: boolean;
  readonly norandommap: boolean;
}

const KIB = 1024;
const READ = { numjobs: 1, endFsync: false, norandommap: false } as const;

/** The cell that the project's demand on throughput is about. */
export const DEMANDED_CELL = 'randread-4k';

export const CELLS: readonly Cell[] = [
  { ...READ, name: DEMANDED_CELL, rw: 'randread', blockBytes: 4 * KIB },
  { ...READ, name: 'randread-4k-2jobs', rw: 'randread', blockBytes: 4 * KIB, numjobs: 2 },
  { ...READ, name: 'randread-128k', rw: 'randread', blockBytes: 128 * KIB },
  { ...READ, name: 'read-1m', rw: 'read', blockBytes: 1024 * KIB },
  { ...READ, name: 'write-1m-fsync', rw: 'write', blockBytes: 1024 * KIB, endFsync: true },
];

/** What both sides work on and for how long. */
export interface Setting {
  readonly path: string;
  readonly bytes: number;
  readonly contentSeed: number;
  readonly seconds: number;
  /** Of feedrate's offsets, another each round; fio draws others each time by itself. */
  readonly seed: number;
}

/** What is compared. Times in ns, of one operation; `p…Ns` are quantiles of fio's `lat`. */
export interface Measures {
  readonly bytesPerSecond: number;
  readonly iops: number;
  readonly cpuPerOpNs: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
}

/** The cell as feedrate's job. */
export function jobOf(cell: Cell, setting: Setting): Partial<IoJob> {
  return {
    rw: cell.rw,
    bs: [{ blockBytes: cell.blockBytes, share: 1 }],
    numjobs: cell.numjobs,
    endFsync: cell.endFsync,
    norandommap: cell.norandommap,
    runtimeNs: setting.seconds * 1e9,
    timeBased: true,
    sizeBytes: setting.bytes,
  };
}
