import { csvHead, csvRows } from '../../record/csv-table.js';
import { dataColumns } from './arm-table.js';
import type { RunView } from './run-view.js';

/** Returns one row per arm, in base units. `summary.csv` in the run directory has one row per trial instead. */
export function runCsv({ summaries }: Pick<RunView, 'summaries'>): string {
  const columns = dataColumns(summaries);
  return csvHead(columns) + csvRows(columns, summaries);
}
