/** What a side of a cell measures, and who the sides are. */

/** fio `tuned`: as feedrate works by itself; `bare`: a C loop with no harness around it. */
export const SIDES = ['feedrate', 'defaults', 'tuned', 'bare'] as const;
export type Side = (typeof SIDES)[number];

/** Times in ns, of one operation; `p…Ns` are quantiles of fio's `lat`; null where a side does not tell. */
export interface Measures {
  /** Operations of all jobs over the time until the last one was done, as fio groups them. */
  readonly iops: number;
  readonly bytes: number;
  /** CPU time of the threads that issue operations, on every side; not that of the kernel's worker threads. */
  readonly cpuPerOpNs: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  /** Of garbage, in feedrate's measured loops. */
  readonly collections: number | null;
}

/** One round of a cell; null where a side has no such mode, or its bytes did not arrive. */
export interface Round {
  readonly round: number;
  readonly sides: Readonly<Record<Side, Measures | null>>;
  /** One line for each side that was not counted. */
  readonly discarded: readonly string[];
}
