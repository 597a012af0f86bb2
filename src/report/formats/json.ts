import { comparisonJson } from '../comparison/comparison-json.js';
import { historyJson } from '../history/history-data.js';
import { runJson } from '../run/run-json.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = { run: runJson, comparison: comparisonJson, history: historyJson };
