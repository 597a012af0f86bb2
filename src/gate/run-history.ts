/** The history of a workload: one series of runs per load, target and metric, with its changes. */
import { grouped } from '../base/grouped.js';
import { createPrng } from '../base/prng.js';
import { isOwnTemporary } from '../record/own-temporary.js';
import type { TrialRecord } from '../record/trial-record.js';
import { autocorrelationWithin } from '../stats/autocorrelation.js';
import { segmentsBetween } from '../stats/change-evidence.js';
import { type ChangePoint, findChangePoints } from '../stats/change-points.js';
import { unitLevels } from '../stats/effect.js';
import type { Measure } from '../stats/measure.js';
import { observationsOf } from '../stats/observations.js';
import { type Spread, spreadOf } from '../stats/spread.js';
import { loadOf, type Measured, type Mismatch, mismatchesBetween } from './comparability.js';
import { type NamedRun, type Side, sidesOf } from './sides.js';

/** Smaller changes of the median are not reported. Equal to the default min-effect of `compare`. */
export const LEAST_CHANGE = 0.01;
/** Significance level of the permutation test for a single change. */
const CHANGE_ALPHA = 0.01;
/** At most this share of series without a change show one, if the lag-1 autocorrelation is at most `MOST_LAG1`. */
export const MOST_FALSE = 0.05;
export const MOST_LAG1 = 0.7;
/** The smallest number of runs between two changes. */
const LEAST_RUNS_OF_LEVEL = 3;
/** Fewer runs cannot reach CHANGE_ALPHA: a split of 5 and 5 is 2 of C(10, 5) = 252 orders, 4 and 5 is 2 of 126. */
export const LEAST_RUNS = 10;

/** With fewer runs for each level, the correction of an autocorrelation would be as large as itself. */
const LEAST_RUNS_OF_LAG = 8;

/** One arm of one run, reduced to the data that a history needs. */
export interface HistoryArm extends Side {
  /** One point per metric, in their order; null if it was not measured. */
  readonly points: readonly (Spread | null)[];
}

export interface HistoryPoint {
  readonly side: HistoryArm;
  /** The spread of the run's session medians, in the metric's base unit. */
  readonly spread: Spread;
}

export interface HistoryChange {
  /** The first run after the change, and the last one before it. */
  readonly point: HistoryPoint;
  readonly previous: HistoryPoint;
  /** The medians of the runs before and after the change, up to the neighbouring changes. */
  readonly medianBefore: number;
  readonly medianAfter: number;
  /** p of the permutation test for this change alone. */
  readonly p: number;
  /** Other differences between the runs before and after the change. */
  readonly differences: readonly Mismatch[];
}

export interface HistorySeries {
  readonly measure: Measure;
  /** The path that was measured. */
  readonly path: string;
  /** The latest arm, which gives the series its name. */
  readonly latest: HistoryArm;
  /** Differences in load from the latest series of the same name; empty for the latest itself. */
  readonly otherLoad: readonly Mismatch[];
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  /** Oldest first. */
  readonly changes: readonly HistoryChange[];
  /** Without a change: one that runs which resemble the ones before may explain as well. Null if there is none. */
  readonly doubtful: HistoryChange | null;
  /**
   * How much a run resembles the one before: the lag-1 autocorrelation between changes, corrected for bias. Null with
   * fewer than `LEAST_RUNS_OF_LAG` runs between two changes on average.
   */
  readonly lag1: number | null;
}

export interface History {
  readonly workload: string;
  /** The number of runs that have points. */
  readonly runs: number;
  /** The reasons why other runs are left out, with the number of runs for each. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly series: readonly HistorySeries[];
}

/** Returns the matching arms of a run without histograms and time series, so that hundreds of runs fit in memory. */
export function historyArms(
  run: NamedRun,
  where: ReadonlyMap<string, string>,
  measures: readonly Measure[],
): HistoryArm[] {
  return sidesOf([run], where).map((side) => ({
    ...side,
    trials: side.trials.map((trial): TrialRecord => ({ ...trial, latency: {}, series: [] })),
    // Trials of one session are not independent, so a point is the median of the sessions' medians.
    points: measures.map((measure) => spreadOf(unitLevels(observationsOf(measure, side.trials), 'session'))),
  }));
}

/**
 * Returns the series of these arms, which must be sorted by run, oldest first. Arms form one series if workload, job,
 * levels, path and load are the same. Changes are hints (see `findChangePoints`). Series whose last change was for the
 * worse come first, then those without a change, then those that improved.
 */
export function historyOf(arms: readonly HistoryArm[], measures: readonly Measure[]): HistorySeries[] {
  const series = [...grouped(arms, seriesKey).values()].flatMap((members) =>
    measures.flatMap((measure, index) => seriesOf(members, measure, index)),
  );
  const named = grouped(series, ({ latest, measure }) => `${measure.key} ${nameKey(latest)}`);
  return [...named.values()].flatMap(toldApart).sort((a, b) => goodnessOf(a) - goodnessOf(b));
}

function seriesOf(members: readonly HistoryArm[], measure: Measure, index: number): HistorySeries[] {
  const points = members.flatMap((side): HistoryPoint[] => {
    const spread = side.points[index];
    return spread === null || spread === undefined ? [] : [{ side, spread }];
  });
  const latest = points.at(-1)?.side;
  if (latest === undefined) return [];
  return [{ measure, path: pathOf(latest), latest, otherLoad: [], points, ...changesOf(points) }];
}

/** How far beyond the largest finite latency of a series a run that measured nothing counts. */
const WORST_FACTOR = 2;

/** Returns the values with a finite one in place of ∞, the latency of a run that measured nothing: worse than all others. */
function withoutInfinity(values: readonly number[]): number[] {
  const largest = Math.max(...values.filter(Number.isFinite));
  return values.map((value) => (value === Number.POSITIVE_INFINITY ? WORST_FACTOR * Math.max(largest, 1) : value));
}

function changesOf(points: readonly HistoryPoint[]): Pick<HistorySeries, 'changes' | 'doubtful' | 'lag1'> {
  const values = withoutInfinity(points.map(({ spread }) => spread.median));
  // A fixed seed: the same runs always show the same changes.
  const { changes, doubtful } = findChangePoints(values, createPrng(1), {
    alpha: CHANGE_ALPHA,
    minSegment: LEAST_RUNS_OF_LEVEL,
    minMagnitude: LEAST_CHANGE,
  });
  const described = ({ index, medianBefore, medianAfter, p }: ChangePoint): HistoryChange => {
    const [previous, point] = [points[index - 1] as HistoryPoint, points[index] as HistoryPoint];
    return {
      point,
      previous,
      medianBefore,
      medianAfter,
      p,
      differences: mismatchesBetween(previous.side, point.side, new Set()),
    };
  };
  return {
    changes: changes.map(described),
    doubtful: doubtful && described(doubtful),
    lag1: lag1Of(segmentsBetween(values, changes)),
  };
}

function lag1Of(segments: readonly (readonly number[])[]): number | null {
  if (segments.flat().length < LEAST_RUNS_OF_LAG * segments.length) return null;
  const found = autocorrelationWithin(segments);
  return Number.isNaN(found) ? null : found;
}

/** Adds to series of one name how their load differs from the series with the latest run. */
function toldApart(same: readonly HistorySeries[]): HistorySeries[] {
  const startOf = ({ latest }: HistorySeries) => latest.run.startedAt;
  const newest = same.reduce((a, b) => (startOf(b) > startOf(a) ? b : a));
  return same.map((series) => {
    if (series === newest) return series;
    const differences = mismatchesBetween(newest.latest, series.latest, new Set());
    return { ...series, otherLoad: differences.filter(({ kind }) => kind === 'load') };
  });
}

/** ln of the last change, with the sign chosen so that higher is better; 0 without a change. */
function goodnessOf({ changes, measure }: HistorySeries): number {
  const last = changes.at(-1);
  const log = last === undefined ? 0 : Math.log(last.medianAfter / last.medianBefore);
  return measure.metric.better === 'higher' ? log : -log;
}

function seriesKey(arm: HistoryArm): string {
  return JSON.stringify([nameKey(arm), ...loadOf(arm)]);
}

function nameKey({ run, arm, ...rest }: HistoryArm): string {
  const levels = arm.factors.flatMap(({ name, label }) => (name === 'target' ? [] : [name, label]));
  return JSON.stringify([run.plan.workload, pathOf({ run, arm, ...rest }), arm.job, ...levels]);
}

function pathOf({ run, arm }: Measured): string {
  return placeOf(run.plan.targets.find(({ name }) => name === arm.target)?.path ?? arm.target);
}

/** Returns the path of a target, or `temporary` for a directory that a run created for itself. */
export function placeOf(path: string): string {
  return isOwnTemporary(path) ? 'temporary' : path;
}
