import type { FileGeometry, FileSpan } from '../dataset-shape.js';
import { PythonFile } from './python-file.js';
import type { ReaderFactory } from './sample-reader.js';
import { LOCAL_HEADER_BYTES, openArchive, type ZipDirectory, ZipMember, type ZipMemberPlace } from './zip-member.js';

/** A NumPy archive, of which a loader reads one member. */
export interface NpzGeometry extends FileGeometry {
  readonly directory: ZipDirectory;
  readonly member: ZipMemberPlace;
}

/** `BUFFER_SIZE` of numpy/lib/format.py */
const CHUNK_BYTES = 2 ** 18;
const MAGIC_BYTES = 6;
/** Magic, version and the length of the header. */
const PREFIX_BYTES = [8, 2] as const;

/** `numpy.load(path)['x']`, which is what DLIO does without direct I/O. */
export const npzReader: ReaderFactory<NpzGeometry> = (calls, { blockBytes }) => ({
  read({ path, geometry }) {
    const file = new PythonFile(calls, path, geometry.bytes, blockBytes);
    try {
      file.read(MAGIC_BYTES);
      openArchive(file, geometry.directory);
      new ZipMember(file, geometry.member).read(MAGIC_BYTES);
      readArray(new ZipMember(file, geometry.member), geometry.member, geometry.sampleAt(0));
    } finally {
      file.close();
    }
  },
  endEpoch() {},
});

/** `read_array` of numpy/lib/format.py, for what is no real file. */
function readArray(member: ZipMember, { headerAtBytes, nameBytes, extraBytes }: ZipMemberPlace, data: FileSpan): void {
  const start = headerAtBytes + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
  for (const bytes of PREFIX_BYTES) member.read(bytes);
  member.read(data.offsetBytes - start - PREFIX_BYTES[0] - PREFIX_BYTES[1]);
  for (let done = 0; done < data.bytes; done += CHUNK_BYTES) member.read(Math.min(CHUNK_BYTES, data.bytes - done));
}
