/** Computes a calibration from a run of a target against itself: noise, differences and a recommended plan. */
import type { Arm } from '../plan/plan.js';
import { CALIBRATION_VERSION, type CalibratedCell, type CalibrationRecord } from '../record/calibration-record.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { type Observation, pairedSample, ratioOf, smallestP, unitCount, unitSd } from '../stats/effect.js';
import type { Measure } from '../stats/measure.js';
import { observationsOf } from '../stats/observations.js';
import { ownNoise, pairNoise, sessionSdBy } from '../stats/own-noise.js';
import { cheapestPlan } from '../stats/plan-search.js';
import { minimumDetectableEffect } from '../stats/power.js';
import { spreadOf } from '../stats/spread.js';
import { isCounted } from '../stats/summary.js';
import { optimalRepetitions, type VarianceComponents } from '../stats/variance-components.js';
import { POWER, unitsToReach } from './attainable.js';
import { earlierAndLater, testedForDifference } from './calibration-checks.js';
import { calibrationWarnings } from './calibration-warnings.js';
import { armOnAnyTarget, identityOf } from './noise-floor.js';

/** The two names under which the same target is measured. */
export const SIDES = ['A', 'B'] as const;

export interface CalibrationOptions {
  readonly measures: readonly Measure[];
  readonly alpha: number;
  readonly minEffect: number;
  readonly confidence: number;
  /** The relative difference that the recommended plan must detect. */
  readonly wanted: number;
  /** The results directory of the run. Default: that of commands without `-o`. */
  readonly results?: string;
}

interface MeasuredCell {
  readonly arm: Arm;
  readonly measure: Measure;
  readonly a: readonly Observation[];
  readonly b: readonly Observation[];
}

/** Returns the calibration from a complete run of SIDES. Pure: the same records give the same numbers. */
export function calibrationOf(
  run: RunRecord,
  trials: readonly TrialRecord[],
  options: CalibrationOptions,
): CalibrationRecord {
  const counted = trials.filter(isCounted);
  const cells = measuredCells(run, counted, options.measures);
  const costs = costsOf(run, counted);
  const sides = testedForDifference(cells.map(({ a, b }) => pairedSample(a, b)));
  const halves = earlierAndLater(cells, run.plan.sessions, options.confidence);
  const calibrated = cells.map((cell, i) => ({
    ...calibratedCell(cell, cells.length, costs, options),
    ...(sides[i] as (typeof sides)[number]),
    halves: halves[i] as CalibratedCell['halves'],
  }));
  const arms = cells.length / options.measures.length;
  const environment = run.environment.targets[0] as RunRecord['environment']['targets'][number];
  const found = {
    calibrationVersion: CALIBRATION_VERSION,
    run: run.id,
    calibratedAt: run.startedAt,
    feedrate: run.environment.feedrate.version,
    hostname: run.hostname,
    workload: run.plan.workload,
    path: environment.path,
    target: identityOf(environment),
    plan: { sessions: run.plan.sessions, rounds: countedRounds(run), arms },
    costs,
    alpha: options.alpha,
    minEffect: options.minEffect,
    power: POWER,
    cells: calibrated,
    sessionsNeeded: sessionsNeeded(cells, options),
    wanted: options.wanted,
    recommended: cheapestPlan({
      sessionSds: cells.map(({ a, b }) => sessionSdBy(pairNoise(a, b), unitSd(pairedSample(a, b)))),
      wanted: options.wanted,
      power: POWER,
      alpha: options.alpha,
      minEffect: options.minEffect,
      costs,
    }),
  };
  return { ...found, warnings: calibrationWarnings(found, options.results) };
}

/** The sessions that a gate on two targets needs to detect any regression. Null if there were enough. */
function sessionsNeeded(cells: readonly MeasuredCell[], { alpha }: CalibrationOptions): number | null {
  const reachable = cells.every(({ a, b }) => smallestP(pairedSample(a, b)) <= alpha / cells.length);
  return reachable ? null : unitsToReach({ design: 'paired' }, cells.length, alpha);
}

/** Rounds per session, without warm-up rounds. */
function countedRounds({ plan }: RunRecord): number {
  return new Set(plan.trials.filter(({ warmup }) => !warmup).map(({ round }) => round)).size;
}

function measuredCells(run: RunRecord, trials: readonly TrialRecord[], measures: readonly Measure[]): MeasuredCell[] {
  const observe = (arm: Arm, target: string, measure: Measure): Observation[] =>
    observationsOf(
      measure,
      trials.filter((trial) => trial.target === target && trial.arm === `${armOnAnyTarget(arm)}@${target}`),
    );
  const arms = run.plan.arms.filter(({ target }) => target === SIDES[0]);
  return measures.flatMap((measure) =>
    arms.map((arm) => ({ arm, measure, a: observe(arm, SIDES[0], measure), b: observe(arm, SIDES[1], measure) })),
  );
}

function calibratedCell(
  { arm, measure, a, b }: MeasuredCell,
  family: number,
  costs: CalibrationRecord['costs'],
  { alpha, minEffect, confidence }: CalibrationOptions,
): Omit<CalibratedCell, 'pDiffers' | 'couldDiffer' | 'halves'> {
  const sample = pairedSample(a, b);
  const ratio = ratioOf(sample, confidence);
  const noise = ownNoise(a, b);
  const sessionSd = finite(unitSd(sample));
  const floor = ratio === null ? null : floorOf(ratio);
  const n = unitCount(sample);
  const detectable =
    sessionSd === null || smallestP(sample) > alpha / family
      ? null
      : finite(
          minimumDetectableEffect({
            sessionSd,
            n,
            alpha: alpha / family,
            power: POWER,
            delta: Math.max(minEffect, floor ?? 0),
          }),
        );
  return {
    arm: armOnAnyTarget(arm),
    spec: arm.spec as unknown as CalibratedCell['spec'],
    words: arm.words,
    measure: measure.key,
    median: spreadOf([...a, ...b].map(({ value }) => value))?.median ?? null,
    trialCv: noise === null ? null : finite(noise.trialCv),
    levels:
      noise === null
        ? []
        : noise.components.levels.map((level, i) => ({ level: noise.levels[i] as 'trial', ...level })),
    ...repeatMoreOf(pairNoise(a, b), costs),
    sessions: n,
    sessionSd,
    ratio: ratio && { estimate: ratio.estimate, low: finite(ratio.low), high: finite(ratio.high) },
    floor,
    detectable,
  };
}

/**
 * The smallest difference at which the gate would call A and B equivalent: the farther end of the interval of their
 * ratio, as a relative loss. It includes differences through order or placement, and the uncertainty that the sessions
 * leave. Null if there are too few sessions for an interval.
 */
function floorOf({ low, high }: { readonly low: number; readonly high: number }): number | null {
  const farthest = Math.max(Math.abs(Math.log(low)), Math.abs(Math.log(high)));
  return Number.isFinite(farthest) ? 1 - Math.exp(-farthest) : null;
}

/** Whether more sessions or more rounds reduce the noise at lower cost (Kalibera and Jones). */
function repeatMoreOf(
  noise: VarianceComponents | null,
  { sessionNs, roundNs }: CalibrationRecord['costs'],
): Pick<CalibratedCell, 'repeatMore' | 'optimalRounds'> {
  if (noise === null) return { repeatMore: null, optimalRounds: null };
  const { repeatMore, repetitions } = optimalRepetitions(noise, [sessionNs, roundNs]);
  return { repeatMore: repeatMore === 0 ? 'session' : 'round', optimalRounds: finite(repetitions[0] as number) };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** The smallest cost of a level: plans divide by costs, so none may be zero. */
const LEAST_COST_NS = 1;

/**
 * Costs from the records' timestamps: the set-up of a session, counted from the end of the one before, and a round with
 * all its trials. The first set-up also lays out files and is left out. Medians, because a machine has slow moments.
 */
function costsOf({ startedAt }: RunRecord, trials: readonly TrialRecord[]): CalibrationRecord['costs'] {
  // In milliseconds: nanoseconds since 1970 exceed the precision of a number.
  const begins = (trial: TrialRecord) => Date.parse(trial.startedAt);
  const inOrder = [...trials].sort((a, b) => begins(a) - begins(b));
  const setUps: number[] = [];
  const rounds = new Map<string, number>();
  let endMs = Date.parse(startedAt);
  let last: TrialRecord | null = null;
  for (const trial of inOrder) {
    const sameSession = last?.session === trial.session;
    const place = `${trial.session}/${trial.round}`;
    if (!sameSession) setUps.push(begins(trial) - endMs);
    const trialEndMs = begins(trial) + trial.wallNs / 1e6;
    rounds.set(place, (rounds.get(place) ?? 0) + trialEndMs - (sameSession ? endMs : begins(trial)));
    endMs = trialEndMs;
    last = trial;
  }
  const middleNs = (ms: readonly number[]) => Math.max(LEAST_COST_NS, Math.round((spreadOf(ms)?.median ?? 0) * 1e6));
  return {
    sessionNs: middleNs(setUps.length > 1 ? setUps.slice(1) : setUps),
    roundNs: middleNs([...rounds.values()]),
    trialNs: middleNs(trials.map(({ wallNs }) => wallNs / 1e6)),
  };
}
