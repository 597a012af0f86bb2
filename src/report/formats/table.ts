import { answeredComparison, answeredHistory, answeredRun } from '../answer/answered.js';
import { detailLines } from '../charts/run-detail.js';
import { terminalComparison } from '../comparison/render-comparison.js';
import { terminalHistory } from '../history/render-history.js';
import { terminalRun } from '../run/render-run.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = {
  run: (view, options) =>
    terminalRun(view, answeredRun(view), options, options.detail ? detailLines(view, options.columns) : []),
  comparison: (comparison, gate, options) =>
    terminalComparison(comparison, gate, answeredComparison(comparison, gate, options), options),
  history: (history, options) => terminalHistory(history, answeredHistory(history), options),
};
