/** The page of a comparison: the answer, every cell, then the sections of each run. */
import type { Comparison } from '../../gate/comparison.js';
import type { Page, PageArm, PagePart, PageSection } from '../../page/page.js';
import { answeredComparison } from '../answer/answered.js';
import { comparisonCharts } from '../charts/comparison-charts.js';
import { comparisonNotes } from '../comparison/comparison-notes.js';
import { comparedColumns, worstFirst } from '../comparison/comparison-table.js';
import { pairsNotes } from '../comparison/pairs-text.js';
import { headingOf } from '../comparison/render-comparison.js';
import { headerLines } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { chartParts, sectionOf, shownTable, textPart } from '../table/page-parts.js';
import { withGlossary } from './glossary.js';
import type { PageContext } from './run-page.js';
import { runSections } from './run-sections.js';

/** A run with the name that the comparison has for it. */
export interface NamedView {
  readonly name: string;
  readonly view: RunView;
  /** What CloudWatch had of the run, as `metricsParts` returns it. */
  readonly cloudWatch: readonly PagePart[];
}

/** Returns the page. `command`: the arguments after `feedrate`, as typed. */
export function comparisonPage(
  comparison: Comparison,
  runs: readonly NamedView[],
  command: readonly string[],
  { terms, madeAt, madeBy }: PageContext,
): Page {
  const { answer, next } = answeredComparison(comparison, null, { command });
  const arms = new Map(
    runs.flatMap(({ view }) => view.summaries.map(({ arm: { id } }): [string, PageArm] => [id, { id, name: id }])),
  );
  return withGlossary(
    {
      title: comparisonTitle(comparison),
      about: runs.flatMap(({ view }) => headerLines(view).slice(0, 1)),
      answer,
      next: next.map(({ what, command: text }) => ({ text: what, command: text })),
      sections: [
        ...comparisonSections(comparison),
        ...runs.map((run, index) => runSection(run, index, runs.length > 1)),
      ],
      arms: [...arms.values()],
      madeAt,
      madeBy,
    },
    terms,
  );
}

/** More columns than this are counted. */
const NAMED_COLUMNS = 3;

function comparisonTitle({ grid }: Comparison): string {
  const [base = '', ...others] = grid.columns;
  return others.length < NAMED_COLUMNS
    ? `${others.join(' and ')} compared with ${base}`
    : `${others.length} others compared with ${base}`;
}

function comparisonSections(comparison: Comparison): PageSection[] {
  const { cells, options } = comparison;
  const tables = options.measures.flatMap((measure): PagePart[] => {
    const shown = worstFirst(cells.filter((cell) => cell.measure === measure));
    if (shown.length === 0) return [];
    const columns = comparedColumns(comparison, measure);
    const table = shownTable(headingOf(comparison, measure), shown, columns, ({ candidate }) => candidate.arm.id);
    return [table, ...textPart(pairsNotes(comparison, measure))];
  });
  return [
    ...sectionOf('comparison', 'Comparison', [...chartParts(comparisonCharts(comparison)), ...tables]),
    ...sectionOf('notes', 'Notes on the comparison', textPart(comparisonNotes(comparison))),
  ];
}

/** Several runs are closed: the page is about what lies between them. */
function runSection({ name, view, cloudWatch }: NamedView, index: number, isFolded: boolean): PageSection {
  const id = `run-${index + 1}`;
  return { id, heading: `Run ${name}`, parts: [], sections: runSections(view, cloudWatch, `${id}-`), isFolded };
}
