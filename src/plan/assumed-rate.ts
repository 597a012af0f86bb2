/** Rate assumed for a target when only the bytes of a trial are known: that of a modest cloud volume. */
export const ASSUMED_BYTES_PER_SECOND = 256 * 2 ** 20;

/** An expected duration: the part that is known, and the part estimated from the assumed rate. */
export interface ExpectedTime {
  /** Run times, ramps and pauses that the workload sets. */
  readonly knownNs: number;
  /** Bytes at `ASSUMED_BYTES_PER_SECOND`, or at the job's own rate where that is slower. */
  readonly estimatedNs: number;
}

/** Returns the time that moving these bytes takes at the assumed rate, ns. */
export function assumedNs(bytes: number): number {
  return (bytes / ASSUMED_BYTES_PER_SECOND) * 1e9;
}
