import { csvHead, csvRows } from '../../record/csv-table.js';
import { dataColumns } from './arm-table.js';
import type { RunView } from './run-view.js';

/** Returns one row per arm, in base units. `summary.csv` in the run directory has one row per trial instead. */
export function runCsv(view: Pick<RunView, 'summaries' | 'ceilings'>): string {
  const columns = dataColumns(view);
  return csvHead(columns) + csvRows(columns, view.summaries);
}
