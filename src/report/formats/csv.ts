import { comparisonCsv } from '../comparison/comparison-csv.js';
import { historyCsv } from '../history/history-data.js';
import { runCsv } from '../run/run-csv.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = { run: runCsv, comparison: comparisonCsv, history: historyCsv };
