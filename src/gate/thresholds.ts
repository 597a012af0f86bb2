/** Evaluates the thresholds of a run, and determines its exit status. */
import { unreachable } from '../base/assert.js';
import { EXIT } from '../base/errors.js';
import type { Arm } from '../plan/plan.js';
import type { RunStatus } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { trialsOfArm } from '../stats/arm-trials.js';
import { measured } from '../stats/measure.js';
import { isCounted } from '../stats/summary.js';
import { countsForNothing } from './flaws.js';

type ArmThreshold = Arm['thresholds'][number];

export interface ThresholdResult {
  readonly threshold: ArmThreshold;
  /** The arm's id. */
  readonly arm: string;
  /** The value over all counted trials, in the metric's base unit; null if it was not measured. */
  readonly value: number | null;
  readonly passed: boolean;
  /** Why there is no value; null if there is one. */
  readonly reason: string | null;
}

/**
 * Returns the result of each threshold of each arm. A metric without data fails: nothing may pass unmeasured. If a
 * counted trial of the arm measured nothing, all its thresholds fail, because the other trials do not speak for it.
 */
export function evaluateThresholds(
  arms: readonly Pick<Arm, 'id' | 'thresholds'>[],
  trials: readonly TrialRecord[],
): ThresholdResult[] {
  return arms.flatMap((arm) => {
    if (arm.thresholds.length === 0) return [];
    const counted = trialsOfArm(trials, arm.id).filter(isCounted);
    return arm.thresholds.map((threshold) => evaluate(threshold, arm.id, counted));
  });
}

function evaluate(threshold: ArmThreshold, arm: string, counted: readonly TrialRecord[]): ThresholdResult {
  const unmeasured = counted.filter(countsForNothing).length;
  const value = unmeasured > 0 ? Number.NaN : measured(threshold, counted);
  if (!Number.isFinite(value)) {
    const reason = unmeasured > 0 ? `nothing measured in ${unmeasured} of ${counted.length} trials` : 'not measured';
    return { threshold, arm, value: null, passed: false, reason };
  }
  return { threshold, arm, value, passed: keeps(value, threshold), reason: null };
}

function keeps(value: number, { comparison, bound }: ArmThreshold): boolean {
  switch (comparison) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    default:
      return unreachable(comparison);
  }
}

/** The parts of a run that determine its exit status. */
export interface RunOutcome {
  readonly status: RunStatus;
  readonly trials: readonly Pick<TrialRecord, 'status' | 'warmup' | 'window'>[];
  readonly thresholds: readonly Pick<ThresholdResult, 'passed'>[];
}

/**
 * Returns the exit status of a run. Precedence: a failed measurement, an interrupt, a failed threshold. A counted trial
 * that measured nothing is a failed measurement.
 */
export function exitStatusOf({ status, trials, thresholds }: RunOutcome): number {
  if (status === 'failed' || trials.some((trial) => trial.status === 'failed')) return EXIT.measurementFailed;
  if (status === 'aborted' || trials.some((trial) => trial.status === 'aborted')) return EXIT.interrupted;
  if (trials.some(countsForNothing)) return EXIT.measurementFailed;
  return thresholds.every((threshold) => threshold.passed) ? EXIT.pass : EXIT.regression;
}
