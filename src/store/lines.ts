import { readSync } from 'node:fs';
import { withRegularFile } from '../host/system/regular-file.js';

const CHUNK_BYTES = 2 ** 20;
const LINE_BREAK = 10;
/** A trial of a week has a line of 70 MB. */
const MOST_LINE_BYTES = 128 * 2 ** 20;

/** Called with each line, numbered from 1 and without its line break. A line of more than 128 MiB is null. */
export type LineVisitor = (line: string | null, number: number) => void;

/**
 * Divides bytes that come in pieces into lines. The text may be larger than memory and than JavaScript's longest string
 * (512 MiB), but only damage makes a line of more than 128 MiB.
 */
export class LineDivider {
  readonly #visit: LineVisitor;
  readonly #begun: Buffer[] = [];
  #begunBytes = 0;
  #number = 0;

  constructor(visit: LineVisitor) {
    this.#visit = visit;
  }

  /** Takes the next bytes, which the caller may overwrite afterwards. */
  push(bytes: Buffer): void {
    let from = 0;
    for (let to = bytes.indexOf(LINE_BREAK); to >= 0; to = bytes.indexOf(LINE_BREAK, from)) {
      this.#endLine(bytes.subarray(from, to));
      from = to + 1;
    }
    if (from === bytes.length) return;
    this.#begunBytes += bytes.length - from;
    if (this.#begunBytes <= MOST_LINE_BYTES) this.#begun.push(Buffer.from(bytes.subarray(from)));
  }

  /** Ends a last line without a line break. */
  end(): void {
    if (this.#begunBytes > 0) this.#endLine(Buffer.alloc(0));
  }

  #endLine(part: Buffer): void {
    this.#number++;
    const isTooLong = this.#begunBytes + part.length > MOST_LINE_BYTES;
    const line = this.#begun.length === 0 ? part : Buffer.concat([...this.#begun, part]);
    this.#visit(isTooLong ? null : line.toString('utf8'), this.#number);
    this.#begun.length = 0;
    this.#begunBytes = 0;
  }
}

/**
 * The buffer of the last file, for the next one. With a new one for each of a thousand short files, the garbage collector
 * takes a third of the time of a merge.
 */
let spareChunk: Buffer | null = null;

/** Calls `visit` for each line of a file. Throws as `withRegularFile` does. */
export function forEachLine(path: string, visit: LineVisitor): void {
  withRegularFile(path, (file) => {
    const chunk = spareChunk ?? Buffer.allocUnsafe(CHUNK_BYTES);
    // `visit` may read lines of another file.
    spareChunk = null;
    const divider = new LineDivider(visit);
    for (;;) {
      const filled = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (filled === 0) break;
      divider.push(chunk.subarray(0, filled));
    }
    divider.end();
    spareChunk = chunk;
  });
}
