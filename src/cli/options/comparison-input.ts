/** Parses the options that `compare` and `gate` share: runs, measures and the shape of the grid. */
import { FeedrateError } from '../../base/errors.js';
import { type Comparison, type ComparisonOptions, compare } from '../../gate/comparison.js';
import { varyingNames } from '../../gate/grid.js';
import { type NamedRun, sidesOf } from '../../gate/sides.js';
import type { ReadableRun, StoredRun } from '../../record/stored-run.js';
import type { TrialPart } from '../../record/trial-reading.js';
import { defaultMeasure, type Measure, measureForms, measureOf } from '../../stats/measure.js';
import { baselineDirectory, isBaseline } from '../../store/baselines.js';
import { readCalibrations } from '../../store/calibrations.js';
import { readRun } from '../../store/read-run.js';
import { readNamedRun } from '../../store/run-sources.js';
import { tell } from '../output/print.js';
import { fractionOf, pairOf } from './arguments.js';

/** The options as commander returns them. */
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
  /** Whether the report shows each session. */
  readonly detail?: boolean;
}

/** The confidence level of the intervals that are shown and that decide whether two sides are equivalent. */
export const CONFIDENCE = 0.95;

/**
 * Compares runs. A look at a growing run has a `share` of alpha, 1 by default.
 * @throws FeedrateError `usage` for a wrong option
 */
export function comparisonOf(
  runs: readonly NamedRun[],
  raw: RawComparisonOptions,
  demands: ComparisonOptions['demands'],
  share = 1,
  // A gate asks for regressions, and a comparison in both directions.
  directions: ComparisonOptions['directions'] = demands === 'environment' ? 'regressions' : 'both',
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
    measures: measuresOf(raw.metric ?? [defaultMeasure(runs.flatMap(({ trials }) => trials))]),
    alpha: alphaOf(raw.alpha) * share,
    directions,
    minEffect: fractionOf('--min-effect', raw.minEffect),
    confidence: 1 - (1 - CONFIDENCE) * share,
    unit: raw.unit === 'round' ? 'round' : 'session',
    demands,
    ignore: new Set((raw.ignore ?? []).flatMap(namesOf)),
    calibrations: readCalibrations(raw.output),
    results: raw.output,
  });
}

/**
 * Returns the parts of trials that a comparison does not need: always the series, and latencies unless a measure uses
 * them. Throws `FeedrateError('usage')` for an unknown measure.
 */
export function unreadParts({ metric }: Pick<RawComparisonOptions, 'metric'>): TrialPart[] {
  return measuresOf(metric ?? []).some((measure) => measure.metric.distribution) ? ['series'] : ['series', 'latency'];
}

/**
 * Reads a run or a baseline by its name. A baseline wins over a run of the same name. Throws `FeedrateError('store')` when
 * it cannot be read, and `FeedrateError('cloud')` when its bucket cannot be asked.
 */
export async function namedRun(
  resultsDirectory: string,
  spec: string,
  omitted: readonly TrialPart[] = [],
): Promise<NamedRun & ReadableRun> {
  if (isBaseline(resultsDirectory, spec))
    return comparableRun(readRun(baselineDirectory(resultsDirectory, spec), { omitted, isPacked: true }), spec);
  return comparableRun(await readNamedRun(spec, { resultsDirectory, omitted, passedOver: tell }));
}

/**
 * Returns the run with a name, by default its id. Prints its other problems on stderr. Throws `FeedrateError('store')` when
 * `run.json` is missing, because nothing else describes the measurement.
 */
export function comparableRun(stored: StoredRun, called?: string): NamedRun & ReadableRun {
  const { directory, run, trials, problems, status } = stored;
  if (run === null) {
    throw new FeedrateError(
      'store',
      `${directory}: cannot be compared: ${problems.join('; ') || 'run.json is missing'}`,
    );
  }
  const name = called ?? run.id;
  for (const problem of problems) tell(`${name}: ${problem}`);
  if (problems.length === 0 && status !== 'complete') {
    tell(`${name}: ${status}, ${trials.length} of ${run.plan.trials.length} trials measured`);
  }
  return { ...stored, name, run };
}

function requireDistinct(runs: readonly NamedRun[]): void {
  const twice = runs.find(({ name }, index) => runs.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) {
    throw new FeedrateError('usage', `${twice.name} is named twice; name two different runs`);
  }
}

/** Throws unless each `--where` matches some arm, and some arm matches all of them. */
function requireMet(runs: readonly NamedRun[], where: ReadonlyMap<string, string>): void {
  const arms = sidesOf(runs, new Map()).map(({ attributes }) => attributes);
  for (const [name, value] of where) {
    const values = new Set(arms.flatMap((attributes) => attributes.get(name) ?? []));
    if (values.has(value)) continue;
    const known = new Set(arms.flatMap((attributes) => [...attributes.keys()]));
    const what =
      values.size === 0
        ? `no attribute “${name}”; known: ${[...known].join(', ')}`
        : `no arm matches; values of ${name}: ${[...values].join(', ')}`;
    throw new FeedrateError('usage', `--where ${name}=${value}: ${what}`);
  }
  if (where.size > 0 && sidesOf(runs, where).length === 0) {
    const pairs = [...where].map(([name, value]) => `${name}=${value}`);
    throw new FeedrateError('usage', `--where: no arm matches all of ${pairs.join(', ')}`);
  }
}

/** Returns the default columns: runs if there are several, else targets, else the only attribute that varies. */
function defaultColumns(runs: readonly NamedRun[], where: ReadonlyMap<string, string>): string[] {
  const varying = varyingNames(sidesOf(runs, where));
  const chosen = ['run', 'target'].find((name) => varying.includes(name)) ?? (varying.length === 1 ? varying[0] : null);
  if (typeof chosen === 'string') return [chosen];
  throw new FeedrateError(
    'usage',
    varying.length === 0
      ? 'nothing to compare: there is only one arm. Name a second run, or measure two targets or values (-P bs=4k,1m)'
      : `Nothing to compare yet. Choose the columns with --cols: ${varying.join(' or ')}.`,
  );
}

/**
 * Parses the measures of `--metric`. One that is named twice counts once, so that it is not tested twice.
 * Throws `FeedrateError('usage')` for an unknown measure.
 */
export function measuresOf(texts: readonly string[]): Measure[] {
  const measures = texts.map((text): [string, Measure] => {
    const measure = measureOf(text);
    if (measure === undefined) throw new FeedrateError('usage', `--metric ${text}: expected one of ${measureForms()}`);
    return [measure.key, measure];
  });
  return [...new Map(measures).values()];
}

/** Parses `--alpha`. Throws at 0, where no difference could ever be reported. */
function alphaOf(text: string): number {
  const alpha = fractionOf('--alpha', text);
  if (alpha > 0) return alpha;
  throw new FeedrateError(
    'usage',
    `--alpha ${text}: expected more than 0, such as 1% or 5%; at 0 no difference could be reported`,
  );
}

function namesOf(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
