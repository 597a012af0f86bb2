/** A column of a table for people, for any type of row. */

/** The colour of a cell on a terminal. */
export type Tone = 'good' | 'bad' | 'plain';

/** One column: its head and the text of each cell. */
export interface ShownColumn<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  /**
   * Columns with 0 are always shown. The others get the space that is left, lowest number first. One that does not fit
   * leaves its space to the next. Columns with the same number are shown together or not at all.
   */
  readonly dropOrder: number;
  readonly text: (row: Row) => string;
  readonly tone?: (row: Row) => Tone;
}
