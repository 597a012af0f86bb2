/** The files that are derived from `trials.jsonl`, for other programs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvHead, csvRows } from '../record/csv-table.js';
import type { RunRecord } from '../record/run-record.js';
import { secondRows, summaryColumns, timeseriesColumns, trialRows } from '../record/trial-columns.js';
import type { TrialRecord } from '../record/trial-record.js';
import { appendLines, replaceFile } from './durable-files.js';
import { hdrLogHead, hdrLogLines } from './hdr-log.js';
import { readTrials } from './read-run.js';
import { RUN_FILES } from './run-files.js';

interface DerivedTable {
  readonly file: string;
  readonly head: string;
  readonly rowsOf: (trial: TrialRecord) => string;
}

/** Returns the tables of a run with their heads. */
export function derivedTables(run: RunRecord): readonly DerivedTable[] {
  const summary = summaryColumns(run);
  const seconds = timeseriesColumns(run);
  return [
    {
      file: RUN_FILES.summary,
      head: csvHead(summary),
      rowsOf: (trial) => csvRows(summary, trialRows(trial)),
    },
    {
      file: RUN_FILES.timeseries,
      head: csvHead(seconds),
      rowsOf: (trial) => csvRows(seconds, secondRows(trial)),
    },
    {
      file: RUN_FILES.latency,
      head: hdrLogHead(run),
      rowsOf: (trial) => hdrLogLines(run, trial),
    },
  ];
}

/** Writes all tables of a run directory anew, from its `trials.jsonl`. Throws `FeedrateError('store')`. */
export function rewriteTables(directory: string, run: RunRecord): void {
  for (const table of derivedTables(run)) rewriteTable(directory, table);
}

function rewriteTable(directory: string, { file, head, rowsOf }: DerivedTable): void {
  replaceFile(join(directory, file), head + readTrials(directory).trials.map(rowsOf).join(''));
}

/**
 * Returns a function that adds a trial to the tables after it was appended to `trials.jsonl`, with the size of that file
 * before and after. When another process appended to the trials (an earlier session), the summary is built again from
 * them, and so is a table that was removed. The function throws `FeedrateError('store')`.
 */
export function tableWriter(
  directory: string,
  run: RunRecord,
): (trial: TrialRecord, size: { beforeBytes: number; afterBytes: number }) => void {
  const tables = derivedTables(run);
  let knownBytes = 0;
  return (trial, { beforeBytes, afterBytes }) => {
    for (const table of tables) {
      const path = join(directory, table.file);
      const inStep = table.file !== RUN_FILES.summary || beforeBytes === knownBytes;
      if (inStep && existsSync(path)) appendLines(path, table.rowsOf(trial));
      else rewriteTable(directory, table);
    }
    knownBytes = afterBytes;
  };
}
