/** What the checkpoints of an arm mean for the training that they stand for. */
import { checkpointJobOf, type ScaledState, scaledState } from '../plan/checkpoint-scale.js';
import type { Arm } from '../plan/plan.js';
import {
  type CheckpointTimes,
  dalyInterval,
  lostShare,
  stalledShare,
  youngInterval,
} from '../training/checkpoints/checkpoint-interval.js';
import type { ArmSummary } from './summary.js';

export interface CheckpointFigures {
  /** Null for shards of a given size. */
  readonly state: ScaledState | null;
  readonly mode: 'sync' | 'async' | 'restore';
  /** Median times, until the slowest rank was done. */
  readonly measured: CheckpointTimes;
  /** The same at full size, if the time grows with the bytes. Equal without a state. */
  readonly full: CheckpointTimes;
  /** The share of the time that checkpoints take at the interval of the workload, 0 to 1. */
  readonly every: {
    readonly intervalNs: number;
    readonly stalledShare: number;
    readonly lostShare: number | null;
  } | null;
  /** The best interval for the workload's mean time between failures. */
  readonly best: {
    readonly mtbfNs: number;
    readonly youngNs: number;
    readonly dalyNs: number;
    readonly lostShare: number;
  } | null;
}

/** A restore costs time only after a failure. */
const RESTORE = { everyNs: null, mtbfNs: null, mode: 'restore' } as const;

/** Returns the figures; null for other jobs, and if no checkpoint was measured. */
export function checkpointFigures(
  { spec }: Pick<Arm, 'spec'>,
  { latencies }: Pick<ArmSummary, 'latencies'>,
): CheckpointFigures | null {
  const writtenNs = latencies.get('checkpoint')?.p50Ns;
  const job = checkpointJobOf(spec);
  if (writtenNs === undefined || job === null) return null;
  const state = scaledState(job);
  const measured = { writtenNs, blockedNs: latencies.get('blocked')?.p50Ns ?? writtenNs };
  const scale = state?.scale ?? 1;
  const full = { writtenNs: writtenNs / scale, blockedNs: measured.blockedNs / scale };
  const { everyNs, mtbfNs, mode } = 'mode' in job ? job : RESTORE;
  const bestNs = mtbfNs === null ? 0 : dalyInterval(full, mtbfNs);
  return {
    state,
    mode,
    measured,
    full,
    every:
      everyNs === null
        ? null
        : {
            intervalNs: everyNs,
            stalledShare: stalledShare(full, everyNs),
            lostShare: mtbfNs === null ? null : lostShare(full, everyNs, mtbfNs),
          },
    best:
      mtbfNs === null
        ? null
        : { mtbfNs, youngNs: youngInterval(full, mtbfNs), dalyNs: bestNs, lostShare: lostShare(full, bestNs, mtbfNs) },
  };
}
