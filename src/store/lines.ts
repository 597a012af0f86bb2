import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 2 ** 20;
const LINE_BREAK = 10;

/**
 * Calls `visit` for each line of a file, numbered from 1 and without its line break. The file may be larger than memory
 * and than JavaScript's longest string (512 MiB). Throws Node's error when the file cannot be read.
 */
export function forEachLine(path: string, visit: (line: string, number: number) => void): void {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const begun: Buffer[] = [];
    let number = 0;
    const end = (part: Buffer): void => {
      number++;
      const line = begun.length === 0 ? part : Buffer.concat([...begun, part]);
      visit(line.toString('utf8'), number);
      begun.length = 0;
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
      if (from < filled) begun.push(Buffer.from(bytes.subarray(from)));
    }
    if (begun.length > 0) end(Buffer.alloc(0));
  } finally {
    closeSync(file);
  }
}
