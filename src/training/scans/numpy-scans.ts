/** NumPy's arrays and archives. */
import type { FileGeometry } from '../dataset-shape.js';
import type { NpzGeometry } from '../file-geometries.js';
import { type ByteSource, type BytesAt, bytesAt, damaged } from './byte-source.js';
import type { FormatScan } from './format-scan.js';

const MAGIC = '\x93NUMPY';
/** Magic and version, before the length of the header. */
const PREFIX_BYTES = 8;
const MOST_HEADER_BYTES = 2 ** 20;

/** The header of an array, with what comes before it. */
interface ArrayHeader {
  readonly bytes: number;
  readonly text: string;
}

function headerAt(source: ByteSource, offsetBytes: number): ArrayHeader {
  const start = bytesAt(source, offsetBytes, PREFIX_BYTES + 4, 'the header of an array');
  if (start.text(0, MAGIC.length) !== MAGIC) throw damaged(source, 'there is no NumPy array; check the format');
  const isShort = start.bytes[MAGIC.length] === 1;
  const textAt = PREFIX_BYTES + (isShort ? 2 : 4);
  const textBytes = isShort ? start.u16(PREFIX_BYTES) : start.u32(PREFIX_BYTES);
  if (textBytes > MOST_HEADER_BYTES) throw damaged(source, 'the header of an array is too long; check the format');
  const text = bytesAt(source, offsetBytes + textAt, textBytes, 'the header of an array');
  return { bytes: textAt + textBytes, text: text.text(0, textBytes) };
}

/** Returns the length of an array's first dimension; 1 without dimensions. */
function rowsOf(source: ByteSource, { text }: ArrayHeader): number {
  const [, shape] = /'shape': \(([\d, ]*)\)/.exec(text) ?? [];
  const rows = shape === undefined ? Number.NaN : Number(/\d+/.exec(shape)?.[0] ?? 1);
  if (rows >= 1 && !text.includes("'fortran_order': True")) return rows;
  throw damaged(source, 'its first array has no rows that follow each other');
}

export const npyScan: FormatScan = {
  scan: (source) => {
    const { bytes: header } = headerAt(source, 0);
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

interface ArchiveEntry {
  readonly bytes: number;
  readonly headerAt: number;
}

/** Returns the members in an archive's directory, in their order. */
function entriesIn(source: ByteSource, { directoryAt, directoryBytes }: ArchiveEnd): ArchiveEntry[] {
  const directory = bytesAt(source, directoryAt, directoryBytes, 'the list of members');
  const entries: ArchiveEntry[] = [];
  for (let at = 0; at < directoryBytes; ) {
    if (at + ENTRY_BYTES > directoryBytes || directory.text(at, 4) !== 'PK\x01\x02')
      throw damaged(source, 'the list of members is damaged');
    const entryBytes = ENTRY_BYTES + directory.u16(at + 28) + directory.u16(at + 30) + directory.u16(at + 32);
    if (at + entryBytes > directoryBytes) throw damaged(source, 'the list of members is damaged');
    entries.push(entryOf(source, directory.part(at, entryBytes)));
    at += entryBytes;
  }
  if (entries.length === 0) throw damaged(source, 'the zip archive has no members');
  return entries;
}

function entryOf(source: ByteSource, entry: BytesAt): ArchiveEntry {
  if (entry.u16(10) !== STORED)
    throw damaged(source, 'its arrays are compressed, which feedrate does not read; write it with numpy.savez');
  let [bytes, headerAtByte] = [entry.u32(20), entry.u32(42)];
  // Sizes that need 64 bits are in a field of their own: the whole size, the stored size, the offset, those that are needed.
  let at = ENTRY_BYTES + entry.u16(28);
  const extraEnd = at + entry.u16(30);
  while (at + 4 <= extraEnd && entry.u16(at) !== SIZES_EXTRA) at += 4 + entry.u16(at + 2);
  const fieldEnd = Math.min(extraEnd, at + 4 + (at + 4 <= extraEnd ? entry.u16(at + 2) : 0));
  at += entry.u32(24) === LARGE ? 12 : 4;
  if (bytes === LARGE && at + 8 <= fieldEnd) {
    bytes = entry.u64(at);
    at += 8;
  }
  if (headerAtByte === LARGE && at + 8 <= fieldEnd) headerAtByte = entry.u64(at);
  return { bytes, headerAt: headerAtByte };
}

/** Numbers of a file, and then of each of its arrays: see `memberIn`. */
const [FILE_NUMBERS, MEMBER_NUMBERS] = [4, 5];

/** Returns the numbers of a member, and the header of its array. */
function memberIn(
  source: ByteSource,
  { bytes, headerAt: at }: ArchiveEntry,
): { numbers: number[]; header: ArrayHeader } {
  const local = bytesAt(source, at, LOCAL_BYTES, 'the header of a member');
  if (local.text(0, 4) !== 'PK\x03\x04') throw damaged(source, 'the header of a member is damaged');
  const [nameBytes, extraBytes] = [local.u16(26), local.u16(28)];
  const startBytes = at + LOCAL_BYTES + nameBytes + extraBytes;
  const header = headerAt(source, startBytes);
  if (header.bytes > bytes || startBytes + bytes > source.bytes)
    throw damaged(source, 'an array is longer than the file');
  return { numbers: [at, nameBytes, extraBytes, bytes, header.bytes], header };
}

export const npzScan: FormatScan<NpzGeometry> = {
  scan: (source, { npzSamples }) => {
    const end = endOf(source);
    const entries = entriesIn(source, end);
    const members = (npzSamples === 'members' ? entries : entries.slice(0, 1)).map((entry) => memberIn(source, entry));
    const [first] = members as [ReturnType<typeof memberIn>];
    const rows = npzSamples === 'rows' ? rowsOf(source, first.header) : 1;
    return [source.bytes, end.directoryAt, end.directoryBytes, rows, ...members.flatMap(({ numbers }) => numbers)];
  },
  geometry: (numbers) => {
    const [bytes = 0, directoryAt = 0, directoryBytes = 0, rows = 1] = numbers;
    const arrayOf: NpzGeometry['arrayOf'] = (sample) => {
      const first = FILE_NUMBERS + (rows > 1 ? 0 : sample * MEMBER_NUMBERS);
      const [headerAtBytes = 0, nameBytes = 0, extraBytes = 0, memberBytes = 0, header = 0] = numbers.subarray(first);
      const startBytes = headerAtBytes + LOCAL_BYTES + nameBytes + extraBytes;
      return {
        member: { headerAtBytes, nameBytes, extraBytes, bytes: memberBytes },
        content: { offsetBytes: startBytes + header, bytes: memberBytes - header },
      };
    };
    return {
      bytes,
      samples: rows > 1 ? rows : (numbers.length - FILE_NUMBERS) / MEMBER_NUMBERS,
      sampleAt: (sample) => {
        const { content } = arrayOf(sample);
        const rowBytes = Math.floor(content.bytes / rows);
        return { offsetBytes: content.offsetBytes + (rows > 1 ? sample * rowBytes : 0), bytes: rowBytes };
      },
      arrayOf,
      directory: { offsetBytes: directoryAt, bytes: directoryBytes },
    };
  },
};
