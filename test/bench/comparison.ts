/** What the rounds of a cell say: ratios feedrate / fio, and whether the demands are met. */
import { median, quantileSorted } from 'simple-statistics';
import { DEMANDED_CELL, type Measures } from './cell.js';

export interface Pair {
  readonly feedrate: Measures;
  readonly fio: Measures;
}

export interface CellResult {
  readonly cell: string;
  readonly pairs: readonly Pair[];
}

const MEASURES = ['bytesPerSecond', 'iops', 'cpuPerOpNs', 'p50Ns', 'p99Ns', 'p999Ns'] as const;
type Measure = (typeof MEASURES)[number];
const PERCENTILES = ['p50Ns', 'p99Ns', 'p999Ns'] as const;

const LABELS: Readonly<Record<Measure, string>> = {
  bytesPerSecond: 'MiB/s',
  iops: 'IOPS',
  cpuPerOpNs: 'CPU/op µs',
  p50Ns: 'p50 µs',
  p99Ns: 'p99 µs',
  p999Ns: 'p99.9 µs',
};
const CELL_WIDTH = 18;
const SIDE_WIDTH = 10;
const COLUMN_WIDTH = 13;

const LEAST_THROUGHPUT_RATIO = 1;
/** Percentiles are asked to agree with fio's within this, where fio's own agree as well with each other. */
const PERCENTILE_TOLERANCE = 0.05;

export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of the rounds' ratios: the two sides of a round met the same state of the machine. */
export function ratioOf(pairs: readonly Pair[], measure: Measure): Ratio {
  const ratios = pairs.map(({ feedrate, fio }) => feedrate[measure] / fio[measure]);
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

function formatMeasure(measure: Measure, value: number): string {
  switch (measure) {
    case 'bytesPerSecond':
      return (value / 2 ** 20).toFixed(0);
    case 'iops':
      return value.toFixed(0);
    default:
      return (value / 1e3).toFixed(2);
  }
}

function row(cell: string, side: string, columns: readonly string[]): string {
  return (
    cell.padEnd(CELL_WIDTH) + side.padEnd(SIDE_WIDTH) + columns.map((text) => text.padStart(COLUMN_WIDTH)).join('')
  );
}

/** Four lines a cell: the medians of both sides, the median of the rounds' ratios, and their range. */
export function tableOf(results: readonly CellResult[]): string {
  const lines = [row('cell', '', [...Object.values(LABELS)])];
  for (const { cell, pairs } of results) {
    const medians = (side: keyof Pair) =>
      MEASURES.map((measure) => formatMeasure(measure, median(pairs.map((pair) => pair[side][measure]))));
    const ratios = MEASURES.map((measure) => ratioOf(pairs, measure));
    lines.push(
      row(cell, 'feedrate', medians('feedrate')),
      row('', 'fio', medians('fio')),
      row(
        '',
        'ratio',
        ratios.map((ratio) => ratio.median.toFixed(3)),
      ),
      row(
        '',
        'min–max',
        ratios.map(({ min, max }) => `[${min.toFixed(2)}–${max.toFixed(2)}]`),
      ),
    );
  }
  return lines.join('\n');
}

export interface Demand {
  readonly text: string;
  /** Null: the noise of the machine is larger than what is asked for. */
  readonly met: boolean | null;
}

/** The demands on the cell that they are about; empty when it was not run. */
export function demandsOf(results: readonly CellResult[]): Demand[] {
  const pairs = results.find(({ cell }) => cell === DEMANDED_CELL)?.pairs;
  if (pairs === undefined) return [];
  const throughput = ratioOf(pairs, 'bytesPerSecond');
  return [
    {
      text: `throughput ${throughput.median.toFixed(3)} of fio's, at least ${LEAST_THROUGHPUT_RATIO} demanded`,
      met: throughput.median >= LEAST_THROUGHPUT_RATIO,
    },
    ...PERCENTILES.map((measure) => percentileDemand(pairs, measure)),
  ];
}

function percentileDemand(pairs: readonly Pair[], measure: (typeof PERCENTILES)[number]): Demand {
  const ratio = ratioOf(pairs, measure).median;
  const noise = spreadOf(pairs.map(({ fio }) => fio[measure]));
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const text =
    `${LABELS[measure].split(' ')[0]} ${ratio.toFixed(3)} of fio's, within ${percent(PERCENTILE_TOLERANCE)} demanded` +
    ` (fio's own rounds: ±${percent(noise)})`;
  if (Math.abs(ratio - 1) <= PERCENTILE_TOLERANCE) return { text, met: true };
  return { text, met: noise > PERCENTILE_TOLERANCE ? null : false };
}

/** Half of the interquartile range as a share of the median. */
function spreadOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25)) / 2 / median(sorted);
}
