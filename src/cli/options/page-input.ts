/** Makes the page that the arguments of `feedrate report` ask for. */
import { join } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import type { NamedRun } from '../../gate/comparison.js';
import type { Page } from '../../page/page.js';
import type { ReadableRun } from '../../record/stored-run.js';
import { comparisonPage } from '../../report/page/comparison-page.js';
import { historyPage } from '../../report/page/history-page.js';
import { pageContext, pagedRun, pageOfStored } from '../../serve/stored-page.js';
import { isBaseline } from '../../store/baselines.js';
import { isBucketUrl } from '../../store/bucket-place.js';
import { RUN_FILES } from '../../store/run-files.js';
import { readNamedRun } from '../../store/run-sources.js';
import { pathFromHere } from '../output/path-from-here.js';
import { tell } from '../output/print.js';
import { comparisonOf, namedRun, type RawComparisonOptions } from './comparison-input.js';
import { askedHistory, type HistoryOptions } from './history-input.js';

/** The options as commander returns them. */
export interface RawReportOptions
  extends Omit<RawComparisonOptions, 'output'>,
    Omit<HistoryOptions, 'output' | 'where' | 'metric'> {
  readonly results: string;
  readonly compare?: boolean;
  readonly history?: boolean;
}

interface AskedPage {
  readonly page: Page;
  /** Where the page is written if the user names no file. */
  readonly file: string;
}

/** Options that mean nothing without `--history`. */
const ONLY_HISTORY = ['workload', 'target', 'since', 'limit'] as const;
/** Options that ask for a comparison. */
const OF_COMPARISON = ['compare', 'rows', 'cols', 'base', 'metric', 'where', 'ignore'] as const;

/** Returns the page and the usual place of its file. `command`: the arguments after `feedrate`. */
export async function askedPage(
  specs: readonly string[],
  options: RawReportOptions,
  command: readonly string[],
): Promise<AskedPage> {
  if (options.history === true) {
    if (specs.length > 0) throw new FeedrateError('usage', '--history chooses the runs itself: name none');
    return pageOfHistory(options);
  }
  const stray = ONLY_HISTORY.find((name) => options[name] !== undefined);
  if (stray !== undefined) throw new FeedrateError('usage', `--${stray} needs --history`);
  const isCompared = specs.length > 1 || OF_COMPARISON.some((name) => options[name] !== undefined);
  return isCompared ? pageOfComparison(specs, options, command) : pageOfRun(specs[0] ?? 'latest', options.results);
}

/** A run in a bucket, and a baseline, which is a copy, have their page in the working directory. */
async function pageOfRun(spec: string, results: string): Promise<AskedPage> {
  if (isBaseline(results, spec)) {
    const named = await namedRun(results, spec);
    return { page: pageOfStored(named, pathFromHere(named.directory)), file: `${fileName(spec)}.html` };
  }
  const stored = await readNamedRun(spec, { resultsDirectory: results, passedOver: tell });
  if (stored.run === null && stored.trials.length === 0)
    throw new FeedrateError('store', `${stored.directory}: nothing can be read: ${stored.problems.join('; ')}`);
  const isAway = isBucketUrl(stored.directory);
  const file = isAway ? `${fileName(stored.id)}.html` : join(pathFromHere(stored.directory), RUN_FILES.report);
  return { page: pageOfStored(stored, pathFromHere(stored.directory)), file };
}

async function pageOfComparison(
  specs: readonly string[],
  options: RawReportOptions,
  command: readonly string[],
): Promise<AskedPage> {
  const runs: (NamedRun & ReadableRun)[] = [];
  for (const spec of specs.length === 0 ? ['latest'] : specs) runs.push(await namedRun(options.results, spec));
  const comparison = comparisonOf(runs, { ...options, output: options.results }, 'load');
  const named = runs.map((run) => ({ name: run.name, ...pagedRun(run, pathFromHere(run.directory)) }));
  const page = comparisonPage(comparison, named, command, pageContext());
  return { page, file: `comparison-${runs.map(({ name }) => shortName(name)).join('-')}.html` };
}

async function pageOfHistory(options: RawReportOptions): Promise<AskedPage> {
  const history = await askedHistory({ ...options, output: options.results });
  return { page: historyPage(history, pageContext()), file: `history-${fileName(history.workload)}.html` };
}

/** The end of a run's name, such as `a1f3`, or a baseline's name. */
function shortName(name: string): string {
  return fileName(/_([0-9a-f]{4})$/.exec(name)?.[1] ?? name);
}

function fileName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 60);
}
