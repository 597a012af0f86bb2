/** What a job costs another one that runs beside it on the same target. */
import type { Arm } from '../plan/plan.js';
import { besideTrial } from '../record/beside-trial.js';
import type { TrialRecord } from '../record/trial-record.js';
import { windowNs } from '../record/trial-values.js';
import { type InferenceUnit, pairedSample, ratioOf, unitCount, unitLevels } from './effect.js';
import type { LocationInterval } from './hodges-lehmann.js';
import { defaultMeasure, type Measure, measureOf } from './measure.js';
import { observationsOf } from './observations.js';
import { spreadOf } from './spread.js';
import { isCounted } from './summary.js';

const CONFIDENCE = 0.95;

/** A job alone, and beside another. */
export interface BesideLoss {
  /** The arm that the job is alone, and the one that runs beside it. */
  readonly alone: string;
  readonly beside: string;
  /** The arm whose trials have both jobs. */
  readonly arm: string;
  /** `job`: the trials measured the job. `load`: it ran until the other was done, and was started again if it ended first. */
  readonly role: 'job' | 'load';
  readonly measure: Measure;
  /** Medians of the units, in the metric's base unit; null if nothing was measured. */
  readonly aloneLevel: number | null;
  readonly besideLevel: number | null;
  /** beside / alone with its interval, paired by session; null without pairs. */
  readonly ratio: LocationInterval | null;
  /** Sessions, or the rounds of the only session. */
  readonly unit: InferenceUnit;
  readonly units: number;
  /** The part of the other job's time in which this one ran, 0 to 1; null for `job`, which runs all the time. */
  readonly activeShare: number | null;
}

/** Returns the losses of all pairs of a run, in the order of the plan: of the job, then of the one beside it. */
export function besideLosses(arms: readonly Arm[], trials: readonly TrialRecord[]): BesideLoss[] {
  const counted = new Map<string, TrialRecord[]>(arms.map(({ id }) => [id, []]));
  for (const trial of trials) if (isCounted(trial)) counted.get(trial.arm)?.push(trial);
  return arms.flatMap((arm) => {
    const alone = arms.find((each) => isAloneOf(each, arm));
    const other = arms.find(({ id }) => id === arm.beside);
    if (other === undefined) return [];
    const together = counted.get(arm.id) ?? [];
    const own =
      alone === undefined
        ? []
        : [
            lossOf(
              { alone: alone.id, beside: other.id, arm: arm.id, role: 'job' },
              counted.get(alone.id) ?? [],
              together,
            ),
          ];
    // Where the other job is measured beside this one, its own trials say more.
    if (arms.some((each) => each.beside === alone?.id && each.job === other.job && each.target === arm.target))
      return own;
    const pair = { alone: other.id, beside: alone?.id ?? arm.id, arm: arm.id, role: 'load' } as const;
    return [
      ...own,
      lossOf(
        pair,
        counted.get(other.id) ?? [],
        together.flatMap((trial) => besideTrial(trial) ?? []),
        together,
      ),
    ];
  });
}

/** Returns whether an arm is another one without the job beside it. */
function isAloneOf(arm: Arm, { job, target, factors, beside }: Arm): boolean {
  if (beside === undefined || arm.beside !== undefined || arm.job !== job || arm.target !== target) return false;
  return factors.every(
    ({ name, label }) => name === FACTOR || arm.factors.some((own) => own.name === name && own.label === label),
  );
}

const FACTOR = 'beside';

/** @param during the trials in which a load ran; absent for a job that its own trials measured */
function lossOf(
  pair: Pick<BesideLoss, 'alone' | 'beside' | 'arm' | 'role'>,
  alone: readonly TrialRecord[],
  together: readonly TrialRecord[],
  during?: readonly TrialRecord[],
): BesideLoss {
  const isTraining = alone.some(({ training }) => training !== undefined);
  const measure = measureOf(isTraining ? 'samples_rate' : defaultMeasure(alone)) as Measure;
  const [base, candidate] = [observationsOf(measure, alone), observationsOf(measure, together)];
  const unit = new Set(candidate.map(({ session }) => session)).size > 1 ? 'session' : 'round';
  const sample = pairedSample(base, candidate, unit);
  const levelOf = (observed: typeof base) => spreadOf(unitLevels(observed, unit))?.median ?? null;
  return {
    ...pair,
    measure,
    aloneLevel: levelOf(base),
    besideLevel: levelOf(candidate),
    ratio: ratioOf(sample, CONFIDENCE),
    unit,
    units: unitCount(sample),
    activeShare: during === undefined ? null : activeShareOf(during),
  };
}

function activeShareOf(trials: readonly TrialRecord[]): number {
  const sum = (of: (trial: TrialRecord) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const allNs = sum(({ window }) => window.lastDoneNs);
  return allNs === 0 ? 0 : Math.min(1, sum(({ beside }) => (beside === undefined ? 0 : windowNs(beside))) / allNs);
}
