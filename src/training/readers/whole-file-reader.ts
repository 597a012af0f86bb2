import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';

/**
 * `open(path, 'rb').read()`: the client of MLPerf Storage 3.0 reads whole files and decodes nothing. The samples of a file are
 * read together, when the first of them is needed.
 */
export const wholeFileReader: ReaderFactory = (calls, { blockBytes }) => {
  let last = '';
  return {
    read({ path, geometry }) {
      if (geometry.samples > 1 && path === last) return;
      last = path;
      const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
      try {
        file.readAll();
      } finally {
        file.close();
      }
    },
    close() {
      last = '';
    },
  };
};
