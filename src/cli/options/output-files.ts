/** Files that other programs read: which ones are asked for, and how they come to be on disk. */
import { EXIT, FeedrateError } from '../../base/errors.js';
import { evaluateThresholds } from '../../gate/thresholds.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { benchmarkJson } from '../../report/ci/benchmark-json.js';
import { bmfJson } from '../../report/ci/bmf.js';
import { junitXml, type TestSuite } from '../../report/ci/junit.js';
import { measurementsOf } from '../../report/ci/measurements.js';
import { openMetricsText } from '../../report/ci/open-metrics.js';
import { measurementSuite, thresholdSuite } from '../../report/ci/run-suites.js';
import { keptMeasures, type Measure } from '../../stats/measure.js';
import { requireWritable, writeOutputFile } from '../../store/output-file.js';

/** Paths, as commander gives them. */
export interface OutputFiles {
  readonly junit?: string | undefined;
  readonly benchmarkJson?: string | undefined;
  readonly bmf?: string | undefined;
  readonly openMetrics?: string | undefined;
}

/**
 * Writes the files that are asked for. One that cannot be written is told in a line, and the others are written.
 * @param suites of a comparison, before those of the run itself
 * @returns `usage` when one could not be written
 */
export function writeOutputFiles(
  files: OutputFiles,
  stored: ReadableRun,
  { suites = [], measures = keptMeasures() }: { suites?: readonly TestSuite[]; measures?: readonly Measure[] } = {},
): number {
  const { run, trials } = stored;
  const measurements = measurementsOf(run, trials, measures);
  const thresholds = evaluateThresholds(run.plan.arms, trials);
  const [bigger, smaller] = benchmarkPaths(files.benchmarkJson);
  const written = [
    tryWrite(files.junit, () => junitXml(run, [...suites, thresholdSuite(thresholds), measurementSuite(stored)])),
    tryWrite(bigger, () => benchmarkJson(measurements, 'higher')),
    tryWrite(smaller, () => benchmarkJson(measurements, 'lower')),
    tryWrite(files.bmf, () => bmfJson(measurements)),
    tryWrite(files.openMetrics, () => openMetricsText(measurements)),
  ];
  return written.every(Boolean) ? EXIT.pass : EXIT.usage;
}

/** Throws `FeedrateError('store')` for a file that could not be written later, after hours of measuring. */
export function requireOutputFiles({ junit, benchmarkJson: prefix, bmf, openMetrics }: OutputFiles): void {
  for (const path of [junit, ...benchmarkPaths(prefix), bmf, openMetrics])
    if (path !== undefined) requireWritable(path);
}

export function isAnyAskedFor({ junit, benchmarkJson: prefix, bmf, openMetrics }: OutputFiles): boolean {
  return [junit, prefix, bmf, openMetrics].some((path) => path !== undefined);
}

function benchmarkPaths(prefix: string | undefined): [string, string] | [undefined, undefined] {
  if (prefix === undefined) return [undefined, undefined];
  return [`${prefix}-bigger-is-better.json`, `${prefix}-smaller-is-better.json`];
}

function tryWrite(path: string | undefined, content: () => string): boolean {
  if (path === undefined) return true;
  try {
    writeOutputFile(path, content());
    return true;
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    process.stderr.write(`feedrate: ${thrown.message}\n`);
    return false;
  }
}
