import { answeredComparison, answeredHistory, answeredRun } from '../answer/answered.js';
import { markdownComparison } from '../comparison/render-comparison.js';
import { markdownHistory } from '../history/render-history.js';
import { markdownRun } from '../run/render-run.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = {
  run: (view, options) => markdownRun(view, answeredRun(view), options),
  comparison: (comparison, gate, options) =>
    markdownComparison(comparison, gate, answeredComparison(comparison, gate, options), options),
  history: (history) => markdownHistory(history, answeredHistory(history)),
};
