/** Evaluates the thresholds of a run, and determines its exit status. */
import { unreachable } from '../base/assert.js';
import { EXIT } from '../base/errors.js';
import type { Arm } from '../plan/plan.js';
import type { RunStatus } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { measured } from '../stats/measure.js';
import { isCounted } from '../stats/summary.js';

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

/** Returns the result of each threshold of each arm. A metric without data fails: nothing may pass unmeasured. */
export function evaluateThresholds(
  arms: readonly Pick<Arm, 'id' | 'thresholds'>[],
  trials: readonly TrialRecord[],
): ThresholdResult[] {
  return arms.flatMap((arm) => {
    if (arm.thresholds.length === 0) return [];
    const counted = trials.filter((trial) => trial.arm === arm.id && isCounted(trial));
    return arm.thresholds.map((threshold) => evaluate(threshold, arm.id, counted));
  });
}

function evaluate(threshold: ArmThreshold, arm: string, counted: readonly TrialRecord[]): ThresholdResult {
  const value = measured(threshold, counted);
  if (Number.isNaN(value)) return { threshold, arm, value: null, passed: false, reason: 'not measured' };
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
  readonly trials: readonly Pick<TrialRecord, 'status'>[];
  readonly thresholds: readonly Pick<ThresholdResult, 'passed'>[];
}

/** Returns the exit status of a run. Precedence: a failed measurement, an interrupt, a failed threshold. */
export function exitStatusOf({ status, trials, thresholds }: RunOutcome): number {
  if (status === 'failed' || trials.some((trial) => trial.status === 'failed')) return EXIT.measurementFailed;
  if (status === 'aborted' || trials.some((trial) => trial.status === 'aborted')) return EXIT.interrupted;
  return thresholds.every((threshold) => threshold.passed) ? EXIT.pass : EXIT.regression;
}
