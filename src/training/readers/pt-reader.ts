import type { TorchGeometry } from '../file-geometries.js';
import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';
import { loadTorchArchive } from './torch-archive.js';

/** `torch.load(path)` of files that hold one sample. */
export const ptReader: ReaderFactory<TorchGeometry> = (calls, { blockBytes }) => ({
  read({ path, geometry }) {
    const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
    try {
      loadTorchArchive(file, geometry);
    } finally {
      file.close();
    }
  },
  close() {},
});
