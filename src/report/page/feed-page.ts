/** The page of `feedrate feed`: how many accelerators the target feeds, then the run that it was measured with. */
import type { Page, PageSection } from '../../page/page.js';
import type { FeedRecord } from '../../record/feed-record.js';
import { feedCharts } from '../charts/feed-charts.js';
import { answeredFeed } from '../feed/feed-answer.js';
import { EMULATED, evidenceLines, headerLines, noteLines, RAMP, WHAT_IF } from '../feed/render-feed.js';
import { headerLines as runLines } from '../run/run-lines.js';
import type { RunView } from '../run/run-view.js';
import { chartParts, sectionOf, shownTable, textPart } from '../table/page-parts.js';
import { withGlossary } from './glossary.js';
import type { PageContext } from './run-page.js';
import { runSections } from './run-sections.js';

/** Returns the page. `command`: the arguments after `feedrate` that measured it. */
export function feedPage(
  record: FeedRecord,
  view: RunView,
  command: readonly string[],
  { terms, madeAt, madeBy }: PageContext,
): Page {
  const { answer, next } = answeredFeed(record, command);
  return withGlossary(
    {
      title: `${record.model.name} on ${record.target.path}`,
      about: runLines(view).slice(0, 1),
      answer,
      next: next.map(({ what, command: text }) => ({ text: what, command: text })),
      sections: [
        ...feedSections(record),
        { id: 'measurement', heading: 'The measurement', parts: [], sections: runSections(view), isFolded: true },
      ],
      arms: view.summaries.map(({ arm }) => ({ id: arm.id, name: arm.id })),
      madeAt,
      madeBy,
    },
    terms,
  );
}

function feedSections(record: FeedRecord): PageSection[] {
  const { emulated, ramp, limiter, whatIf } = record;
  const refused = whatIf.flatMap(({ model, refusal }) => (refusal === null ? [] : [`${model}: ${refusal}`]));
  const [, ...evidence] = evidenceLines(limiter?.evidence ?? []);
  return [
    ...sectionOf('charts', 'Accelerators and readers', chartParts(feedCharts(record))),
    ...sectionOf('asked', 'What was asked', textPart(headerLines(record))),
    ...sectionOf(
      'emulated',
      'Emulated accelerators',
      emulated.length === 0
        ? []
        : [shownTable('Each trial emulates all of the accelerators at once', emulated, EMULATED)],
    ),
    ...sectionOf('limit', 'What limits it', [
      ...textPart(evidence.map((line) => line.trim())),
      ...(ramp.length === 0 ? [] : [shownTable('Readers without any computation', ramp, RAMP)]),
    ]),
    ...sectionOf(
      'what-if',
      'Other models',
      whatIf.length === 0
        ? []
        : [shownTable('Predicted from the same measurement', whatIf, WHAT_IF), ...textPart(refused)],
    ),
    ...sectionOf('assumptions', 'Assumptions', textPart(noteLines(record))),
  ];
}
