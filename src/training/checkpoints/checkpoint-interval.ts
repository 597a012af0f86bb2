/**
 * What checkpoints cost a training run, and how often they are worth it.
 *
 * J. W. Young, "A first order approximation to the optimum checkpoint interval", CACM 17 (1974) 530. J. T. Daly, "A higher
 * order estimate of the optimum checkpoint interval for restart dumps", FGCS 22 (2006) 303: equation 37 for the interval, 20
 * for the wall time. Failures are assumed to come at random (exponentially), also while a checkpoint is written.
 */

/** The cost of one checkpoint, ns. */
export interface CheckpointTimes {
  /** Training stands still for so long. */
  readonly blockedNs: number;
  /** From its start until it can be restarted from. As long as `blockedNs` if it is synchronous. */
  readonly writtenNs: number;
}

/**
 * Returns the share of the time in which training stands still, 0 to 1.
 * @param everyNs training time between two checkpoints; if it is shorter than an asynchronous write, training waits for it
 */
export function stalledShare({ blockedNs, writtenNs }: CheckpointTimes, everyNs: number): number {
  const waitedNs = blockedNs + Math.max(0, writtenNs - blockedNs - everyNs);
  return waitedNs / (everyNs + waitedNs);
}

/** Returns Young's best interval, ns: √(2 · cost · mean time between failures). */
export function youngInterval({ blockedNs }: CheckpointTimes, mtbfNs: number): number {
  return Math.sqrt(2 * blockedNs * mtbfNs);
}

/** Returns Daly's best interval, ns. An asynchronous checkpoint is not started before the last one is written. */
export function dalyInterval({ blockedNs, writtenNs }: CheckpointTimes, mtbfNs: number): number {
  const ratio = blockedNs / (2 * mtbfNs);
  const bestNs =
    ratio >= 1 ? mtbfNs : Math.sqrt(2 * blockedNs * mtbfNs) * (1 + Math.sqrt(ratio) / 3 + ratio / 9) - blockedNs;
  return Math.max(bestNs, writtenNs - blockedNs);
}

/**
 * Returns the share of the time that is lost to checkpoints and to work that is done again after failures, 0 to 1. The
 * restart itself is not included. What is still being written in the background when a failure comes is lost, too.
 */
export function lostShare(times: CheckpointTimes, everyNs: number, mtbfNs: number): number {
  const { blockedNs, writtenNs } = times;
  const stalledNs = everyNs / (1 - stalledShare(times, everyNs)) - everyNs;
  const behindNs = Math.max(0, writtenNs - blockedNs);
  const wallNs = mtbfNs * Math.exp(behindNs / mtbfNs) * Math.expm1((everyNs + stalledNs) / mtbfNs);
  return 1 - everyNs / wallNs;
}
