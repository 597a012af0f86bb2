/** A column of a table for people, for any type of row. */

/** The colour of a cell on a terminal. */
export type Tone = 'good' | 'bad' | 'plain';

/** One column: its head and the text of each cell. */
export interface ShownColumn<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** On a narrow terminal, columns with the highest number are dropped first. Columns with 0 always stay. */
  readonly dropOrder: number;
  readonly text: (row: Row) => string;
  readonly tone?: (row: Row) => Tone;
}
