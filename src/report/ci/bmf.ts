/** Bencher Metric Format: what `bencher run --adapter json` reads. */
import { statisticColumn } from '../../base/metrics.js';
import type { ExportFile } from './export-file.js';
import { type Measurement, statisticWord } from './measurements.js';

export function exportFiles(path: string): ExportFile[] {
  return [{ path, text: ({ measurements }) => bmfJson(measurements) }];
}

/**
 * `{"<benchmark>": {"<measure>": {"value", "lower_value"?, "upper_value"?}}}` in base units. The measures are named as the
 * columns of `summary.csv` are, with their unit: Bencher's own `throughput` counts operations a second, ours bytes.
 * The bounds are the 95 % interval of the median; they are absent where the sessions are too few for one.
 * Source: bencher.dev/docs/reference/bencher-metric-format.
 */
export function bmfJson(measurements: readonly Measurement[]): string {
  const names = [...new Set(measurements.map(({ name }) => name))];
  const report = names.map((name) => {
    const ofArm = measurements.filter((measurement) => measurement.name === name);
    return [name, Object.fromEntries(ofArm.map((measurement) => [measureName(measurement), valuesOf(measurement)]))];
  });
  return `${JSON.stringify(Object.fromEntries(report), null, 2)}\n`;
}

function measureName({ measure }: Measurement): string {
  const word = statisticWord(measure);
  return word === null ? measure.metric.column : statisticColumn(measure.metric, word);
}

function valuesOf({ spread }: Measurement): object {
  if (!Number.isFinite(spread.medianLow)) return { value: spread.median };
  return { value: spread.median, lower_value: spread.medianLow, upper_value: spread.medianHigh };
}
