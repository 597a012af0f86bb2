/** Makes the page that the arguments of `feedrate report` ask for. */
import { join } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import type { NamedRun } from '../../gate/comparison.js';
import { packageVersion } from '../../host/system/installation.js';
import { readGlossary } from '../../host/system/page-files.js';
import type { Page, PagePart } from '../../page/page.js';
import type { FeedRecord } from '../../record/feed-record.js';
import type { ReadableRun, StoredRun } from '../../record/stored-run.js';
import { metricsParts } from '../../report/fsx/metrics-parts.js';
import { viewMetrics } from '../../report/fsx/metrics-view.js';
import { comparisonPage } from '../../report/page/comparison-page.js';
import { feedPage } from '../../report/page/feed-page.js';
import { glossaryTerms } from '../../report/page/glossary.js';
import { historyPage } from '../../report/page/history-page.js';
import { type PageContext, runPage } from '../../report/page/run-page.js';
import { type RunView, viewRun } from '../../report/run/run-view.js';
import { isBaseline } from '../../store/baselines.js';
import { isBucketUrl } from '../../store/bucket-place.js';
import { readFsxMetrics } from '../../store/fsx-metrics-file.js';
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

/** Returns what every page is made with. */
export function pageContext(): PageContext {
  return {
    terms: glossaryTerms(readGlossary()),
    madeAt: new Date().toISOString(),
    madeBy: `feedrate ${packageVersion()}`,
  };
}

/** Returns the page of a run, or of the answer of `feedrate feed` if the run has one. */
export function pageOfStored(stored: StoredRun): Page {
  const { view, cloudWatch, feed } = pagedRun(stored);
  const { run } = view;
  const context = pageContext();
  return feed === null || run === null
    ? runPage(view, context, cloudWatch)
    : feedPage(feed, view, run.command, context);
}

interface PagedRun {
  readonly view: RunView;
  readonly cloudWatch: readonly PagePart[];
  readonly feed: FeedRecord | null;
}

/** Returns a run with what commands have added to it. A damaged addition is a problem of the report, and not its end. */
function pagedRun(stored: StoredRun): PagedRun {
  const { run, trials, status, directory, ontapSamples } = stored;
  const problems = [...stored.problems];
  const added = <T>(read: (runDirectory: string) => T | null): T | null => {
    if (isBucketUrl(directory)) return null;
    try {
      return read(directory);
    } catch (thrown) {
      if (!(thrown instanceof FeedrateError)) throw thrown;
      problems.push(thrown.message);
      return null;
    }
  };
  const record = added(readFsxMetrics);
  const endMs = Date.parse(run?.endedAt ?? record?.endAt ?? '');
  return {
    view: viewRun(run, trials, [...new Set(problems)], { status, directory: pathFromHere(directory), ontapSamples }),
    cloudWatch: record === null ? [] : metricsParts(viewMetrics(stored.id, record, trials, endMs)),
    feed: stored.feed ?? null,
  };
}

/** A run in a bucket, and a baseline, which is a copy, have their page in the working directory. */
async function pageOfRun(spec: string, results: string): Promise<AskedPage> {
  if (isBaseline(results, spec)) {
    const named = await namedRun(results, spec);
    return { page: pageOfStored(named), file: `${fileName(spec)}.html` };
  }
  const stored = await readNamedRun(spec, { resultsDirectory: results, passedOver: tell });
  if (stored.run === null && stored.trials.length === 0)
    throw new FeedrateError('store', `${stored.directory}: nothing can be read: ${stored.problems.join('; ')}`);
  const isAway = isBucketUrl(stored.directory);
  const file = isAway ? `${fileName(stored.id)}.html` : join(pathFromHere(stored.directory), RUN_FILES.report);
  return { page: pageOfStored(stored), file };
}

async function pageOfComparison(
  specs: readonly string[],
  options: RawReportOptions,
  command: readonly string[],
): Promise<AskedPage> {
  const runs: (NamedRun & ReadableRun)[] = [];
  for (const spec of specs.length === 0 ? ['latest'] : specs) runs.push(await namedRun(options.results, spec));
  const comparison = comparisonOf(runs, { ...options, output: options.results }, 'load');
  const named = runs.map((run) => ({ name: run.name, ...pagedRun(run) }));
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
