/**
 * HDF5 files as h5py makes them by default (HDF5 File Format Specification, superblock version 0): the datasets `labels` (the
 * classes) and `records` (a row for each sample), both contiguous.
 */
import { datasetClass } from '../dataset-paths.js';
import type { DatasetShape } from '../dataset-shape.js';
import type { Hdf5Geometry } from '../file-geometries.js';
import { hdf5Reads } from '../hdf5-reads.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat, piecesOf } from './file-format.js';

const CLASS_BYTES = 8;
/** Half the entries of a node of a group's tree, and of a leaf. */
const [TREE_K, LEAF_K] = [16, 4];

const ROOT_AT = 96;
const ROOT_BYTES = 40;
const TREE_AT = ROOT_AT + ROOT_BYTES;
const TREE_BYTES = 24 + 8 * (4 * TREE_K + 1);
const HEAP_AT = TREE_AT + TREE_BYTES;
const HEAP_BYTES = 32;
const NAMES_AT = HEAP_AT + HEAP_BYTES;
const NAMES_BYTES = 88;
const LEAF_AT = NAMES_AT + NAMES_BYTES;
const LEAF_BYTES = 8 + 40 * 2 * LEAF_K;
const LABELS_HEADER_AT = LEAF_AT + LEAF_BYTES;
const LABELS_HEADER_BYTES = 112;
const RECORDS_HEADER_AT = LABELS_HEADER_AT + LABELS_HEADER_BYTES;
/** Where HDF5 begins the data, behind the block that it sets aside for metadata. */
const LABELS_AT = 2048;

const [LABELS, RECORDS] = ['labels', 'records'];
/** Places of the names in the heap, whose first 8 bytes are the empty name. */
const [LABELS_NAME_AT, RECORDS_NAME_AT, FREE_AT] = [8, 16, 24];
/** Ends the list of free blocks. */
const NO_BLOCK = 1;

const [DATASPACE, DATATYPE, FILL_VALUE, LAYOUT, SYMBOL_TABLE] = [0x01, 0x03, 0x05, 0x08, 0x11];
const SIGNED = 0x08;

/** An address that is not defined. */
function none(out: ByteWriter, count = 1): ByteWriter {
  return out.fill(8 * count, 0xff);
}

function message(type: number, content: ByteWriter): Uint8Array {
  content.fill((8 - (content.length % 8)) % 8);
  return new ByteWriter().u16(type).u16(content.length).u32(0).add(content.bytes).bytes;
}

function objectHeader(messages: readonly Uint8Array[]): Uint8Array {
  const bytes = messages.reduce((sum, { length }) => sum + length, 0);
  const out = new ByteWriter().u8(1).u8(0).u16(messages.length).u32(1).u32(bytes).u32(0);
  for (const each of messages) out.add(each);
  return out.bytes;
}

/** Returns the header of a contiguous dataset of integers. */
function datasetHeader(sizes: readonly number[], valueBytes: number, flags: number, offsetBytes: number): Uint8Array {
  const space = new ByteWriter().u8(1).u8(sizes.length).u8(0).fill(5);
  for (const size of sizes) space.u64(size);
  const type = new ByteWriter()
    .u8(0x10)
    .u8(flags)
    .u16(0)
    .u32(valueBytes)
    .u16(0)
    .u16(8 * valueBytes);
  const bytes = sizes.reduce((product, size) => product * size, valueBytes);
  return objectHeader([
    message(DATASPACE, space),
    message(DATATYPE, type),
    message(FILL_VALUE, new ByteWriter().u8(2).u8(2).u8(2).u8(1).u32(0)),
    message(LAYOUT, new ByteWriter().u8(3).u8(1).u64(offsetBytes).u64(bytes)),
  ]);
}

const PLACES = {
  rootAt: ROOT_AT,
  heapAt: HEAP_AT,
  trees: [{ offsetBytes: TREE_AT, bytes: TREE_BYTES }],
  leaf: { offsetBytes: LEAF_AT, bytes: LEAF_BYTES },
  datasetAt: RECORDS_HEADER_AT,
};

function geometry(shape: DatasetShape, file: number): Hdf5Geometry {
  const bytes = recordBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  const start = LABELS_AT + samples * CLASS_BYTES;
  return {
    bytes: start + samples * bytes,
    samples,
    sampleAt: (sample) => ({ offsetBytes: start + sample * bytes, bytes }),
    ...hdf5Reads(start + samples * bytes, PLACES),
  };
}

/** Returns everything before the data. */
function headOf({ bytes, samples, sampleAt }: Hdf5Geometry): Uint8Array {
  const out = new ByteWriter().add([0x89]).text('HDF\r\n').add([0x1a]).text('\n');
  out.fill(5).u8(8).u8(8).u8(0).u16(LEAF_K).u16(TREE_K).u32(0).u64(0);
  none(out).u64(bytes);
  none(out).u64(0).u64(ROOT_AT).u32(1).u32(0).u64(TREE_AT).u64(HEAP_AT);
  out.add(objectHeader([message(SYMBOL_TABLE, new ByteWriter().u64(TREE_AT).u64(HEAP_AT))]));
  none(out.text('TREE').u8(0).u8(0).u16(1), 2).u64(0).u64(LEAF_AT).u64(RECORDS_NAME_AT);
  out
    .fill(HEAP_AT - out.length)
    .text('HEAP')
    .u32(0)
    .u64(NAMES_BYTES)
    .u64(FREE_AT)
    .u64(NAMES_AT);
  out.fill(LABELS_NAME_AT).text(LABELS.padEnd(8, '\0')).text(RECORDS.padEnd(8, '\0'));
  out
    .u64(NO_BLOCK)
    .u64(NAMES_BYTES - FREE_AT)
    .fill(LEAF_AT - out.length);
  out.text('SNOD').u8(1).u8(0).u16(2);
  out.u64(LABELS_NAME_AT).u64(LABELS_HEADER_AT).fill(24);
  out
    .u64(RECORDS_NAME_AT)
    .u64(RECORDS_HEADER_AT)
    .fill(24)
    .fill(LABELS_HEADER_AT - out.length);
  out.add(datasetHeader([samples], CLASS_BYTES, SIGNED, LABELS_AT));
  const { offsetBytes, bytes: record } = sampleAt(0);
  out.add(datasetHeader([samples, record], 1, 0, offsetBytes));
  return out.fill(LABELS_AT - out.length).bytes;
}

export const hdf5Format: FileFormat<Hdf5Geometry> = {
  leastRecordBytes: 1,
  geometry,
  *write(shape, file, source) {
    const places = geometry(shape, file);
    const { offsetBytes, bytes } = places.sampleAt(0);
    yield headOf(places);
    yield* piecesOf(new Uint8Array(new BigInt64Array(places.samples).fill(BigInt(datasetClass(shape, file))).buffer));
    yield* contentPieces(source, offsetBytes, places.samples * bytes);
  },
};
