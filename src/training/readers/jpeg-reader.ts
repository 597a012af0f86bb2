import type { JpegGeometry } from '../file-geometries.js';
import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';

/** `ImageFile.MAXBLOCK` of Pillow. */
const DECODER_BYTES = 65_536;
const PREFIX_BYTES = 16;
/** What Pillow reads at once of a header: the start of the picture, a length, and one byte of a marker after the other. */
const [START_BYTES, LENGTH_BYTES, MARKER_BYTES] = [3, 2, 1];

/**
 * `torchvision.datasets.ImageFolder`: the root and each class folder are listed in their order, and Pillow opens each picture,
 * parses its header to the first scan, and decodes it from its start.
 */
export const jpegReader: ReaderFactory<JpegGeometry> = (calls, { blockBytes }) => ({
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
      parse(file, geometry);
      file.seek(0);
      for (let left = geometry.bytes; left > 0; left -= DECODER_BYTES) file.read(DECODER_BYTES);
    } finally {
      file.close();
    }
  },
  close() {},
});

/** `JpegImageFile._open` of PIL/JpegImagePlugin.py. */
function parse(file: PythonFile, { segments }: JpegGeometry): void {
  if (segments.length === 0) return;
  file.read(START_BYTES);
  for (const { offsetBytes, bytes, isExif } of segments) {
    while (file.position < offsetBytes) file.read(MARKER_BYTES);
    file.read(LENGTH_BYTES);
    file.read(bytes - LENGTH_BYTES);
    if (isExif) file.tell();
  }
}
