/** Compares arms: effect, interval, p and verdict of every cell. */
import type { CalibrationRecord } from '../record/calibration-record.js';
import { type EffectSample, type InferenceUnit, ratioOf } from '../stats/effect.js';
import { geometricMean } from '../stats/geometric-mean.js';
import type { LocationInterval } from '../stats/hodges-lehmann.js';
import type { Measure } from '../stats/measure.js';
import type { Spread } from '../stats/spread.js';
import { type Mismatch, mismatchesBetween } from './comparability.js';
import { type ComparisonWarning, warningsOfComparison } from './comparison-warnings.js';
import type { Evidence } from './doubt.js';
import { type Grid, type GridRow, gridOf } from './grid.js';
import { type NoiseFloor, noiseFloorOf } from './noise-floor.js';
import { type Rankable, type Ranking, rankingsOf } from './ranking.js';
import { readSides, type SideReading } from './side-reading.js';
import { type NamedRun, type Side, sidesOf } from './sides.js';
import { type Judgement, type JudgementOptions, judge } from './verdict.js';

export type { NamedRun, Side } from './sides.js';

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
  /** The results directory in which the runs have their names. Default: that of commands without `-o`. */
  readonly results?: string;
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

/**
 * Compares every column of the grid with the first. The cells of all metrics are one family: the probability of any
 * false alarm is at most `alpha` (Holm), in the sense of `JudgementOptions.alpha`. The rankings are a family of their own.
 * @throws FeedrateError `usage` if the arms do not form a grid
 */
export function compare(runs: readonly NamedRun[], options: ComparisonOptions): Comparison {
  const grid = gridOf(sidesOf(runs, options.where), options);
  const reading = readSides(options.unit);
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
