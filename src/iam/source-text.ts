/** A text that findings point into, and the places in it. */

/** A place in a file. Line and column start at 1; the column counts UTF-16 code units, as editors and SARIF do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A range of a text in UTF-16 code units: from `start` up to but without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text and the name that messages call it by. */
export class SourceText {
  readonly name: string;
  readonly text: string;
  private lineStarts: readonly number[] | undefined;
  private readonly outer: { readonly source: SourceText; readonly offsets: Uint32Array } | undefined;

  /**
   * `outer` is for a text that was decoded from a string of another one: `offsets[i]` is where the i-th character, or the
   * end, comes from.
   */
  constructor(name: string, text: string, outer?: { readonly source: SourceText; readonly offsets: Uint32Array }) {
    this.name = name;
    this.text = text;
    this.outer = outer;
  }

  /** Returns the line and column of an offset. A byte order mark is not a column. Lines end with `\n` or `\r\n`. */
  placeOf(offset: number): Place {
    if (this.outer !== undefined) return this.outer.source.placeOf(this.outer.offsets[offset] ?? 0);
    this.lineStarts ??= lineStartsOf(this.text);
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle;
    }
    return { file: this.name, line: low + 1, column: Math.max(0, offset - (starts[low] as number)) + 1 };
  }

  /** Returns `file:line:column` of an offset. */
  where(offset: number): string {
    const { file, line, column } = this.placeOf(offset);
    return `${file}:${line}:${column}`;
  }
}

function lineStartsOf(text: string): number[] {
  const starts = [text.startsWith('\ufeff') ? 1 : 0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
