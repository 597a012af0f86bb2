/** What `feedrate export` writes in each of its formats. */
import type { ReadableRun } from '../../record/stored-run.js';
import { openMetricsText } from '../../report/ci/open-metrics.js';
import { csvTableText } from '../../report/interchange/csv-table-text.js';
import { fioJobs, fioJsonText } from '../../report/interchange/fio-json.js';
import { parquetTable } from '../../report/interchange/parquet-table.js';
import { runTable, TABLE_NAMES, type TableName } from '../../report/interchange/run-tables.js';
import { keptMeasures } from '../../stats/measure.js';
import { measurementsOf } from '../../stats/measurements.js';
import type { FileContent } from '../../store/durable-files.js';
import { hdrLogOf } from '../../store/hdr-log.js';
import { runArchive } from '../../store/run-archive.js';
import type { ExportFormat } from '../options/export-formats.js';

/** A file in a directory. Its name may be any text, and lacks its ending. */
interface ExportPart {
  readonly name: string;
  readonly content: () => FileContent;
}

interface ExportContent {
  /** Returns one file with all runs. `table` is for formats with tables. */
  readonly whole: (runs: readonly ReadableRun[], table: TableName) => FileContent;
  /** Returns the files for a directory. `table` is null for all of them. */
  readonly parts: (runs: readonly ReadableRun[], table: TableName | null) => readonly ExportPart[];
}

/** Returns a format whose directory has one file for each run. */
function perRun(whole: (runs: readonly ReadableRun[]) => FileContent): ExportContent {
  return { whole, parts: (runs) => runs.map((run) => ({ name: run.id, content: () => whole([run]) })) };
}

/** Returns a format whose directory has one file for each table. */
function perTable(whole: ExportContent['whole']): ExportContent {
  return {
    whole,
    parts: (runs, table) =>
      (table === null ? TABLE_NAMES : [table]).map((name) => ({ name, content: () => whole(runs, name) })),
  };
}

export const EXPORT_CONTENT: Readonly<Record<ExportFormat, ExportContent>> = {
  'fio-json': {
    whole: (runs) => fioJsonText(fioJobs(runs)),
    parts: (runs) =>
      fioJobs(runs).map((job) => ({
        name: runs.length > 1 ? `${job.run.id}_${job.arm.id}` : job.arm.id,
        content: () => fioJsonText([job]),
      })),
  },
  hlog: perRun(hdrLogOf),
  parquet: perTable((runs, table) =>
    parquetTable(runTable(table, runs), `${table} of ${runs.map(({ id }) => id).join(', ')}`),
  ),
  csv: perTable((runs, table) => csvTableText(runTable(table, runs))),
  openmetrics: perRun((runs) =>
    openMetricsText(runs.flatMap(({ run, trials }) => measurementsOf(run, trials, keptMeasures()))),
  ),
  tar: perRun(runArchive),
};
