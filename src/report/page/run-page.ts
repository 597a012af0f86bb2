/** The page of a run. */
import type { Page, PagePart, PageTerm } from '../../page/page.js';
import { answeredRun } from '../answer/answered.js';
import { headerLines } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { withGlossary } from './glossary.js';
import { runSections } from './run-sections.js';

/** What every page is made with. */
export interface PageContext {
  /** Terms that may be explained. */
  readonly terms: readonly PageTerm[];
  readonly madeAt: string;
  readonly madeBy: string;
}

/**
 * Returns the page of a run: the answer, then everything that is known of it.
 * @param cloudWatch what CloudWatch had of the run, as `metricsParts` returns it
 */
export function runPage(
  view: RunView,
  { terms, madeAt, madeBy }: PageContext,
  cloudWatch: readonly PagePart[] = [],
): Page {
  const { answer, next } = answeredRun(view);
  const [status, ...others] = headerLines(view);
  return withGlossary(
    {
      title: runTitle(view),
      about: [...(status === undefined ? [] : [status]), ...others.filter(({ tone }) => tone === 'bad')],
      answer,
      next: next.map(({ what, command }) => ({ text: what, command })),
      sections: runSections(view, cloudWatch),
      arms: view.summaries.map(({ arm }) => ({ id: arm.id, name: arm.id })),
      madeAt,
      madeBy,
    },
    terms,
  );
}

/** More targets than this are counted. */
const NAMED_TARGETS = 2;

/** Returns `quick on /mnt/train, 2026-11-30`. */
function runTitle({ run, directory }: RunView): string {
  if (run === null) return directory ?? 'damaged run';
  const { targets, workload } = run.plan;
  const where =
    targets.length > NAMED_TARGETS ? `${targets.length} targets` : targets.map(({ path }) => path).join(' and ');
  return `${workload} on ${where}, ${run.startedAt.slice(0, 10)}`;
}
