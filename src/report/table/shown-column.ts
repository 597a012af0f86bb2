/** A column of a table for people, whatever its rows are. */

/** How a cell is coloured on a terminal. */
export type Tone = 'good' | 'bad' | 'plain';

/** One column: its head and the text of each cell. */
export interface ShownColumn<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** On a narrow terminal the columns with the highest number are dropped first; those with 0 stay. */
  readonly dropOrder: number;
  readonly text: (row: Row) => string;
  readonly tone?: (row: Row) => Tone;
}
