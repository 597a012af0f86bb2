/**
 * What a running run does at this moment: the content of `live.json`, for pages that watch it. It exists only while the
 * run is measured and is never compared, summarized or exported.
 */
export const LIVE_VERSION = 1;

export interface LiveStatus {
  readonly liveVersion: number;
  /** ISO 8601. */
  readonly updatedAt: string;
  /** In words: `measuring`. */
  readonly doing: string;
  readonly arm: string | null;
  readonly target: string | null;
  /** Of the whole plan. */
  readonly doneTrials: number;
  readonly totalTrials: number;
  /** Completed part of this step or trial, 0 to 1; null when unknown. */
  readonly fraction: number | null;
  /** Estimated time left for this step or trial, and for the run; null when unknown. */
  readonly leftNs: number | null;
  readonly etaNs: number | null;
  /** Null while nothing is measured. */
  readonly now: LiveRates | null;
  /** Since an operation last completed in the running trial; null while nothing is measured. */
  readonly quietNs: number | null;
  /** About one point a second, oldest first, for the last three minutes. */
  readonly recent: readonly LivePoint[];
}

export interface LiveRates {
  /** Over the last second. */
  readonly bytesPerSecond: number;
  readonly opsPerSecond: number;
  /** 99th percentile of the running trial so far; null when it is not observed, or nothing has completed. */
  readonly p99Ns: number | null;
  /** NFS: mean time of a call in the queue of the client and on its way to the server and back, over the last second. */
  readonly queueNs: number | null;
  readonly roundTripNs: number | null;
}

export interface LivePoint extends LiveRates {
  /** Milliseconds since 1970. */
  readonly atMs: number;
}
