/** The page of a stored run, for the command, the server and programs that use the library. */
import { FeedrateError } from '../base/errors.js';
import { packageVersion } from '../host/system/installation.js';
import { readGlossary, readPageFiles } from '../host/system/page-files.js';
import type { Page, PagePart } from '../page/page.js';
import { pageHtml } from '../page/page-html.js';
import type { FeedRecord } from '../record/feed-record.js';
import type { StoredRun } from '../record/stored-run.js';
import { metricsParts } from '../report/fsx/metrics-parts.js';
import { viewMetrics } from '../report/fsx/metrics-view.js';
import { feedPage } from '../report/page/feed-page.js';
import { glossaryTerms } from '../report/page/glossary.js';
import { type PageContext, runPage } from '../report/page/run-page.js';
import { type RunView, viewRun } from '../report/run/run-view.js';
import { isBucketUrl } from '../store/bucket-place.js';
import { readFsxMetrics } from '../store/fsx-metrics-file.js';

/**
 * Returns the page that `feedrate report` writes about a run: one HTML file that needs nothing else.
 *
 * @example
 * import { writeFileSync } from 'node:fs';
 * import { readRun, reportHtml, resolveRun } from 'feedrate';
 *
 * const stored = readRun(resolveRun('results', 'latest'));
 * writeFileSync('report.html', reportHtml(stored));
 */
export function reportHtml(stored: StoredRun): string {
  return pageHtml(pageOfStored(stored, stored.directory), readPageFiles());
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
export function pageOfStored(stored: StoredRun, shownDirectory: string): Page {
  const { view, cloudWatch, feed } = pagedRun(stored, shownDirectory);
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
export function pagedRun(stored: StoredRun, shownDirectory: string): PagedRun {
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
  const record = stored.fsxMetrics ?? added(readFsxMetrics);
  const endMs = Date.parse(run?.endedAt ?? record?.endAt ?? '');
  return {
    view: viewRun(run, trials, [...new Set(problems)], { status, directory: shownDirectory, ontapSamples }),
    cloudWatch: record === null ? [] : metricsParts(viewMetrics(stored.id, record, trials, endMs)),
    feed: stored.feed ?? null,
  };
}
