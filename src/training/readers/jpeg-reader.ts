import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';

/** `ImageFile.MAXBLOCK` of Pillow. */
const DECODER_BYTES = 65_536;
const PREFIX_BYTES = 16;

/**
 * `torchvision.datasets.ImageFolder`: the root and each class folder are listed in their order, and Pillow opens each picture
 * and decodes it. The markers before the picture's data are within the first block.
 */
export const jpegReader: ReaderFactory = (calls, { blockBytes }) => ({
  list(root, folders) {
    const classes = [...folders].filter(([path]) => path !== root).sort(([a], [b]) => (a < b ? -1 : 1));
    calls.list(root, classes.length + (folders.get(root) ?? 0));
    for (const [path, entries] of classes) {
      calls.statusOf(path);
      calls.list(path, entries);
    }
  },
  read({ path, geometry }) {
    const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
    try {
      file.seek(0);
      file.read(PREFIX_BYTES);
      file.seek(0);
      for (let left = geometry.bytes; left > 0; left -= DECODER_BYTES) file.read(DECODER_BYTES);
    } finally {
      file.close();
    }
  },
  close() {},
});
