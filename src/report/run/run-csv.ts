import { csvHead, csvRows } from '../../record/csv-table.js';
import { dataColumns } from './arm-table.js';
import type { RunView } from './run-view.js';

/** A row per arm in base units. `summary.csv` of the run directory has a row per trial instead. */
export function runCsv({ summaries }: Pick<RunView, 'summaries'>): string {
  const columns = dataColumns(summaries);
  return csvHead(columns) + csvRows(columns, summaries);
}
