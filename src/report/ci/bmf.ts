/** Bencher Metric Format, which `bencher run --adapter json` reads. */

import { type Measurement, measurementColumn } from '../../stats/measurements.js';
import type { ExportFile } from './export-file.js';

export function exportFiles(path: string): ExportFile[] {
  return [{ path, text: ({ measurements }) => bmfJson(measurements) }];
}

/**
 * Returns `{"<benchmark>": {"<measure>": {"value", "lower_value"?, "upper_value"?}}}` in base units. Measures have the
 * names of the columns of `arms.csv`, including the unit: Bencher's own `throughput` is in operations per second,
 * feedrate's in bytes. The bounds are the 95 % interval of the median. They are absent if there are too few sessions, or
 * if one is infinite. An infinite median is left out, because JSON has none.
 * Source: bencher.dev/docs/reference/bencher-metric-format.
 */
export function bmfJson(measurements: readonly Measurement[]): string {
  const names = [...new Set(measurements.map(({ name }) => name))];
  const report = names.map((name) => {
    const ofArm = measurements.filter((one) => one.name === name && Number.isFinite(one.spread.median));
    return [
      name,
      Object.fromEntries(ofArm.map((measurement) => [measurementColumn(measurement), valuesOf(measurement)])),
    ];
  });
  return `${JSON.stringify(Object.fromEntries(report), null, 2)}\n`;
}

function valuesOf({ spread }: Measurement): object {
  if (!(Number.isFinite(spread.medianLow) && Number.isFinite(spread.medianHigh))) return { value: spread.median };
  return { value: spread.median, lower_value: spread.medianLow, upper_value: spread.medianHigh };
}
