/** What `compare` and `gate` share: runs, measures and the shape of the grid, from the words of the command line. */
import { FeedrateError } from '../base/errors.js';
import { parsePercent } from '../base/units.js';
import { type Comparison, type ComparisonOptions, compare, type NamedRun, sidesOf } from '../gate/comparison.js';
import { varyingNames } from '../gate/grid.js';
import type { TrialPart } from '../record/codec.js';
import type { ReadableRun } from '../record/stored-run.js';
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
 * Compares runs. Of `looks` at data that grow between them each gets an equal part of the false alarms that are allowed.
 * @throws FeedrateError `usage` for a wrong option
 */
export function comparisonOf(
  runs: readonly NamedRun[],
  raw: RawComparisonOptions,
  demands: ComparisonOptions['demands'],
  looks = 1,
): Comparison {
  requireDistinct(runs);
  const where = new Map((raw.where ?? []).map((text) => pairOf('--where', text)));
  requireMet(runs, where);
  const shape = {
    where,
    columns: raw.cols === undefined ? defaultColumns(runs, where) : namesOf(raw.cols),
    rows: raw.rows === undefined ? undefined : namesOf(raw.rows),
    base: raw.base,
  };
  return compare(runs, {
    ...shape,
    measures: measuresOf(raw.metric ?? ['throughput']),
    alpha: alphaOf(raw.alpha) / looks,
    minEffect: fractionOf('--min-effect', raw.minEffect),
    confidence: 1 - (1 - CONFIDENCE) / looks,
    unit: raw.unit === 'round' ? 'round' : 'session',
    demands,
    ignore: new Set((raw.ignore ?? []).flatMap(namesOf)),
    calibrations: readCalibrations(raw.output),
  });
}

/**
 * What a comparison by these measures does not read of trials: a series is never compared, and latencies only where they
 * are asked for. Throws `FeedrateError('usage')`.
 */
export function unreadParts({ metric }: Pick<RawComparisonOptions, 'metric'>): TrialPart[] {
  return measuresOf(metric ?? ['throughput']).some((measure) => measure.metric.distribution)
    ? ['series']
    : ['series', 'latency'];
}

/**
 * A run or a baseline by its name; baselines come before runs of the same name. A run without its `run.json` says nothing
 * of what it measured; what else is wrong with it is told on stderr. Throws `FeedrateError('store')` when it cannot be read.
 */
export function namedRun(
  resultsDirectory: string,
  spec: string,
  omitted: readonly TrialPart[] = [],
): NamedRun & ReadableRun {
  const baseline = isBaseline(resultsDirectory, spec);
  const directory = baseline ? baselineDirectory(resultsDirectory, spec) : resolveRun(resultsDirectory, spec);
  const stored = readRun(directory, omitted);
  const { run, trials, problems, status } = stored;
  if (run === null) {
    throw new FeedrateError(
      'store',
      `${directory}: cannot be compared: ${problems.join('; ') || 'run.json is missing'}`,
    );
  }
  const name = baseline ? spec : run.id;
  for (const problem of problems) process.stderr.write(`${name}: ${problem}\n`);
  if (problems.length === 0 && status !== 'complete') {
    process.stderr.write(`${name}: ${status}, ${trials.length} of ${run.plan.trials.length} trials are there\n`);
  }
  return { ...stored, name, run };
}

function requireDistinct(runs: readonly NamedRun[]): void {
  const twice = runs.find(({ name }, index) => runs.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) {
    throw new FeedrateError('usage', `${twice.name} is named twice: a run compared with itself says nothing`);
  }
}

/** Every `--where` must be true of some arm, and all of them together. */
function requireMet(runs: readonly NamedRun[], where: ReadonlyMap<string, string>): void {
  const arms = sidesOf(runs, new Map()).map(({ attributes }) => attributes);
  for (const [name, value] of where) {
    const values = new Set(arms.flatMap((attributes) => attributes.get(name) ?? []));
    if (values.has(value)) continue;
    const known = new Set(arms.flatMap((attributes) => [...attributes.keys()]));
    const what =
      values.size === 0
        ? `no attribute “${name}”; known: ${[...known].join(', ')}`
        : `no arm has it; ${name} is one of: ${[...values].join(', ')}`;
    throw new FeedrateError('usage', `--where ${name}=${value}: ${what}`);
  }
  if (where.size > 0 && sidesOf(runs, where).length === 0) {
    const pairs = [...where].map(([name, value]) => `${name}=${value}`);
    throw new FeedrateError('usage', `--where: no arm has all of ${pairs.join(', ')}`);
  }
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

/**
 * The measures of `--metric`. One that is named twice counts once, or it would be twice in the family.
 * Throws `FeedrateError('usage')` for a word that names none.
 */
export function measuresOf(texts: readonly string[]): Measure[] {
  const measures = texts.map((text): [string, Measure] => {
    const measure = measureOf(text);
    if (measure === undefined) throw new FeedrateError('usage', `--metric ${text}: one of ${measureForms()}`);
    return [measure.key, measure];
  });
  return [...new Map(measures).values()];
}

/** At 0 nothing could ever be called a difference. */
function alphaOf(text: string): number {
  const alpha = fractionOf('--alpha', text);
  if (alpha > 0) return alpha;
  throw new FeedrateError('usage', `--alpha ${text}: with no false alarm allowed nothing can be called; say 1% or 5%`);
}

/** `3%` or `0.03`, at least 0 and below 1. */
export function fractionOf(option: string, text: string): number {
  const trimmed = text.trim().replace(/^(?=\.)/, '0');
  const percent = parsePercent(trimmed);
  const value = percent.ok ? percent.value : Number(/^\d+(?:\.\d+)?$/.exec(trimmed)?.[0]);
  if (!(value >= 0 && value < 1)) {
    throw new FeedrateError('usage', `${option} ${text}: a part from 0 to below 1, such as 3% or 0.03`);
  }
  return value;
}

/** `name=value` in its parts. Throws `FeedrateError('usage')`. */
export function pairOf(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new FeedrateError('usage', `${option} ${text}: name=value, such as bs=4KiB`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function namesOf(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
