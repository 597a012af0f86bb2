/** What `compare` and `gate` share: runs, measures and the shape of the grid, from the words of the command line. */
import { FeedrateError } from '../base/errors.js';
import { type Comparison, type ComparisonOptions, compare, type NamedRun, sidesOf } from '../gate/comparison.js';
import { varyingNames } from '../stats/grid.js';
import { type Measure, measureForms, measureOf } from '../stats/measure.js';
import { baselineDirectory, isBaseline } from '../store/baselines.js';
import { readCalibrations } from '../store/calibrations.js';
import { resolveRun } from '../store/find-runs.js';
import { readRun } from '../store/read-run.js';

/** As commander gives them. */
export interface RawComparisonOptions {
  readonly output: string;
  readonly rows?: string;
  readonly cols?: string;
  readonly base?: string;
  readonly where?: readonly string[];
  readonly metric?: readonly string[];
  readonly alpha: string;
  readonly minEffect: string;
  readonly unit?: string;
  readonly ignore?: readonly string[];
}

/** The confidence of the intervals that are shown, and that decide whether two sides are equivalent. */
export const CONFIDENCE = 0.95;

/**
 * Reads the runs (baselines come before runs of the same name) and compares them.
 * @throws FeedrateError `store` for a run that cannot be read, `usage` for a wrong option
 */
export function comparisonOf(
  specs: readonly string[],
  raw: RawComparisonOptions,
  demands: ComparisonOptions['demands'],
): Comparison {
  const runs = specs.map((spec) => namedRun(raw.output, spec));
  const where = new Map((raw.where ?? []).map((text) => pairOf('--where', text)));
  const shape = {
    where,
    columns: raw.cols === undefined ? defaultColumns(runs, where) : namesOf(raw.cols),
    rows: raw.rows === undefined ? undefined : namesOf(raw.rows),
    base: raw.base,
  };
  return compare(runs, {
    ...shape,
    measures: measuresOf(raw.metric ?? ['throughput']),
    alpha: fractionOf('--alpha', raw.alpha),
    minEffect: fractionOf('--min-effect', raw.minEffect),
    confidence: CONFIDENCE,
    unit: raw.unit === 'round' ? 'round' : 'session',
    demands,
    ignore: new Set((raw.ignore ?? []).flatMap(namesOf)),
    calibrations: readCalibrations(raw.output),
  });
}

/** A run or a baseline by its name. A run without its `run.json` says nothing of what it measured. */
export function namedRun(resultsDirectory: string, spec: string): NamedRun {
  const baseline = isBaseline(resultsDirectory, spec);
  const directory = baseline ? baselineDirectory(resultsDirectory, spec) : resolveRun(resultsDirectory, spec);
  const { run, trials, problems } = readRun(directory);
  if (run === null) {
    throw new FeedrateError(
      'store',
      `${directory}: cannot be compared: ${problems.join('; ') || 'run.json is missing'}`,
    );
  }
  return { name: baseline ? spec : run.id, run, trials };
}

/** Runs beside each other when there are several, else targets, else the only thing that varies. */
function defaultColumns(runs: readonly NamedRun[], where: ReadonlyMap<string, string>): string[] {
  const varying = varyingNames(sidesOf(runs, where));
  const chosen = ['run', 'target'].find((name) => varying.includes(name)) ?? (varying.length === 1 ? varying[0] : null);
  if (typeof chosen === 'string') return [chosen];
  throw new FeedrateError(
    'usage',
    varying.length === 0
      ? 'nothing to compare: there is one arm; name a second run, or measure two targets or values (-P bs=4k,1m)'
      : `what shall stand beside each other? Say --cols with one of: ${varying.join(', ')}`,
  );
}

/** @throws FeedrateError `usage` for a text that names none */
export function measuresOf(texts: readonly string[]): Measure[] {
  return texts.map((text) => {
    const measure = measureOf(text);
    if (measure === undefined) throw new FeedrateError('usage', `--metric ${text}: one of ${measureForms()}`);
    return measure;
  });
}

/** `3%` or `0.03`, at least 0 and below 1. */
export function fractionOf(option: string, text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = Number(digits) / (percent === '%' ? 100 : 1);
  if (!(value >= 0 && value < 1)) {
    throw new FeedrateError('usage', `${option} ${text}: a part from 0 to below 1, such as 3% or 0.03`);
  }
  return value;
}

function pairOf(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new FeedrateError('usage', `${option} ${text}: name=value, such as bs=4KiB`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function namesOf(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
