/**
 * PyTorch's files, as `torch.save({'x': tensor, 'y': label}, path)` writes them (torch 1.13): zip archives with a pickle, the
 * bytes of each tensor, and a version. Contents begin at multiples of 64 bytes, and nothing is compressed.
 */
import { datasetClass } from '../dataset-paths.js';
import type { DatasetShape, FileSpan } from '../dataset-shape.js';
import { contentAt, LOCAL_HEADER_BYTES, type TorchGeometry, type ZipMemberPlace } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { CRC_START, CRC32, crcOf } from './crc.js';
import { contentPieces, type FileFormat, PIECE_BYTES } from './file-format.js';
import { addEnd, addLargeEnd, END_BYTES, LARGE_END_BYTES } from './zip-end.js';

const ALIGNED_BYTES = 64;
const [DESCRIPTOR_BYTES, ENTRY_BYTES, FIELD_BYTES] = [16, 46, 4];
/** Names are UTF-8, and the checksum follows the content. */
const FLAGS = 0x0808;
/** Unix, and version 3.0 of the writer. */
const MADE_BY = 0x031e;
const VERSION = new ByteWriter().text('3\n').bytes;
const MEMBERS = 3;

interface TorchMember extends ZipMemberPlace {
  readonly name: string;
}

interface TorchArchive {
  readonly pickle: TorchMember;
  readonly tensor: TorchMember;
  readonly version: TorchMember;
  readonly directory: FileSpan;
}

/** Adds an integer as protocol 2 of pickle has it. @param value from 0 to 2^39 - 1 */
function addInteger(out: ByteWriter, value: number): ByteWriter {
  if (value < 2 ** 8) return out.text('K').u8(value);
  if (value < 2 ** 16) return out.text('M').u16(value);
  if (value < 2 ** 31) return out.text('J').u32(value);
  return out
    .u8(0x8a)
    .u8(5)
    .u32(value % 2 ** 32)
    .u8(Math.floor(value / 2 ** 32));
}

/** Adds a string, and what gives it a number in the pickler's memory. */
function addString(out: ByteWriter, text: string, memo: number): ByteWriter {
  return out.text('X').u32(text.length).text(text).text('q').u8(memo);
}

/** Returns the pickle of a dict with a tensor of bytes, `x`, and an integer, `y`. */
function pickleOf(tensorBytes: number, label: number): Uint8Array {
  const out = new ByteWriter(256).text('\x80\x02}q\x00(');
  addString(out, 'x', 1).text('ctorch._utils\n_rebuild_tensor_v2\nq\x02((');
  addString(out, 'storage', 3).text('ctorch\nByteStorage\nq\x04');
  addString(out, '0', 5);
  addString(out, 'cpu', 6);
  addInteger(out, tensorBytes).text('tq\x07QK\x00');
  addInteger(out, tensorBytes).text('\x85q\x08K\x01\x85q\x09\x89ccollections\nOrderedDict\nq\x0a)Rq\x0btq\x0cRq\x0d');
  return addInteger(addString(out, 'y', 14), label).text('u.').bytes;
}

/** Returns a member that begins at a place. Its extra field pads it, so that its content begins at a multiple of 64 bytes. */
function memberFrom(headerAtBytes: number, name: string, bytes: number): TorchMember {
  const leastBytes = headerAtBytes + LOCAL_HEADER_BYTES + name.length + FIELD_BYTES;
  const extraBytes = FIELD_BYTES + Math.ceil(leastBytes / ALIGNED_BYTES) * ALIGNED_BYTES - leastBytes;
  return { name, headerAtBytes, nameBytes: name.length, extraBytes, bytes };
}

const endOf = (member: TorchMember): number => contentAt(member) + member.bytes + DESCRIPTOR_BYTES;

function archiveOf(pickleBytes: number, tensorBytes: number): TorchArchive {
  const pickle = memberFrom(0, 'archive/data.pkl', pickleBytes);
  const tensor = memberFrom(endOf(pickle), 'archive/data/0', tensorBytes);
  const version = memberFrom(endOf(tensor), 'archive/version', VERSION.length);
  const nameBytes = pickle.nameBytes + tensor.nameBytes + version.nameBytes;
  const directory = { offsetBytes: endOf(version), bytes: MEMBERS * ENTRY_BYTES + nameBytes };
  return { pickle, tensor, version, directory };
}

function geometry(shape: DatasetShape, file: number): TorchGeometry {
  const bytes = recordBytesOf(shape, file);
  const { pickle, tensor, version, directory } = archiveOf(pickleOf(bytes, datasetClass(shape, file)).length, bytes);
  const content = { offsetBytes: contentAt(tensor), bytes };
  return {
    bytes: directory.offsetBytes + directory.bytes + LARGE_END_BYTES + END_BYTES,
    samples: 1,
    sampleAt: () => content,
    directory,
    records: MEMBERS,
    recordAt: (record) => [version, pickle, tensor][record] as TorchMember,
  };
}

function addLocalHeader(out: ByteWriter, { name, extraBytes }: TorchMember): ByteWriter {
  out.text('PK\x03\x04').u16(0).u16(FLAGS).fill(18).u16(name.length).u16(extraBytes).text(name);
  const paddingBytes = extraBytes - FIELD_BYTES;
  return out.text('FB').u16(paddingBytes).text('Z'.repeat(paddingBytes));
}

/** Adds what follows a member's content. */
function addDescriptor(out: ByteWriter, { bytes }: TorchMember, checksum: number): ByteWriter {
  return out.text('PK\x07\x08').u32(checksum).u32(bytes).u32(bytes);
}

function addEntry(out: ByteWriter, { name, bytes, headerAtBytes }: TorchMember, checksum: number): void {
  out.text('PK\x01\x02').u16(0).u16(0).u16(FLAGS).u16(0).u32(0);
  out.u32(checksum).u32(bytes).u32(bytes).u16(name.length).fill(12).u32(headerAtBytes).text(name);
}

const checksumOf = (content: Uint8Array): number => crcOf(CRC32.advance(CRC_START, content));
const VERSION_CHECKSUM = checksumOf(VERSION);

export const ptFormat: FileFormat<TorchGeometry> = {
  leastRecordBytes: 1,
  // Longer ones need sizes of 64 bits in every header.
  mostRecordBytes: 2 ** 32 - 2 ** 12,
  geometry,
  *write(shape, file, source) {
    const recordBytes = recordBytesOf(shape, file);
    const description = pickleOf(recordBytes, datasetClass(shape, file));
    const descriptionChecksum = checksumOf(description);
    const { pickle, tensor, version, directory } = archiveOf(description.length, recordBytes);

    const start = addLocalHeader(new ByteWriter(512), pickle).add(description);
    yield addLocalHeader(addDescriptor(start, pickle, descriptionChecksum), tensor).bytes;
    const offsetBytes = contentAt(tensor);
    let state = CRC_START;
    for (let done = 0; done < recordBytes; done += PIECE_BYTES) {
      state = source.checksum(CRC32, offsetBytes + done, Math.min(PIECE_BYTES, recordBytes - done), state);
      yield new Uint8Array();
    }
    yield* contentPieces(source, offsetBytes, recordBytes);

    const end = addDescriptor(new ByteWriter(1024), tensor, crcOf(state));
    addDescriptor(addLocalHeader(end, version).add(VERSION), version, VERSION_CHECKSUM);
    addEntry(end, pickle, descriptionChecksum);
    addEntry(end, tensor, crcOf(state));
    addEntry(end, version, VERSION_CHECKSUM);
    addLargeEnd(end, MEMBERS, directory, MADE_BY);
    addEnd(end, MEMBERS, directory);
    yield end.bytes;
  },
};
