/** What a target is taken to sustain when only the bytes of a trial are known: a modest cloud volume. */
export const ASSUMED_BYTES_PER_SECOND = 256 * 2 ** 20;

/** How long something takes: the part that is certain and the part that rests on the assumed rate. */
export interface ExpectedTime {
  /** Run times, ramps and pauses that the workload sets. */
  readonly knownNs: number;
  /** Bytes at `ASSUMED_BYTES_PER_SECOND`, or at the job's own rate where that is slower. */
  readonly estimatedNs: number;
}

/** The time that bytes take at the assumed rate. */
export function assumedNs(bytes: number): number {
  return (bytes / ASSUMED_BYTES_PER_SECOND) * 1e9;
}
