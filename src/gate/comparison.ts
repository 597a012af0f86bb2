/** Compares arms: effect, interval, p and verdict of every cell. */
import type { CalibrationRecord } from '../record/calibration-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import {
  type EffectSample,
  type InferenceUnit,
  meanSample,
  type Observation,
  pairedSample,
  ratioOf,
  unitLevels,
  unpairedSample,
} from '../stats/effect.js';
import { geometricMean } from '../stats/geometric-mean.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import type { Measure } from '../stats/measure.js';
import { observationsOf } from '../stats/observations.js';
import { type Spread, spreadOf } from '../stats/spread.js';
import { isCounted } from '../stats/summary.js';
import { attributesOf } from './attributes.js';
import { type Measured, type Mismatch, mismatchesBetween } from './comparability.js';
import { type ComparisonWarning, warningsOfComparison } from './comparison-warnings.js';
import { type Evidence, evidenceOf } from './doubt.js';
import { type Attributed, type Grid, type GridRow, gridOf } from './grid.js';
import { type NoiseFloor, noiseFloorOf } from './noise-floor.js';
import { type Rankable, type Ranking, rankingsOf } from './ranking.js';
import { type Judgement, type JudgementOptions, judge } from './verdict.js';

export interface ComparisonOptions extends JudgementOptions {
  /** The attributes whose values are the columns. The others are compared with `base`, or with the first column. */
  readonly columns: readonly string[];
  readonly rows?: readonly string[] | undefined;
  readonly base?: string | undefined;
  /** Only arms with these attribute values are compared. */
  readonly where: ReadonlyMap<string, string>;
  readonly measures: readonly Measure[];
  readonly unit: InferenceUnit;
  /** The mismatches that make a cell incomparable: `load` for those of the load, `environment` for all. */
  readonly demands: 'load' | 'environment';
  /** `Mismatch.what` of the mismatches to ignore. */
  readonly ignore: ReadonlySet<string>;
  /** Calibrations of any targets, from which each cell takes its noise floor. Default: none. */
  readonly calibrations?: readonly CalibrationRecord[];
}

/** A stored run to compare, with the name that reports use. */
export interface NamedRun {
  readonly name: string;
  readonly run: Measured['run'];
  readonly trials: readonly TrialRecord[];
}

/** One side of a cell: an arm of a run, with its attributes. */
export interface Side extends Measured, Attributed {
  /** The name of the run. */
  readonly name: string;
}

export interface ComparedCell {
  readonly row: ReadonlyMap<string, string>;
  readonly column: string;
  readonly measure: Measure;
  readonly base: Side;
  readonly candidate: Side;
  /** The spread of the units (session medians), in the metric's base unit; null if nothing was measured. */
  readonly baseSpread: Spread | null;
  readonly candidateSpread: Spread | null;
  readonly sample: EffectSample;
  readonly evidence: Evidence;
  /** Null if neither target is calibrated for this arm and metric. */
  readonly floor: NoiseFloor | null;
  readonly judgement: Judgement;
  /** The differences that make the cell incomparable. */
  readonly mismatches: readonly Mismatch[];
  /** Other differences, which are only reported. */
  readonly differences: readonly Mismatch[];
}

/** The geometric mean of a column's ratios, over the rows that have one. */
export interface ColumnMean {
  readonly column: string;
  readonly measure: Measure;
  /** candidate / base. The interval is that of the geometric mean over the rows in each session. */
  readonly ratio: LocationInterval;
  readonly rows: number;
}

export interface Comparison {
  readonly options: ComparisonOptions;
  readonly grid: Grid<Side>;
  readonly cells: readonly ComparedCell[];
  readonly means: readonly ColumnMean[];
  readonly rankings: readonly Ranking[];
  readonly warnings: readonly ComparisonWarning[];
}

/** Returns the arms of the runs that have the attributes of `where`, with their counted trials. */
export function sidesOf(runs: readonly NamedRun[], where: ReadonlyMap<string, string>): Side[] {
  return runs.flatMap(({ name, run, trials }) => {
    const byArm = new Map<string, TrialRecord[]>(run.plan.arms.map(({ id }) => [id, []]));
    for (const trial of trials) if (isCounted(trial)) byArm.get(trial.arm)?.push(trial);
    return run.plan.arms
      .map((arm) => ({ name, run, arm, trials: byArm.get(arm.id) ?? [], attributes: attributesOf(run, name, arm) }))
      .filter(({ attributes }) => [...where].every(([key, value]) => attributes.get(key) === value));
  });
}

/**
 * Compares every column of the grid with the first. The cells of all metrics are one family: the probability of any
 * false alarm is at most `alpha` (Holm), in the sense of `JudgementOptions.alpha`. The rankings are a family of their own.
 * @throws FeedrateError `usage` if the arms do not form a grid
 */
export function compare(runs: readonly NamedRun[], options: ComparisonOptions): Comparison {
  const grid = gridOf(sidesOf(runs, options.where), options);
  const reading = readingOf(options.unit);
  const overlooked = new Set([...options.columns, ...options.ignore]);
  const open = options.measures.flatMap((measure) =>
    grid.rows.flatMap((row) => openCells(row, grid, measure, options, overlooked, reading)),
  );
  const judgements = judge(
    open.map(({ sample, measure, mismatches, floor, evidence }) => ({
      sample,
      evidence,
      floor: floor?.floor ?? null,
      better: measure.metric.better,
      comparable: mismatches.length === 0,
    })),
    options,
  );
  const cells = open.map((cell, index) => ({ ...cell, judgement: judgements[index] as Judgement }));
  return {
    options,
    grid,
    cells,
    means: meansOf(cells, grid, options, reading),
    rankings:
      grid.columns.length < 3 ? [] : rankingsOf(rankablesOf(cells, grid, options.measures, reading), options.alpha),
    warnings: warningsOfComparison(cells, options),
  };
}

/** The values of the sides that the statistics use. */
interface SideReading {
  readonly spread: (side: Side, measure: Measure) => Spread | null;
  readonly sample: (base: Side, candidate: Side, measure: Measure) => EffectSample;
  readonly evidence: (base: Side, candidate: Side, measure: Measure) => Evidence;
  /** Null if some of the cells are pairs and some are two runs. */
  readonly mean: (cells: readonly ComparedCell[]) => EffectSample | null;
}

/** Caches the values of each side: a side is part of many pairs, and quantiles are expensive. */
function readingOf(unit: InferenceUnit): SideReading {
  const known = new Map<Side, Map<Measure, readonly Observation[]>>();
  const observe = (side: Side, measure: Measure): readonly Observation[] => {
    const ofSide = known.get(side) ?? new Map<Measure, readonly Observation[]>();
    known.set(side, ofSide);
    const observations = ofSide.get(measure) ?? observationsOf(measure, side.trials);
    ofSide.set(measure, observations);
    return observations;
  };
  return {
    spread: (side, measure) => spreadOf(unitLevels(observe(side, measure), unit)),
    // Arms of one run are measured in turn, so each round is a pair. Two runs have no rounds in common.
    sample: (base, candidate, measure) => {
      const sampleOf = base.run === candidate.run ? pairedSample : unpairedSample;
      return sampleOf(observe(base, measure), observe(candidate, measure), unit);
    },
    evidence: (base, candidate, measure) => evidenceOf(observe(base, measure), observe(candidate, measure), measure),
    mean: (cells) => {
      const [design, other] = new Set(cells.map(({ sample }) => sample.design));
      if (design === undefined || other !== undefined) return null;
      const rows = cells.map(({ base, candidate, measure }) => ({
        base: observe(base, measure),
        candidate: observe(candidate, measure),
      }));
      return meanSample(rows, design, unit);
    },
  };
}

function openCells(
  row: GridRow<Side>,
  grid: Grid<Side>,
  measure: Measure,
  { demands, calibrations = [] }: ComparisonOptions,
  overlooked: ReadonlySet<string>,
  reading: SideReading,
): Omit<ComparedCell, 'judgement'>[] {
  const [base, ...others] = row.members;
  if (base === null || base === undefined) return [];
  const baseSpread = reading.spread(base, measure);
  return others.flatMap((candidate, index) => {
    if (candidate === null) return [];
    const all = mismatchesBetween(base, candidate, overlooked);
    const forbids = ({ kind }: Mismatch) => kind === 'load' || demands === 'environment';
    return [
      {
        row: row.attributes,
        column: grid.columns[index + 1] as string,
        measure,
        base,
        candidate,
        baseSpread,
        candidateSpread: reading.spread(candidate, measure),
        sample: reading.sample(base, candidate, measure),
        evidence: reading.evidence(base, candidate, measure),
        floor: noiseFloorOf(calibrations, [base, candidate], measure.key),
        mismatches: all.filter(forbids),
        differences: all.filter((mismatch) => !forbids(mismatch)),
      },
    ];
  });
}

/** Returns the means of the columns in which every row was measured in the same way: in one run, or in two. */
function meansOf(
  cells: readonly ComparedCell[],
  grid: Grid<Side>,
  { measures, confidence }: ComparisonOptions,
  reading: SideReading,
): ColumnMean[] {
  if (grid.rows.length < 2) return [];
  return measures.flatMap((measure) =>
    grid.columns.slice(1).flatMap((column) => {
      const rows = cells.filter(
        (cell) =>
          cell.measure === measure &&
          cell.column === column &&
          cell.mismatches.length === 0 &&
          cell.judgement.ratio !== null,
      );
      const sample = rows.length < 2 ? null : reading.mean(rows);
      const found = sample === null ? null : ratioOf(sample, confidence);
      if (found === null) return [];
      // The mean of what the rows show: that of the sessions' means differs a little, and could lie outside the rows.
      const estimate = geometricMean(rows.map(({ judgement }) => judgement.ratio?.estimate as number));
      const [low, high] = [Math.min(found.low, estimate), Math.max(found.high, estimate)];
      return [{ column, measure, ratio: { ...found, estimate, low, high }, rows: rows.length }];
    }),
  );
}

/** Returns what can be ranked: each row that has a base and at least one other side comparable with it. */
function rankablesOf(
  cells: readonly ComparedCell[],
  grid: Grid<Side>,
  measures: readonly Measure[],
  reading: SideReading,
): Rankable<{ readonly side: Side; readonly column: string; readonly median: number }>[] {
  const barred = new Set(cells.filter(({ mismatches }) => mismatches.length > 0).map(({ candidate }) => candidate));
  return measures.flatMap((measure) =>
    grid.rows.flatMap(({ attributes, members }) => {
      const entries = members.flatMap((side, index) => {
        const median = side === null ? undefined : reading.spread(side, measure)?.median;
        if (side === null || median === undefined || barred.has(side)) return [];
        return [{ side, column: grid.columns[index] as string, median }];
      });
      if (members[0] === null || entries.length < 2) return [];
      const sampleOf: Rankable<(typeof entries)[number]>['sampleOf'] = (first, second) =>
        reading.sample(first.side, second.side, measure);
      return [{ row: attributes, measure, entries, sampleOf }];
    }),
  );
}
