/** The files that are derived from `trials.jsonl`, for other programs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, csvHead, csvRows, filledColumns } from '../record/csv-table.js';
import { recordsOf } from '../record/merge-ranks.js';
import type { RunRecord } from '../record/run-record.js';
import { evidenceColumns, secondRows, summaryColumns, timeseriesColumns, trialRows } from '../record/trial-columns.js';
import type { TrialRecord } from '../record/trial-record.js';
import { appendDerived, makeFilesDurable, replaceDerived } from './durable-files.js';
import { hdrLogHead, hdrLogLines } from './hdr-log.js';
import { readTrials } from './read-run.js';
import { RUN_FILES } from './run-files.js';

interface DerivedTable {
  readonly file: string;
  /** Whether it is short: a row per trial. It is then built again at the start of each session. */
  readonly isShort: boolean;
  /** The table of a run without trials. */
  readonly empty: string;
  /** Returns the whole table. */
  readonly whole: (trials: readonly TrialRecord[]) => string;
  /** Returns what a trial adds to a table with this first line, or null if the table must be written anew for it. */
  readonly addition: (trial: TrialRecord, firstLine: string) => string | null;
}

/** Returns the tables of a run. */
export function derivedTables(run: RunRecord): readonly DerivedTable[] {
  const logHead = hdrLogHead(run);
  return [
    csvTable(RUN_FILES.summary, true, summaryColumns(run), trialRows),
    csvTable(RUN_FILES.evidence, true, evidenceColumns(run), recordsOf),
    csvTable(RUN_FILES.timeseries, false, timeseriesColumns(run), secondRows),
    {
      file: RUN_FILES.latency,
      isShort: false,
      empty: logHead,
      whole: (trials) => logHead + trials.map((trial) => hdrLogLines(run, trial)).join(''),
      addition: (trial) => hdrLogLines(run, trial),
    },
  ];
}

/** Returns a CSV table with the columns that its trials fill, of those given. */
function csvTable<Row>(
  file: string,
  isShort: boolean,
  columns: readonly Column<Row>[],
  rowsOf: (trial: TrialRecord) => readonly Row[],
): DerivedTable {
  const whole = (trials: readonly TrialRecord[]): string => {
    const rows = trials.flatMap(rowsOf);
    const filled = filledColumns(columns, rows);
    return csvHead(filled) + csvRows(filled, rows);
  };
  return {
    file,
    isShort,
    empty: whole([]),
    whole,
    addition(trial, firstLine) {
      const rows = rowsOf(trial);
      const names = new Set(firstLine.split(','));
      const present = columns.filter(({ name }) => names.has(name));
      const isComplete = filledColumns(columns, rows).every((column) => present.includes(column));
      return isComplete ? csvRows(present, rows) : null;
    },
  };
}

/** Writes all tables of a run directory anew, from its `trials.jsonl`. Throws `FeedrateError('store')`. */
export function rewriteTables(directory: string, run: RunRecord): void {
  const { trials } = readTrials(directory);
  for (const { file, whole } of derivedTables(run)) replaceDerived(join(directory, file), whole(trials));
}

/**
 * Makes the tables of a run that has ended durable. Until then they are not, because each trial would wait for the disk as
 * often as there are tables. Throws `FeedrateError('store')`.
 */
export function makeTablesDurable(directory: string, run: RunRecord): void {
  makeFilesDurable(directory, [...derivedTables(run).map(({ file }) => file), RUN_FILES.arms]);
}

/**
 * Returns a function that adds a trial to the tables after it was appended to `trials.jsonl`, with the size of that file
 * before and after. When another process appended to the trials (an earlier session), the short tables are built again
 * from them, and so is a table that was removed or that lacks a column for the trial. The function throws
 * `FeedrateError('store')`.
 */
export function tableWriter(
  directory: string,
  run: RunRecord,
): (trial: TrialRecord, size: { beforeBytes: number; afterBytes: number }) => void {
  const tables = derivedTables(run);
  const firstLines = new Map<string, string>();
  let knownBytes = 0;
  return (trial, { beforeBytes, afterBytes }) => {
    let saved: readonly TrialRecord[] | null = null;
    for (const table of tables) {
      const path = join(directory, table.file);
      const inStep = !table.isShort || beforeBytes === knownBytes;
      const firstLine = firstLines.get(table.file) ?? firstLineOf(path);
      const added = inStep && existsSync(path) ? table.addition(trial, firstLine) : null;
      if (added === null) {
        saved ??= beforeBytes === 0 ? [trial] : readTrials(directory).trials;
        replaceDerived(path, table.whole(saved));
      } else appendDerived(path, added);
      firstLines.set(table.file, added === null ? firstLineOf(path) : firstLine);
    }
    knownBytes = afterBytes;
  };
}

/** Returns the first line of a file, or nothing when it cannot be read: the table is then written anew. */
function firstLineOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0] ?? '';
  } catch {
    return '';
  }
}
