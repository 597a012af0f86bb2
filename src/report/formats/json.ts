import { answeredComparison, answeredHistory, answeredRun } from '../answer/answered.js';
import { comparisonJson } from '../comparison/comparison-json.js';
import { repeatedFeed } from '../feed/feed-answer.js';
import { feedJson } from '../feed/render-feed.js';
import { historyJson } from '../history/history-data.js';
import { runJson } from '../run/run-json.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = {
  run: (view) => {
    const feed = view.feed === null ? {} : { feed: feedJson(view.feed, repeatedFeed(view.feed)) };
    return runJson(view, answeredRun(view), feed);
  },
  comparison: (comparison, gate, options) =>
    comparisonJson(comparison, gate, answeredComparison(comparison, gate, options)),
  history: (history) => historyJson(history, answeredHistory(history)),
};
