import { armsCsv } from '../../stats/arm-columns.js';
import { comparisonCsv } from '../comparison/comparison-csv.js';
import { historyCsv } from '../history/history-data.js';
import type { ReportForm } from './report-form.js';

export const form: ReportForm = { run: armsCsv, comparison: comparisonCsv, history: historyCsv };
