/** The tables of runs for programs that analyse data. A table is one row here. */
import { binFloor, binMidpoint } from '../../histogram/histogram.js';
import type { CellValue, Column } from '../../record/csv-table.js';
import { recordsOf } from '../../record/merge-ranks.js';
import type { ReadableRun } from '../../record/stored-run.js';
import {
  evidenceColumns,
  secondRows,
  summaryColumns,
  timeseriesColumns,
  trialRows,
} from '../../record/trial-columns.js';
import type { RankPart, TrialRecord } from '../../record/trial-record.js';
import { armColumns } from '../../stats/arm-columns.js';
import { ceilingUses } from '../../stats/ceiling-use.js';
import { summarize } from '../../stats/summary.js';

/** A column of a table of several runs. Runs that lack it have nulls. */
export interface TypedColumn {
  readonly name: string;
  readonly isKept: boolean;
  readonly values: CellValue[];
}

export interface RunTable {
  readonly columns: readonly TypedColumn[];
  readonly rows: number;
}

/** What one run adds to a table. */
interface RunPart {
  readonly columns: readonly TypedColumn[];
  readonly rows: number;
}

const TABLES = {
  arms: ({ run, trials }: ReadableRun) =>
    partOf(
      [
        { name: 'run', value: () => run.id },
        ...armColumns({
          run,
          trials,
          summaries: summarize(run.plan.arms, trials),
          ceilings: ceilingUses(run, trials),
        }),
      ],
      summarize(run.plan.arms, trials),
    ),
  summary: ({ run, trials }: ReadableRun) => partOf(summaryColumns(run), trials.flatMap(trialRows)),
  evidence: ({ run, trials }: ReadableRun) => partOf(evidenceColumns(run), trials.flatMap(recordsOf)),
  timeseries: ({ run, trials }: ReadableRun) => partOf(timeseriesColumns(run), trials.flatMap(secondRows)),
  latency: ({ run, trials }: ReadableRun) => partOf(latencyColumns(run.id), trials.flatMap(binRows)),
} as const satisfies Readonly<Record<string, (run: ReadableRun) => RunPart>>;

export type TableName = keyof typeof TABLES;

/** All tables, those of a run directory first. */
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/**
 * Returns a table of all these runs, joined by the names of columns. A column that only some runs have follows the one
 * that precedes it in the first of them. Columns without any value are left out.
 */
export function runTable(name: TableName, runs: readonly ReadableRun[]): RunTable {
  const columns: TypedColumn[] = [];
  let rows = 0;
  for (const run of runs) {
    const part: RunPart = TABLES[name](run);
    let before = -1;
    for (const column of part.columns) {
      let at = columns.findIndex((each) => each.name === column.name);
      if (at < 0) {
        at = before + 1;
        columns.splice(at, 0, { ...column, values: Array.from({ length: rows }, () => null) });
      }
      for (const value of column.values) columns[at]?.values.push(value);
      before = at;
    }
    rows += part.rows;
    for (const { values } of columns) while (values.length < rows) values.push(null);
  }
  return { columns: columns.filter(({ isKept, values }) => isKept || values.some(isValue)), rows };
}

function isValue(value: CellValue): boolean {
  return value !== null && value !== '' && !Number.isNaN(value);
}

function partOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): RunPart {
  return {
    columns: columns.map(({ name, value, isKept }) => ({ name, isKept: isKept === true, values: rows.map(value) })),
    rows: rows.length,
  };
}

/** A row of the table `latency`: the operations of a machine in a trial whose latency is in one bin. */
interface BinRow {
  readonly trial: TrialRecord;
  readonly part: RankPart;
  readonly kind: string;
  readonly bin: number;
  readonly count: number;
}

function binRows(trial: TrialRecord): BinRow[] {
  return recordsOf(trial).flatMap((part) =>
    Object.entries(part.latency).flatMap(([kind, counts]) =>
      Array.from({ length: counts.length / 2 }, (_, index) => ({
        trial,
        part,
        kind,
        bin: counts[2 * index] as number,
        count: counts[2 * index + 1] as number,
      })),
    ),
  );
}

function latencyColumns(run: string): Column<BinRow>[] {
  return [
    { name: 'run', value: () => run },
    { name: 'trial', value: ({ trial }) => trial.id },
    { name: 'arm', value: ({ trial }) => trial.arm },
    { name: 'rank', value: ({ part }) => part.rank },
    { name: 'warmup', value: ({ trial }) => trial.warmup },
    { name: 'status', value: ({ part }) => part.status },
    { name: 'kind', value: ({ kind }) => kind },
    { name: 'from_ns', value: ({ bin }) => binFloor(bin) },
    { name: 'midpoint_ns', value: ({ bin }) => binMidpoint(bin) },
    { name: 'count', value: ({ count }) => count },
  ];
}
