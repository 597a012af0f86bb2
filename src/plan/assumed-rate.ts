/** How fast files of one kind of access move. */
export interface MoveRate {
  /** Time that a file takes apart from its bytes, ns: create and sync, or open and close. */
  readonly fileNs: number;
  readonly bytesPerSecond: number;
  /** Time of a small operation at a random place, ns. */
  readonly randomNs: number;
}

/** How fast a target is, as measured by a short probe or as assumed. */
export interface TargetRates {
  /** Data files that are laid out, several at a time. */
  readonly layout: MoveRate;
  /** One worker that writes and syncs. */
  readonly write: MoveRate;
  /** One worker that reads what the page cache does not have, or has. */
  readonly cold: MoveRate;
  readonly warm: MoveRate;
  /** Time that the eviction of a file takes, and the proof of it, ns. */
  readonly evictNs: number;
  /** Time that the removal of a file takes, ns. */
  readonly removeNs: number;
  /** So many workers are as fast as one of them alone. */
  readonly parallelCold: number;
  readonly parallelWarm: number;
}

/** Operations of one worker per second that are assumed of a target: those of NFS at a round trip of half a millisecond. */
export const ASSUMED_ENTRY_OPERATIONS_PER_SECOND = 2000;

/** Rate assumed for a target when nothing was measured: that of a modest cloud volume. */
export const ASSUMED_BYTES_PER_SECOND = 256 * 2 ** 20;

const ASSUMED: MoveRate = { fileNs: 0, bytesPerSecond: ASSUMED_BYTES_PER_SECOND, randomNs: 0 };

/** The rates of a target that was not measured. */
export const ASSUMED_RATES: TargetRates = {
  layout: { fileNs: 100e3, bytesPerSecond: ASSUMED_BYTES_PER_SECOND, randomNs: 0 },
  write: ASSUMED,
  cold: ASSUMED,
  warm: ASSUMED,
  evictNs: 20e3,
  removeNs: 20e3,
  parallelCold: 1,
  parallelWarm: 1,
};

const INSTANT: MoveRate = { fileNs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, randomNs: 0 };

/** Rates at which a job takes only the time that its own pace sets. */
export const INSTANT_RATES: TargetRates = {
  layout: INSTANT,
  write: INSTANT,
  cold: INSTANT,
  warm: INSTANT,
  evictNs: 0,
  removeNs: 0,
  parallelCold: 1,
  parallelWarm: 1,
};

/** An expected duration: the part that is known, and the part estimated from rates. */
export interface ExpectedTime {
  /** Run times, ramps and pauses that the workload sets. */
  readonly knownNs: number;
  /** Files and bytes at the target's rates, or at the job's own rate where that is slower. */
  readonly estimatedNs: number;
}

/** Returns the time that moving these bytes takes at a rate, ns. */
export function movingNs(rate: MoveRate, bytes: number, files = 0): number {
  return files * rate.fileNs + (bytes / rate.bytesPerSecond) * 1e9;
}
