import { readSync } from 'node:fs';
import { withRegularFile } from '../host/system/regular-file.js';

const CHUNK_BYTES = 2 ** 20;
const LINE_BREAK = 10;
/** A trial of a week has a line of 70 MB. */
const MOST_LINE_BYTES = 128 * 2 ** 20;

/**
 * Calls `visit` for each line of a file, numbered from 1 and without its line break. The file may be larger than memory
 * and than JavaScript's longest string (512 MiB). A line of more than 128 MiB, which only damage makes, is null. Throws as
 * `withRegularFile` does.
 */
export function forEachLine(path: string, visit: (line: string | null, number: number) => void): void {
  withRegularFile(path, (file) => {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const begun: Buffer[] = [];
    let begunBytes = 0;
    let number = 0;
    const end = (part: Buffer): void => {
      number++;
      const isTooLong = begunBytes + part.length > MOST_LINE_BYTES;
      visit(isTooLong ? null : Buffer.concat([...begun, part]).toString('utf8'), number);
      begun.length = 0;
      begunBytes = 0;
    };
    for (;;) {
      const filled = readSync(file, chunk, 0, CHUNK_BYTES, null);
      if (filled === 0) break;
      const bytes = chunk.subarray(0, filled);
      let from = 0;
      for (let to = bytes.indexOf(LINE_BREAK); to >= 0; to = bytes.indexOf(LINE_BREAK, from)) {
        end(bytes.subarray(from, to));
        from = to + 1;
      }
      // The next read overwrites the chunk, so copy the rest.
      if (from === filled) continue;
      begunBytes += filled - from;
      if (begunBytes <= MOST_LINE_BYTES) begun.push(Buffer.from(bytes.subarray(from)));
    }
    if (begunBytes > 0) end(Buffer.alloc(0));
  });
}
