/**
 * TFRecord files (`tensorflow/core/lib/io/record_writer.h`) of `tf.train.Example` messages: `image` has the content and `size`
 * its length, as in DLIO's files. Both checksums of a record are CRC-32C, masked.
 */
import type { DatasetShape } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { CRC_START, CRC32C, crcOf } from './crc.js';
import { contentPieces, type FileFormat } from './file-format.js';

const MASK_DELTA = 0xa282ead8;
/** The length and its checksum. */
const HEADER_BYTES = 12;
const CHECKSUM_BYTES = 4;

function masked(state: number): number {
  const crc = crcOf(state);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** Returns a message of Protocol Buffers that ends in `bytes` further bytes: field number 1, and its length. */
function field(number: number, bytes: number): Uint8Array {
  return new ByteWriter().u8(number * 8 + 2).varint(bytes).bytes;
}

/** What is before the content, and after it. */
interface Frame {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

function frameOf(contentBytes: number): Frame {
  const number = new ByteWriter().varint(contentBytes).bytes;
  const list = new ByteWriter().add(field(1, number.length)).add(number).bytes;
  const value = new ByteWriter().add(field(3, list.length)).add(list).bytes;
  const size = new ByteWriter().add(field(1, 4)).text('size').add(field(2, value.length)).add(value).bytes;
  const after = new ByteWriter().add(field(1, size.length)).add(size).bytes;
  // From the innermost message to the outermost one.
  const heads = [field(1, contentBytes)];
  const wrap = (head: (bytes: number) => Uint8Array, more = 0) => {
    heads.unshift(head(heads.reduce((sum, { length }) => sum + length, contentBytes + more)));
  };
  wrap((bytes) => field(1, bytes));
  wrap((bytes) => new ByteWriter().add(field(1, 5)).text('image').add(field(2, bytes)).bytes);
  wrap((bytes) => field(1, bytes));
  wrap((bytes) => field(1, bytes), after.length);
  const before = new ByteWriter();
  for (const head of heads) before.add(head);
  return { before: before.bytes, after };
}

function geometryOf(record: number, frame: Frame, samples: number): RecordGeometry {
  const bytes = HEADER_BYTES + frame.before.length + record + frame.after.length + CHECKSUM_BYTES;
  return {
    bytes: samples * bytes,
    samples,
    sampleAt: (sample) => ({ offsetBytes: sample * bytes + HEADER_BYTES + frame.before.length, bytes: record }),
    recordAt: (sample) => ({ offsetBytes: sample * bytes, bytes }),
  };
}

function geometry(shape: DatasetShape, file: number): RecordGeometry {
  const record = recordBytesOf(shape, file);
  return geometryOf(record, frameOf(record), shape.samplesPerFile);
}

export const tfrecordFormat: FileFormat<RecordGeometry> = {
  leastRecordBytes: 1,
  geometry,
  *write(shape, file, source) {
    const record = recordBytesOf(shape, file);
    const { before, after } = frameOf(record);
    const { sampleAt } = geometryOf(record, { before, after }, shape.samplesPerFile);
    const length = new ByteWriter().u64(before.length + record + after.length).bytes;
    const head = new ByteWriter()
      .add(length)
      .u32(masked(CRC32C.advance(CRC_START, length)))
      .add(before).bytes;
    const started = CRC32C.advance(CRC_START, before);
    for (let sample = 0; sample < shape.samplesPerFile; sample++) {
      const { offsetBytes } = sampleAt(sample);
      yield head;
      let state = started;
      for (const piece of contentPieces(source, offsetBytes, record)) yield piece;
      state = source.checksum(CRC32C, offsetBytes, record, state);
      yield new ByteWriter().add(after).u32(masked(CRC32C.advance(state, after))).bytes;
    }
  },
};
