/** The JSON that github-action-benchmark reads as `customBiggerIsBetter` or `customSmallerIsBetter`. */
import type { Metric } from '../../base/metrics.js';
import type { Measurement } from '../../stats/measurements.js';
import { plural } from '../table/format.js';
import type { ExportFile } from './export-file.js';

/** Returns two files, because the action has one tool name per direction. */
export function exportFiles(prefix: string): ExportFile[] {
  return [
    {
      path: `${prefix}-bigger-is-better.json`,
      text: ({ measurements }) => benchmarkJson(measurements, 'higher'),
    },
    {
      path: `${prefix}-smaller-is-better.json`,
      text: ({ measurements }) => benchmarkJson(measurements, 'lower'),
    },
  ];
}

/**
 * Returns an array of `{name, unit, value, range?, extra?}` for the metrics of one direction. Values are in base units,
 * because the action compares numbers and ignores units. An infinite median is left out, because JSON has none. `range` is the 95 % interval of the median. It is absent if
 * there are too few sessions for one.
 * Source: README and `src/extract.ts` of benchmark-action/github-action-benchmark.
 */
export function benchmarkJson(measurements: readonly Measurement[], better: Metric['better']): string {
  const entries = measurements
    .filter(({ measure, spread }) => measure.metric.better === better && Number.isFinite(spread.median))
    .map(({ run, name, measure, spread, trials }) => ({
      name: `${name} ${measure.key}, session median`,
      unit: measure.metric.unit,
      value: spread.median,
      ...(Number.isFinite(spread.medianLow) && Number.isFinite(spread.medianHigh)
        ? { range: `${spread.medianLow} … ${spread.medianHigh}` }
        : {}),
      extra: `median of ${plural(spread.n, 'session')}, ${plural(trials, 'trial')}\nrun ${run.id}`,
    }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}
