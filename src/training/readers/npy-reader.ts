import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';
import { StreamBuffer } from './stream-buffer.js';

const MAGIC_BYTES = 6;

/**
 * `numpy.load(path)` of an array: Python reads the header, and `fromfile` reads the data through a stream of glibc over a
 * duplicate of the descriptor, which has the same position.
 */
export const npyReader: ReaderFactory = (calls, { blockBytes }) => ({
  read({ path, geometry }) {
    const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
    const data = geometry.sampleAt(0);
    try {
      file.read(MAGIC_BYTES);
      file.seek(0);
      file.read(data.offsetBytes);
      const endOfBuffer = file.kernelPosition;
      const { handle } = file;
      file.tell();
      file.tell();
      calls.status(handle);
      const stream = new StreamBuffer(calls, handle, blockBytes);
      stream.seek(data.offsetBytes);
      stream.seekAgain();
      stream.read(data.bytes);
      calls.seek(handle, endOfBuffer, 'set');
      file.seek(data.offsetBytes + data.bytes);
    } finally {
      file.close();
    }
  },
  close() {},
});
