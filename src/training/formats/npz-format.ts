/**
 * NumPy's archives: zip files (APPNOTE 6.3.10) whose members are arrays and not compressed, as `numpy.savez` writes them. `x` is
 * the sample, `y` its label. As with Python up to 3.10, local headers have the true sizes in 32 bits if they fit, so that parsers
 * find them that do not look at the list of members.
 */
import { datasetClass } from '../dataset-paths.js';
import type { DatasetShape, FileSpan } from '../dataset-shape.js';
import { LOCAL_HEADER_BYTES, type NpzGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { CRC_START, CRC32, crcOf } from './crc.js';
import { type ContentSource, contentPieces, type FileFormat, PIECE_BYTES } from './file-format.js';
import { NPY_HEADER_BYTES, npyHeader } from './npy-format.js';
import { addEnd, addLargeEnd, END_BYTES, LARGE_END_BYTES, MOST_32 } from './zip-end.js';

const [SAMPLE, LABEL] = ['x.npy', 'y.npy'];
const NAME_BYTES = SAMPLE.length;
const LABEL_BYTES = 8;
const LABEL_HEADER = npyHeader('<i8', 1);

const DEFLATE_VERSION = 20;
const ZIP64_VERSION = 45;
const UNIX = 3;
/** 1 January 1980, as NumPy has it. */
const DATE = 0x21;
/** rw-------, shifted to the place of Unix permissions. */
const ATTRIBUTES = 0o600 * 2 ** 16;

/** The extra field that NumPy always asks for, so that a member can grow beyond 4 GiB while it is written. */
const LOCAL_EXTRA_BYTES = 20;
const ENTRY_BYTES = 46;

/** Returns the sizes and offsets of an entry that need 64 bits. */
function largeValues(bytes: number, offsetBytes: number): number[] {
  return [...(bytes >= MOST_32 ? [bytes, bytes] : []), ...(offsetBytes >= MOST_32 ? [offsetBytes] : [])];
}

interface Member {
  readonly name: string;
  readonly headerAtBytes: number;
  /** Bytes of the array with its header. */
  readonly bytes: number;
}

interface Archive {
  readonly members: readonly Member[];
  readonly directory: FileSpan;
  readonly bytes: number;
}

const START_BYTES = LOCAL_HEADER_BYTES + NAME_BYTES + LOCAL_EXTRA_BYTES;

function archiveOf(recordBytes: number): Archive {
  const sample = { name: SAMPLE, headerAtBytes: 0, bytes: NPY_HEADER_BYTES + recordBytes };
  const label = { name: LABEL, headerAtBytes: START_BYTES + sample.bytes, bytes: NPY_HEADER_BYTES + LABEL_BYTES };
  const members = [sample, label];
  const directoryBytes = members.reduce((sum, { headerAtBytes, bytes }) => {
    const large = largeValues(bytes, headerAtBytes).length;
    return sum + ENTRY_BYTES + NAME_BYTES + (large === 0 ? 0 : 4 + 8 * large);
  }, 0);
  const directory = { offsetBytes: label.headerAtBytes + START_BYTES + label.bytes, bytes: directoryBytes };
  const endBytes = (directory.offsetBytes >= MOST_32 ? LARGE_END_BYTES : 0) + END_BYTES;
  return { members, directory, bytes: directory.offsetBytes + directoryBytes + endBytes };
}

function geometry(shape: DatasetShape, file: number): NpzGeometry {
  const recordBytes = recordBytesOf(shape, file);
  const { directory, bytes } = archiveOf(recordBytes);
  const content = { offsetBytes: START_BYTES + NPY_HEADER_BYTES, bytes: recordBytes };
  const member = {
    headerAtBytes: 0,
    nameBytes: NAME_BYTES,
    extraBytes: LOCAL_EXTRA_BYTES,
    bytes: NPY_HEADER_BYTES + recordBytes,
  };
  return { bytes, samples: 1, sampleAt: () => content, directory, arrayOf: () => ({ member, content }) };
}

function* write(shape: DatasetShape, file: number, source: ContentSource): Generator<Uint8Array, void> {
  const sample = geometry(shape, file).sampleAt(0);
  const archive = archiveOf(sample.bytes);
  const header = npyHeader('|u1', sample.bytes);
  const label = new ByteWriter(NPY_HEADER_BYTES + LABEL_BYTES).add(LABEL_HEADER).u64(datasetClass(shape, file)).bytes;
  let state = CRC32.advance(CRC_START, header);
  // A local header has the checksum of what follows it, so the content is generated twice.
  for (let done = 0; done < sample.bytes; done += PIECE_BYTES) {
    state = source.checksum(CRC32, sample.offsetBytes + done, Math.min(PIECE_BYTES, sample.bytes - done), state);
    yield new Uint8Array();
  }
  const checksums = [crcOf(state), crcOf(CRC32.advance(CRC_START, label))];
  const [ofSample, ofLabel] = archive.members as [Member, Member];
  yield localHeader(ofSample, checksums[0] as number).add(header).bytes;
  yield* contentPieces(source, sample.offsetBytes, sample.bytes);
  const end = localHeader(ofLabel, checksums[1] as number).add(label);
  addEnding(end, archive, checksums);
  yield end.bytes;
}

/** Room for a local header and what follows it at once. */
const ROOM_BYTES = 512;

function localHeader({ name, bytes }: Member, checksum: number): ByteWriter {
  const size = Math.min(bytes, MOST_32);
  return new ByteWriter(ROOM_BYTES)
    .text('PK\x03\x04')
    .u16(bytes >= MOST_32 ? ZIP64_VERSION : DEFLATE_VERSION)
    .u16(0)
    .u16(0)
    .u16(0)
    .u16(DATE)
    .u32(checksum)
    .u32(size)
    .u32(size)
    .u16(NAME_BYTES)
    .u16(LOCAL_EXTRA_BYTES)
    .text(name)
    .u16(1)
    .u16(16)
    .u64(bytes)
    .u64(bytes);
}

function addEnding(out: ByteWriter, { members, directory }: Archive, checksums: readonly number[]): void {
  members.forEach(({ name, headerAtBytes, bytes }, i) => {
    const large = largeValues(bytes, headerAtBytes);
    const version = large.length > 0 ? ZIP64_VERSION : DEFLATE_VERSION;
    const size = Math.min(bytes, MOST_32);
    out.text('PK\x01\x02').u8(version).u8(UNIX).u16(version).u16(0).u16(0).u16(0).u16(DATE);
    out
      .u32(checksums[i] as number)
      .u32(size)
      .u32(size)
      .u16(NAME_BYTES);
    out
      .u16(large.length === 0 ? 0 : 4 + 8 * large.length)
      .u16(0)
      .u16(0)
      .u16(0)
      .u32(ATTRIBUTES);
    out.u32(Math.min(headerAtBytes, MOST_32)).text(name);
    if (large.length > 0) out.u16(1).u16(8 * large.length);
    for (const value of large) out.u64(value);
  });
  if (directory.offsetBytes >= MOST_32) addLargeEnd(out, members.length, directory, ZIP64_VERSION);
  addEnd(out, members.length, directory);
}

export const npzFormat: FileFormat<NpzGeometry> = { leastRecordBytes: 1, geometry, write };
