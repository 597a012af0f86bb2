/** Zip archives (APPNOTE 6.3.10) whose members are stored. */
import type { FileSpan } from '../dataset-shape.js';
import { LOCAL_HEADER_BYTES, type ZipMemberPlace } from '../file-geometries.js';
import { type ByteSource, type BytesAt, bytesAt, damaged } from './byte-source.js';

const [END_BYTES, LOCATOR_BYTES, END_64_BYTES, ENTRY_BYTES] = [22, 20, 56, 46];
const LARGE = 0xffffffff;
const [METHOD_AT, STORED] = [10, 0];
const SIZES_EXTRA = 1;

/** What the central directory says of a member. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  readonly headerAtBytes: number;
}

/** How a file begins that is, or was, an archive. */
const FIRST_MEMBER = 'PK\x03\x04';

/** Finds the central directory. Archives with a comment are refused, because NumPy and PyTorch write none. */
export function directoryIn(source: ByteSource): FileSpan {
  const at = source.bytes - END_BYTES;
  const end = at < 0 ? null : bytesAt(source, at, END_BYTES, 'the end of a zip archive');
  if (end === null || end.text(0, 4) !== 'PK\x05\x06') {
    if (beginsWith(source, FIRST_MEMBER)) throw damaged(source, 'the zip archive is cut off, or has a comment');
    throw damaged(source, 'there is no zip archive; check the format');
  }
  const [bytes, offsetBytes] = [end.u32(12), end.u32(16)];
  if (offsetBytes !== LARGE) return { offsetBytes, bytes };
  const large = bytesAt(source, at - LOCATOR_BYTES - END_64_BYTES, END_64_BYTES, 'the end of a large zip archive');
  if (large.text(0, 4) !== 'PK\x06\x06') throw damaged(source, 'the end of the zip archive is damaged');
  return { offsetBytes: large.u64(48), bytes: large.u64(40) };
}

/** Returns whether a file begins with these bytes. */
export function beginsWith(source: ByteSource, start: string): boolean {
  return (
    source.bytes >= start.length && bytesAt(source, 0, start.length, 'the first bytes').text(0, start.length) === start
  );
}

/**
 * Returns the members in an archive's directory, in their order: at least one.
 * @param refusal returns what is said of an archive that has compressed members
 */
export function storedEntries(
  source: ByteSource,
  { offsetBytes, bytes }: FileSpan,
  refusal: (entries: readonly ArchiveEntry[]) => string,
): ArchiveEntry[] {
  const directory = bytesAt(source, offsetBytes, bytes, 'the list of members');
  const entries: ArchiveEntry[] = [];
  let isStored = true;
  for (let at = 0; at < bytes; ) {
    if (at + ENTRY_BYTES > bytes || directory.text(at, 4) !== 'PK\x01\x02')
      throw damaged(source, 'the list of members is damaged');
    const entryBytes = ENTRY_BYTES + directory.u16(at + 28) + directory.u16(at + 30) + directory.u16(at + 32);
    if (at + entryBytes > bytes) throw damaged(source, 'the list of members is damaged');
    const entry = directory.part(at, entryBytes);
    isStored &&= entry.u16(METHOD_AT) === STORED;
    entries.push(entryOf(entry));
    at += entryBytes;
  }
  if (!isStored) throw damaged(source, refusal(entries));
  if (entries.length === 0) throw damaged(source, 'the zip archive has no members');
  return entries;
}

function entryOf(entry: BytesAt): ArchiveEntry {
  let [bytes, headerAtBytes] = [entry.u32(20), entry.u32(42)];
  // Sizes that need 64 bits are in a field of their own: the whole size, the stored size, the offset, those that are needed.
  const nameBytes = entry.u16(28);
  let at = ENTRY_BYTES + nameBytes;
  const extraEnd = at + entry.u16(30);
  while (at + 4 <= extraEnd && entry.u16(at) !== SIZES_EXTRA) at += 4 + entry.u16(at + 2);
  const fieldEnd = Math.min(extraEnd, at + 4 + (at + 4 <= extraEnd ? entry.u16(at + 2) : 0));
  at += entry.u32(24) === LARGE ? 12 : 4;
  if (bytes === LARGE && at + 8 <= fieldEnd) {
    bytes = entry.u64(at);
    at += 8;
  }
  if (headerAtBytes === LARGE && at + 8 <= fieldEnd) headerAtBytes = entry.u64(at);
  return { name: entry.text(ENTRY_BYTES, nameBytes), bytes, headerAtBytes };
}

/** Returns where a member is. Throws when it would reach beyond the end of the file. */
export function memberPlace(source: ByteSource, { headerAtBytes, bytes }: ArchiveEntry): ZipMemberPlace {
  const local = bytesAt(source, headerAtBytes, LOCAL_HEADER_BYTES, 'the header of a member');
  if (local.text(0, 4) !== FIRST_MEMBER) throw damaged(source, 'the header of a member is damaged');
  const [nameBytes, extraBytes] = [local.u16(26), local.u16(28)];
  if (headerAtBytes + LOCAL_HEADER_BYTES + nameBytes + extraBytes + bytes > source.bytes)
    throw damaged(source, 'a member is longer than the file');
  return { headerAtBytes, nameBytes, extraBytes, bytes };
}
