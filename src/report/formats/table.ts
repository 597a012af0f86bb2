import { answeredComparison, answeredHistory, answeredRun } from '../answer/answered.js';
import { detailLines } from '../charts/run-detail.js';
import { terminalComparison } from '../comparison/render-comparison.js';
import { repeatedFeed } from '../feed/feed-answer.js';
import { renderFeed } from '../feed/render-feed.js';
import { terminalHistory } from '../history/render-history.js';
import { groupTables } from '../run/group-lines.js';
import { terminalRun } from '../run/render-run.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = {
  run: (view, options) => {
    const report = terminalRun(
      view,
      answeredRun(view),
      options,
      options.detail ? [...groupTables(view), ...detailLines(view, options.columns)] : [],
    );
    return view.feed === null
      ? report
      : `${renderFeed(view.feed, repeatedFeed(view.feed), 'table', options)}\n${report}`;
  },
  comparison: (comparison, gate, options) =>
    terminalComparison(comparison, gate, answeredComparison(comparison, gate, options), options),
  history: (history, options) => terminalHistory(history, answeredHistory(history), options),
};
