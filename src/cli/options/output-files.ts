/** Writes the files that other programs read. */
import { EXIT, FeedrateError } from '../../base/errors.js';
import type { Comparison } from '../../gate/comparison.js';
import type { GateResult } from '../../gate/decide.js';
import type { ReadableRun } from '../../record/stored-run.js';
import type { ExportFile } from '../../report/ci/export-file.js';
import { EXPORT_NAMES, EXPORTS, type ExportName } from '../../report/exports.js';
import { keptMeasures, type Measure } from '../../stats/measure.js';
import { measurementsOf } from '../../stats/measurements.js';
import { requireWritable, writeOutputFile } from '../../store/output-file.js';
import { tell } from '../output/print.js';

/** Paths by option, as commander returns them, and the digits of numbers. */
export type OutputFiles = { readonly [Name in ExportName | 'openMetricsDigits']?: string | undefined };

/**
 * Writes the requested files. Reports a file that cannot be written and still writes the others.
 * @param comparison of the run with others. Default: none
 * @param gate on the comparison. Default: none
 * @returns `usage` when one could not be written
 */
export async function writeOutputFiles(
  asked: OutputFiles,
  stored: ReadableRun,
  {
    comparison = null,
    gate = null,
    measures = keptMeasures(),
  }: { comparison?: Comparison | null; gate?: GateResult | null; measures?: readonly Measure[] } = {},
): Promise<number> {
  const files = await filesOf(asked);
  const measurements = measurementsOf(stored.run, stored.trials, measures);
  const digits = asked.openMetricsDigits === undefined ? null : Number(asked.openMetricsDigits);
  const source = { stored, measurements, comparison, gate, digits };
  const written = files.map(({ path, text }) => tryWrite(path, () => text(source)));
  return written.every(Boolean) ? EXIT.pass : EXIT.usage;
}

/** Checks before a measurement that the files can be written after it. Throws `FeedrateError('store')` when one cannot. */
export async function requireOutputFiles(asked: OutputFiles): Promise<void> {
  for (const { path } of await filesOf(asked)) requireWritable(path);
}

/** Returns whether any file was requested. */
export function isAnyAskedFor(asked: OutputFiles): boolean {
  return EXPORT_NAMES.some((name) => asked[name] !== undefined);
}

async function filesOf(asked: OutputFiles): Promise<ExportFile[]> {
  const loaded = EXPORT_NAMES.map(async (name) => {
    const value = asked[name];
    return value === undefined ? [] : (await EXPORTS[name].load()).exportFiles(value);
  });
  return (await Promise.all(loaded)).flat();
}

function tryWrite(path: string, content: () => string): boolean {
  try {
    writeOutputFile(path, content());
    return true;
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    tell(`feedrate: ${thrown.message}`);
    return false;
  }
}
