/** Chooses among rows that have a figure for the same thing. */
import type { CeilingStatus } from './ceiling-record.js';

/** The row that has a figure, and the figure. */
interface FoundFigure<Row, Value> {
  readonly row: Row;
  readonly value: Value;
}

interface Rated {
  readonly status: CeilingStatus;
  readonly throughputPerHaPairMBps?: number | 'any';
  readonly regionClass?: string;
}

/**
 * Returns the figure in use: the documented one, else the measured one. If sources conflict, only a measured one counts.
 * A row for one setting or one class of Regions wins over a row for all. `conflict` if nothing but conflicting figures is
 * left, and null if there is no figure.
 */
export function figureIn<Row extends Rated, Value>(
  rows: readonly Row[],
  read: (row: Row) => Value | null,
): FoundFigure<Row, Value> | 'conflict' | null {
  const found = rows.flatMap((row) => {
    const value = read(row);
    return value === null ? [] : [{ row, value }];
  });
  const breadth = ({ throughputPerHaPairMBps, regionClass }: Rated) =>
    Number(throughputPerHaPairMBps === 'any') + Number(regionClass === 'any');
  const best = (status: CeilingStatus) =>
    found.filter(({ row }) => row.status === status).sort((a, b) => breadth(a.row) - breadth(b.row))[0];
  const isDisputed = best('conflicting') !== undefined;
  return (isDisputed ? undefined : best('documented')) ?? best('measured') ?? (isDisputed ? 'conflict' : null);
}
