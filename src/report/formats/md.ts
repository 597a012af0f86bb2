import { markdownComparison } from '../comparison/render-comparison.js';
import { markdownHistory } from '../history/render-history.js';
import { markdownRun } from '../run/render-run.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = { run: markdownRun, comparison: markdownComparison, history: markdownHistory };
