import { terminalComparison } from '../comparison/render-comparison.js';
import { terminalHistory } from '../history/render-history.js';
import { terminalRun } from '../run/render-run.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = { run: terminalRun, comparison: terminalComparison, history: terminalHistory };
