import type { SampleFile } from '../dataset-shape.js';
import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';

/**
 * Records of one length: `file.seek(i * n)` and `file.read(n)` of a file that stays open until a record of another file is
 * wanted.
 */
export const rawReader: ReaderFactory = (calls, { blockBytes }) => {
  let path = '';
  let file: PythonFile | null = null;
  const leave = () => {
    const left = file;
    file = null;
    left?.close();
  };
  const enter = (wanted: SampleFile): PythonFile => {
    if (file !== null && wanted.path === path) return file;
    leave();
    path = wanted.path;
    file = new PythonFile(calls, path, wanted.geometry.bytes, blockBytes);
    return file;
  };
  return {
    read(wanted, sample) {
      const { offsetBytes, bytes } = wanted.geometry.sampleAt(sample);
      const open = enter(wanted);
      open.seek(offsetBytes);
      open.read(bytes);
    },
    endEpoch: leave,
  };
};
