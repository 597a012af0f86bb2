/** Factors as columns for programs: numbers in base units, with the unit in the name. */
import type { Factor } from '../plan/plan.js';
import { JOB_ROWS } from '../workload/job-fields.js';
import type { ColumnForm } from '../workload/value-types.js';
import type { CellValue } from './csv-table.js';

/** A column of a factor: `{ name: 'bs_bytes', of: '4KiB' → 4096 }`. */
export interface FactorColumn {
  readonly name: string;
  /** Returns the value of a level. Null for a job that does not have the factor. */
  readonly of: (label: string | null) => CellValue;
}

type LabelReader = Pick<ColumnForm<unknown>, 'unit'> & { readonly of: (label: string) => number | boolean | null };

/**
 * Returns the columns of a factor. A field of the workload language that is a size, a time, a rate, a count or a truth
 * value has a column in base units. Its levels that are no single number, such as a mix of block sizes, are in a column
 * with their labels, which is there only if some level needs it. All other factors have one column with their labels.
 * @param labels every level of the factor in the table
 */
export function columnsOfFactor(name: string, labels: Iterable<string>): FactorColumn[] {
  const reader = readerOf(name);
  const asLabel: FactorColumn = { name, of: (label) => label };
  if (reader === null) return [asLabel];
  const numbers: FactorColumn = {
    name: `${name}${reader.unit}`,
    of: (label) => (label === null ? null : reader.of(label)),
  };
  const others = [...labels].filter((label) => label !== ABSENT && reader.of(label) === null);
  if (others.length === 0) return [numbers];
  if (numbers.name === name) return [asLabel];
  const isOther = new Set(others);
  return [numbers, { name, of: (label) => (label !== null && isOther.has(label) ? label : null) }];
}

/** Returns the factors of an arm by the names of their columns, for JSON: `{ bs_bytes: 4096, target: 'b' }`. */
export function factorValues(factors: readonly Factor[]): Record<string, CellValue> {
  return Object.fromEntries(
    factors.flatMap(({ name, label }) => {
      const columns = columnsOfFactor(name, [label]).map(({ name: column, of }) => [column, of(label)] as const);
      return columns.length === 1 ? columns : columns.filter(([, value]) => value !== null);
    }),
  );
}

/** The label of a field that has no value. */
const ABSENT = 'none';

/** Returns what reads the labels of a factor, or null if its values are words. Kinds of jobs may differ in the type. */
function readerOf(name: string): LabelReader | null {
  const types = JOB_ROWS.filter(({ word }) => word === name).map(({ type }) => type);
  const unit = types.find(({ column }) => column !== undefined)?.column?.unit;
  if (unit === undefined) return null;
  const of = (label: string): number | boolean | null => {
    for (const { read, column } of types) {
      const found = read(scalarOf(label));
      if (found.ok && column !== undefined) return column.of(found.value);
    }
    return null;
  };
  return { unit, of };
}

/** Returns a label as YAML would read it. */
function scalarOf(label: string): string | number | boolean {
  if (/^\d+$/.test(label)) return Number(label);
  return label === 'true' || label === 'false' ? label === 'true' : label;
}
