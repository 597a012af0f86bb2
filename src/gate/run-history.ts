/** Runs of one workload over time: a series for each load, target and measure, and where it changed. */
import { median } from 'simple-statistics';
import { createPrng } from '../base/prng.js';
import type { TrialRecord } from '../record/trial-record.js';
import { findChangePoints } from '../stats/change-points.js';
import { type Measure, measuredOnce } from '../stats/measure.js';
import { type Spread, spreadOf } from '../stats/spread.js';
import { loadOf, type Measured, type Mismatch, mismatchesBetween } from './comparability.js';
import { type NamedRun, type Side, sidesOf } from './comparison.js';

/** Smaller changes of the median are not told: what `compare` takes for no difference by default. */
export const LEAST_CHANGE = 0.01;
/** Of each single split, by permutation. */
export const CHANGE_ALPHA = 0.01;
/** Runs that a level lasts at least. */
const LEAST_RUNS_OF_LEVEL = 3;
/** Of fewer runs no split can be told from chance: 5 and 5 apart are 2 of C(10, 5) = 252 orders, 4 and 5 are 2 of 126. */
export const LEAST_RUNS = 10;

/** The directory that a run without a target makes for itself has another name each time. */
const OWN_TEMPORARY = /\/feedrate-[A-Za-z0-9]{6}$/;

/** One arm of one run, reduced to what a history needs of it. */
export interface HistoryArm extends Side {
  /** A point for each measure, in their order; null where it was not measured. */
  readonly points: readonly (Spread | null)[];
}

export interface HistoryPoint {
  readonly side: HistoryArm;
  /** Over the medians of the run's sessions, in the metric's base unit. */
  readonly spread: Spread;
}

export interface HistoryChange {
  /** The first run after the change, and the last one before it. */
  readonly point: HistoryPoint;
  readonly previous: HistoryPoint;
  /** Medians of the runs up to the change before and up to the change after. */
  readonly medianBefore: number;
  readonly medianAfter: number;
  /** Of the permutation test of this split alone. */
  readonly p: number;
  /** What else is different between the runs around it. */
  readonly differences: readonly Mismatch[];
}

export interface HistorySeries {
  readonly measure: Measure;
  /** Where it was measured: a path. */
  readonly path: string;
  /** The latest of its arms, which names it. */
  readonly latest: HistoryArm;
  /** Fields of the load in which it differs from the latest series of the same name; empty for that one. */
  readonly otherLoad: readonly Mismatch[];
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  /** Oldest first. */
  readonly changes: readonly HistoryChange[];
}

export interface History {
  readonly workload: string;
  /** How many runs there are points of. */
  readonly runs: number;
  /** Why others have none → how many. */
  readonly leftOut: ReadonlyMap<string, number>;
  readonly series: readonly HistorySeries[];
}

/** The arms of a run that have the attributes, without the bulk of their trials, so that hundreds of runs can be held. */
export function historyArms(
  run: NamedRun,
  where: ReadonlyMap<string, string>,
  measures: readonly Measure[],
): HistoryArm[] {
  return sidesOf([run], where).map((side) => ({
    ...side,
    trials: side.trials.map((trial): TrialRecord => ({ ...trial, latency: {}, series: [] })),
    points: measures.map((measure) => spreadOf(sessionMedians(side.trials, measure))),
  }));
}

/** A point is the median of these: trials of one session share what it drew. */
function sessionMedians(trials: readonly TrialRecord[], measure: Measure): number[] {
  const bySession = new Map<number, number[]>();
  for (const trial of trials) {
    const value = measuredOnce(measure, trial);
    if (!Number.isFinite(value)) continue;
    const known = bySession.get(trial.session);
    if (known === undefined) bySession.set(trial.session, [value]);
    else known.push(value);
  }
  return [...bySession.values()].map((values) => median(values));
}

/**
 * The series of these arms, which come with the oldest run first. Arms belong to one series when workload, job, levels,
 * path and load are the same. Changes are hints (see `findChangePoints`). Order: what last changed for the worse, most
 * first; then what did not change; then what last changed for the better.
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
  return [{ measure, path: pathOf(latest), latest, otherLoad: [], points, changes: changesOf(points) }];
}

function changesOf(points: readonly HistoryPoint[]): HistoryChange[] {
  const values = points.map(({ spread }) => spread.median);
  // The seed is fixed: the same runs show the same changes wherever they are read.
  const found = findChangePoints(values, createPrng(1), {
    alpha: CHANGE_ALPHA,
    minSegment: LEAST_RUNS_OF_LEVEL,
    minMagnitude: LEAST_CHANGE,
  });
  return found.map(({ index, medianBefore, medianAfter, p }) => {
    const [previous, point] = [points[index - 1] as HistoryPoint, points[index] as HistoryPoint];
    return {
      point,
      previous,
      medianBefore,
      medianAfter,
      p,
      differences: mismatchesBetween(previous.side, point.side, new Set()),
    };
  });
}

/** Series of one name differ in their load: each says in what from the one with the latest run. */
function toldApart(same: readonly HistorySeries[]): HistorySeries[] {
  const startOf = ({ latest }: HistorySeries) => latest.run.startedAt;
  const newest = same.reduce((a, b) => (startOf(b) > startOf(a) ? b : a));
  return same.map((series) => {
    if (series === newest) return series;
    const differences = mismatchesBetween(newest.latest, series.latest, new Set());
    return { ...series, otherLoad: differences.filter(({ kind }) => kind === 'load') };
  });
}

/** ln of the last change, counted so that more is better; 0 without one. */
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

/** The path of a target; `temporary` for the directories that runs make for themselves. */
export function placeOf(path: string): string {
  return OWN_TEMPORARY.test(path) ? 'temporary' : path;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return groups;
}
