import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';

/** What the parser of pandas asks for at once, and the least that Python's text layer asks for. */
const [PARSER_BYTES, TEXT_BYTES] = [262_144, 8192];

/** `pandas.read_csv(path)`: the whole file, when its first sample is needed. */
export const csvReader: ReaderFactory = (calls, { blockBytes }) => {
  let last = '';
  return {
    read({ path, geometry }, sample) {
      if (sample > 0 && path === last) return;
      last = path;
      const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
      try {
        while (fillParser(file) > 0);
      } finally {
        file.close();
      }
    },
    close() {
      last = '';
    },
  };
};

/** Asks until the parser's buffer is full or the file ends. Returns the bytes read. */
function fillParser(file: PythonFile): number {
  let rest = PARSER_BYTES;
  while (rest > 0) {
    const got = file.readOnce(Math.max(TEXT_BYTES, rest));
    if (got === 0) break;
    rest -= got;
  }
  return PARSER_BYTES - rest;
}
