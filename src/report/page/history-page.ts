/** The page of a history: the answer, the series over time, and their changes. */
import type { History } from '../../gate/run-history.js';
import type { Page } from '../../page/page.js';
import { answeredHistory } from '../answer/answered.js';
import { historyCharts } from '../charts/history-charts.js';
import { historyColumns } from '../history/history-table.js';
import { ADVICE, captionOf, headingOf, noted } from '../history/render-history.js';
import { METHOD_LINE } from '../table/method-line.js';
import { chartParts, sectionOf, shownTable, textPart } from '../table/page-parts.js';
import { withGlossary } from './glossary.js';
import type { PageContext } from './run-page.js';

export function historyPage(history: History, { terms, madeAt, madeBy }: PageContext): Page {
  const { rows, changes } = noted(history);
  const arms = [...new Set(history.series.map(({ latest }) => latest.arm.id))];
  const [caption = '', ...legend] = captionOf(history, rows);
  const table = shownTable(caption, rows, historyColumns(rows), ({ series }) => series.latest.arm.id);
  return withGlossary(
    {
      title: `History of ${history.workload}`,
      about: [{ text: headingOf(history), tone: 'plain' }],
      answer: answeredHistory(history).answer,
      next: [],
      sections: [
        ...sectionOf('series', 'Results over time', [
          ...chartParts(historyCharts(history)),
          table,
          ...textPart([...legend, METHOD_LINE]),
        ]),
        ...sectionOf(
          'changes',
          'Changes',
          textPart(changes.length === 0 ? [] : [...changes.map((change, index) => `${index + 1}) ${change}`), ADVICE]),
        ),
      ],
      arms: arms.map((id) => ({ id, name: id })),
      madeAt,
      madeBy,
    },
    terms,
  );
}
