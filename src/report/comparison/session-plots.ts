/** The difference of every session of a comparison, as dot plots. */
import { median } from 'simple-statistics';
import type { ComparedCell, Comparison } from '../../gate/comparison.js';
import type { EffectSample } from '../../stats/effect.js';
import { type AxisTick, type DotRow, dotPlot } from '../table/dot-plot.js';
import { formatPercent } from '../table/format.js';
import { cellName } from './cell-text.js';
import { changeText, formatChange, worstFirst } from './comparison-table.js';

/** Ticks that an axis has at most. More run into each other. */
const MOST_TICKS = 6;
const ROUND_STEPS = [1, 2, 5];
/** A tick this close to the end of the axis, in steps, is on it. */
const ROUNDING = 1e-9;

/**
 * Returns one plot per cell, worst first, each as lines of at most `columns` characters. Pairs are shown as
 * candidate / base of each session; two runs as the level of each session relative to the median of the base.
 */
export function sessionPlots(comparison: Comparison, columns: number): string[][] {
  return worstFirst(comparison.cells)
    .filter(({ judgement }) => judgement.ratio !== null)
    .map((cell) => [plotTitle(comparison, cell), ...plotOf(comparison, cell, columns)]);
}

function plotTitle(comparison: Comparison, cell: ComparedCell): string {
  return `${cell.measure.key}, ${cellName(comparison, cell)}: change of each ${comparison.options.unit} (${changeText(cell)})`;
}

function plotOf({ options }: Comparison, { sample, judgement }: ComparedCell, columns: number): string[] {
  const { ratio } = judgement;
  const bound = -Math.log(1 - options.minEffect);
  return dotPlot(
    {
      rows: rowsOf(sample, options.unit),
      ranges:
        ratio === null
          ? []
          : [
              {
                name: `${formatPercent(options.confidence)} interval`,
                low: Math.log(ratio.low),
                estimate: Math.log(ratio.estimate),
                high: Math.log(ratio.high),
              },
            ],
      band: { low: -bound, high: bound },
      ticks: changeTicks,
    },
    columns,
  );
}

/**
 * Returns the logarithms that plots show: of the ratio in each session, or, for two runs, of the level of each session relative
 * to the median of the base, the candidate last.
 */
export function rowsOf(sample: EffectSample, unit: string): DotRow[] {
  if (sample.design === 'paired') return [{ name: `${unit}s`, values: sample.differences }];
  const measured = sample.base.filter(Number.isFinite);
  const middle = measured.length === 0 ? 0 : median(measured);
  const shifted = (levels: readonly number[]) => levels.map((level) => level - middle);
  return [
    { name: 'base', values: shifted(sample.base) },
    { name: 'candidate', values: shifted(sample.candidate) },
  ];
}

/** Returns ticks at round changes between two logarithms: per cent, or factors of two from a factor of two on. */
export function changeTicks(low: number, high: number): AxisTick[] {
  return Math.max(-low, high) >= Math.LN2 ? factorTicks(low, high) : percentTicks(low, high);
}

function factorTicks(low: number, high: number): AxisTick[] {
  const octaves = (high - low) / Math.LN2;
  const step = Math.max(1, Math.ceil(octaves / MOST_TICKS));
  return multiples(low / Math.LN2, high / Math.LN2, step).map((exponent) => ({
    at: exponent * Math.LN2,
    label: exponent === 0 ? '0' : formatChange(2 ** exponent),
  }));
}

function percentTicks(low: number, high: number): AxisTick[] {
  const [from, to] = [100 * (Math.exp(low) - 1), 100 * (Math.exp(high) - 1)];
  const rough = (to - from) / MOST_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * (ROUND_STEPS.find((round) => round * magnitude >= rough) ?? 10);
  return multiples(from, to, step).map((percent) => ({
    at: Math.log(1 + percent / 100),
    label: percent === 0 ? '0' : `${percent < 0 ? '−' : '+'}${Number(Math.abs(percent).toPrecision(3))} %`,
  }));
}

/** Returns the multiples of a step within these bounds. */
function multiples(low: number, high: number, step: number): number[] {
  const first = Math.ceil(low / step - ROUNDING);
  return Array.from({ length: Math.floor(high / step + ROUNDING) - first + 1 }, (_, index) => (first + index) * step);
}
