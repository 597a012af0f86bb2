/** NumPy's arrays and archives. */
import type { FileGeometry } from '../dataset-shape.js';
import type { NpzGeometry } from '../file-geometries.js';
import { type ByteSource, bytesAt, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';

const MAGIC = '\x93NUMPY';
/** Magic and version, before the length of the header. */
const PREFIX_BYTES = 8;

/** Returns the bytes before the data of an array: the header with what comes before it. */
function headerBytesAt(source: ByteSource, offsetBytes: number): number {
  const start = bytesAt(source, offsetBytes, PREFIX_BYTES + 4, 'the header of an array');
  if (start.text(0, MAGIC.length) !== MAGIC) throw damaged(source, 'there is no NumPy array; check the format');
  const isShort = start.bytes[MAGIC.length] === 1;
  return isShort ? PREFIX_BYTES + 2 + start.u16(PREFIX_BYTES) : PREFIX_BYTES + 4 + start.u32(PREFIX_BYTES);
}

export const npyScan: FormatScan = {
  scan: (source) => {
    const header = headerBytesAt(source, 0);
    if (header > source.bytes) throw damaged(source, 'the header of the array is longer than the file');
    return [source.bytes, header];
  },
  geometry: ([bytes = 0, header = 0]): FileGeometry => ({
    bytes,
    samples: 1,
    sampleAt: () => ({ offsetBytes: header, bytes: bytes - header }),
  }),
};

const [END_BYTES, LOCATOR_BYTES, END_64_BYTES, ENTRY_BYTES, LOCAL_BYTES] = [22, 20, 56, 46, 30];
const LARGE = 0xffffffff;
const STORED = 0;
const SIZES_EXTRA = 1;

interface ArchiveEnd {
  readonly directoryAt: number;
  readonly directoryBytes: number;
}

/** Finds the central directory. Archives with a comment are refused, because NumPy writes none. */
function endOf(source: ByteSource): ArchiveEnd {
  const at = source.bytes - END_BYTES;
  const end = at < 0 ? null : bytesAt(source, at, END_BYTES, 'the end of a zip archive');
  if (end === null || end.text(0, 4) !== 'PK\x05\x06')
    throw damaged(source, 'there is no zip archive, or it has a comment; check the format');
  const [directoryBytes, directoryAt] = [end.u32(12), end.u32(16)];
  if (directoryAt !== LARGE) return { directoryAt, directoryBytes };
  const large = bytesAt(source, at - LOCATOR_BYTES - END_64_BYTES, END_64_BYTES, 'the end of a large zip archive');
  if (large.text(0, 4) !== 'PK\x06\x06') throw damaged(source, 'the end of the zip archive is damaged');
  return { directoryAt: large.u64(48), directoryBytes: large.u64(40) };
}

/** Returns place and size of the archive's first member. */
function firstMember(source: ByteSource, directoryAt: number, directoryBytes: number) {
  const entry = bytesAt(source, directoryAt, directoryBytes, 'the list of members');
  if (directoryBytes < ENTRY_BYTES || entry.text(0, 4) !== 'PK\x01\x02')
    throw damaged(source, 'the zip archive has no members');
  if (entry.u16(10) !== STORED)
    throw damaged(source, 'its arrays are compressed, which feedrate does not read; write it with numpy.savez');
  const [nameBytes, extraBytes] = [entry.u16(28), entry.u16(30)];
  const extraAt = ENTRY_BYTES + nameBytes;
  if (extraAt + extraBytes > directoryBytes) throw damaged(source, 'the list of members is damaged');
  let [bytes, headerAt] = [entry.u32(20), entry.u32(42)];
  // Sizes that need 64 bits are in a field of their own: the whole size, the stored size, the offset, those that are needed.
  let at = extraAt;
  while (at + 4 <= extraAt + extraBytes && entry.u16(at) !== SIZES_EXTRA) at += 4 + entry.u16(at + 2);
  const fieldEnd = Math.min(extraAt + extraBytes, at + 4 + (at + 4 <= extraAt + extraBytes ? entry.u16(at + 2) : 0));
  at += entry.u32(24) === LARGE ? 12 : 4;
  if (bytes === LARGE && at + 8 <= fieldEnd) {
    bytes = entry.u64(at);
    at += 8;
  }
  if (headerAt === LARGE && at + 8 <= fieldEnd) headerAt = entry.u64(at);
  return { bytes, headerAt };
}

export const npzScan: FormatScan<NpzGeometry> = {
  scan: (source) => {
    const { directoryAt, directoryBytes } = endOf(source);
    const { bytes, headerAt } = firstMember(source, directoryAt, directoryBytes);
    const local = bytesAt(source, headerAt, LOCAL_BYTES, 'the header of a member');
    if (local.text(0, 4) !== 'PK\x03\x04') throw damaged(source, 'the header of its first member is damaged');
    const [nameBytes, extraBytes] = [local.u16(26), local.u16(28)];
    const startBytes = headerAt + LOCAL_BYTES + nameBytes + extraBytes;
    const header = headerBytesAt(source, startBytes);
    if (header > bytes || startBytes + bytes > source.bytes)
      throw damaged(source, 'its first array is longer than the file');
    return [source.bytes, directoryAt, directoryBytes, headerAt, nameBytes, extraBytes, bytes, header];
  },
  geometry: (numbers) => {
    const [bytes = 0, directoryAt = 0, directoryBytes = 0, headerAtBytes = 0] = numbers;
    const [nameBytes = 0, extraBytes = 0, memberBytes = 0, header = 0] = numbers.subarray(4);
    const startBytes = headerAtBytes + LOCAL_BYTES + nameBytes + extraBytes;
    return {
      bytes,
      samples: 1,
      sampleAt: () => ({ offsetBytes: startBytes + header, bytes: memberBytes - header }),
      member: { headerAtBytes, nameBytes, extraBytes, bytes: memberBytes },
      directory: { offsetBytes: directoryAt, bytes: directoryBytes },
    };
  },
};
