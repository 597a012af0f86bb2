import { csvHead, csvRows } from '../../record/csv.js';
import type { ArmSummary } from '../../stats/summary.js';
import { dataColumns } from './arm-table.js';

/** A row per arm in base units. `summary.csv` of the run directory has a row per trial instead. */
export function renderCsv(summaries: readonly ArmSummary[]): string {
  const columns = dataColumns(summaries);
  return csvHead(columns) + csvRows(columns, summaries);
}
