/** Computes a calibration from a run of a target against itself: noise, false alarms and a recommended plan. */
import { createPrng } from '../base/prng.js';
import type { Arm } from '../plan/plan.js';
import { CALIBRATION_VERSION, type CalibratedCell, type CalibrationRecord } from '../record/calibration-record.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { clopperPearson } from '../stats/clopper-pearson.js';
import { type Observation, pairedSample, pBeyond, ratioOf, smallestP, unitCount, unitSd } from '../stats/effect.js';
import type { Measure } from '../stats/measure.js';
import { holm } from '../stats/multiplicity.js';
import { observationsOf } from '../stats/observations.js';
import { ownNoise, pairNoise, sessionSdBy } from '../stats/own-noise.js';
import { cheapestPlan } from '../stats/plan-search.js';
import { minimumDetectableEffect } from '../stats/power.js';
import { spreadOf } from '../stats/spread.js';
import { isCounted } from '../stats/summary.js';
import { optimalRepetitions, type VarianceComponents } from '../stats/variance-components.js';
import { POWER, unitsToReach } from './attainable.js';
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
}

/** The number of simulated comparisons in which false alarms are counted. */
const FAMILIES = 2000;

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
  const differs = differences(cells);
  const calibrated = cells.map((cell, i) => calibratedCell(cell, differs[i] as number, cells.length, costs, options));
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
    falseAlarms: falseAlarmsOf(cells, options),
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
  return { ...found, warnings: calibrationWarnings(found) };
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

/** Two-sided p of “B differs from A”, adjusted for all cells. */
function differences(cells: readonly MeasuredCell[]): number[] {
  return holm(
    cells.map(({ a, b }) => {
      const sample = pairedSample(a, b);
      return Math.min(1, 2 * Math.min(pBeyond(sample, 0, 'less'), pBeyond(sample, 0, 'greater')));
    }),
  );
}

function calibratedCell(
  { arm, measure, a, b }: MeasuredCell,
  pDiffers: number,
  family: number,
  costs: CalibrationRecord['costs'],
  { alpha, minEffect, confidence }: CalibrationOptions,
): CalibratedCell {
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
    pDiffers,
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

/**
 * Applies the gate's rule to simulated comparisons: in each session, A and B keep or swap their names at random. All
 * cells of a session swap together, because they are correlated. A false alarm is a comparison with a regression in any
 * cell.
 */
function falseAlarmsOf(
  cells: readonly MeasuredCell[],
  { alpha, minEffect }: CalibrationOptions,
): CalibrationRecord['falseAlarms'] {
  const bound = -Math.log(1 - minEffect);
  const sessions = [...new Set(cells.flatMap(({ a }) => a.map(({ session }) => session)))];
  const random = createPrng(1);
  let alarms = 0;
  for (let family = 0; family < FAMILIES; family++) {
    const swapped = new Set(sessions.filter(() => random.nextFloat() < 0.5));
    const alarmed = cells.some(({ a, b, measure }) => {
      const keep = (own: readonly Observation[], other: readonly Observation[]) => [
        ...own.filter(({ session }) => !swapped.has(session)),
        ...other.filter(({ session }) => swapped.has(session)),
      ];
      const sample = pairedSample(keep(a, b), keep(b, a));
      const down = measure.metric.better === 'higher';
      // Holm's adjustment rejects any cell only if it rejects the smallest p, for which the bound is Bonferroni's.
      return pBeyond(sample, down ? -bound : bound, down ? 'less' : 'greater') <= alpha / cells.length;
    });
    if (alarmed) alarms++;
  }
  const samples = cells.map(({ a, b }) => pairedSample(a, b)).filter((sample) => unitCount(sample) > 0);
  const reachable = samples.every((sample) => smallestP(sample) <= alpha / cells.length);
  return {
    families: FAMILIES,
    alarms,
    ...clopperPearson(alarms, FAMILIES),
    sessionsNeeded: reachable ? null : unitsToReach({ design: 'paired' }, cells.length, alpha),
  };
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
