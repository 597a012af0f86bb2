import type { FileSpan } from '../dataset-shape.js';
import { contentAt, type NpzGeometry } from '../file-geometries.js';
import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';
import { openArchive, StoredMember } from './zip-archive.js';

/** `BUFFER_SIZE` of numpy/lib/format.py. */
const CHUNK_BYTES = 2 ** 18;
/** What NumPy looks at to tell formats apart; the magic and the version of an array; the length of its header. */
const [MAGIC_BYTES, START_BYTES, LENGTH_BYTES] = [6, 8, 2];

/** `numpy.load(path)['x']`, which is what DLIO does without direct I/O. The whole array is loaded, also for one of its rows. */
export const npzReader: ReaderFactory<NpzGeometry> = (calls, { blockBytes }) => ({
  read({ path, geometry }, sample) {
    const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
    const { member, content } = geometry.arrayOf(sample);
    try {
      file.read(MAGIC_BYTES);
      openArchive(file, geometry);
      new StoredMember(file, member).read(MAGIC_BYTES);
      readArray(new StoredMember(file, member), contentAt(member), content);
    } finally {
      file.close();
    }
  },
  close() {},
});

/** `read_array` of numpy/lib/format.py, for what is not a real file. */
function readArray(member: StoredMember, startBytes: number, data: FileSpan): void {
  member.read(START_BYTES);
  member.read(LENGTH_BYTES);
  member.read(data.offsetBytes - startBytes - START_BYTES - LENGTH_BYTES);
  for (let done = 0; done < data.bytes; done += CHUNK_BYTES) member.read(Math.min(CHUNK_BYTES, data.bytes - done));
}
