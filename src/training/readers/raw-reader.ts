import { KeptFile } from './kept-file.js';
import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';

/** Records of one length: `file.seek(i * n)` and `file.read(n)`. The file stays open until another one is needed. */
export const rawReader: ReaderFactory = (calls, { blockBytes }) => {
  const kept = new KeptFile(({ path, geometry }) => new PythonFile(calls, path, geometry.bytes, blockBytes));
  return {
    read(file, sample) {
      const { offsetBytes, bytes } = file.geometry.sampleAt(sample);
      const open = kept.of(file);
      open.seek(offsetBytes);
      open.read(bytes);
    },
    close: () => kept.close(),
  };
};
