/**
 * Shards of WebDataset: tar archives (POSIX ustar) in which the members of a sample have one name and different endings. A
 * sample has its content in `.bin` and its class in `.cls`.
 */
import { datasetClass } from '../dataset-paths.js';
import type { DatasetShape } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import { recordBytesOf } from '../record-bytes.js';
import { ByteWriter } from './byte-writer.js';
import { contentPieces, type FileFormat } from './file-format.js';

const BLOCK_BYTES = 512;
/** Archives are written in units of 20 blocks. Two empty blocks end them. */
const UNIT_BYTES = 20 * BLOCK_BYTES;
/** From here on a size does not fit into 11 octal digits, and is binary as GNU tar has it. */
const OCTAL_MOST = 8 ** 11;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const NAME_BYTES = 100;
/** Digits of a sample's number, at least. */
const KEY_DIGITS = 9;

function roundedUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

function geometry(shape: DatasetShape, file: number): RecordGeometry {
  const record = recordBytesOf(shape, file);
  const { samplesPerFile: samples } = shape;
  // Two headers, and a block for the class.
  const bytes = 3 * BLOCK_BYTES + roundedUp(record, BLOCK_BYTES);
  return {
    bytes: roundedUp(samples * bytes + 2 * BLOCK_BYTES, UNIT_BYTES),
    samples,
    sampleAt: (sample) => ({ offsetBytes: sample * bytes + BLOCK_BYTES, bytes: record }),
    recordAt: (sample) => ({ offsetBytes: sample * bytes, bytes }),
  };
}

function octal(value: number, digits: number): string {
  return `${value.toString(8).padStart(digits, '0')}\0`;
}

/** Returns the header of a member without the first part of its name, which is left zero, and without the checksum. */
function headerOf(keyLength: number, ending: string, bytes: number): Uint8Array {
  const out = new ByteWriter()
    .fill(keyLength)
    .text(ending)
    .fill(NAME_BYTES - keyLength - ending.length);
  out.text(octal(0o644, 7)).text(octal(0, 7)).text(octal(0, 7));
  if (bytes < OCTAL_MOST) out.text(octal(bytes, 11));
  else {
    out.u8(0x80).fill(3);
    for (let shift = 7; shift >= 0; shift--) out.u8(Math.floor(bytes / 256 ** shift) % 256);
  }
  out.text(octal(0, 11)).text(' '.repeat(CHECKSUM_BYTES)).text('0').fill(NAME_BYTES).text('ustar\x0000');
  return out.fill(BLOCK_BYTES - out.length).bytes;
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

/** Returns what writes a name and the checksum into a header. Its sum without both is known. */
function naming(header: Uint8Array): (key: string) => Uint8Array {
  const sum = sumOf(header);
  return (key) => {
    let total = sum;
    for (let i = 0; i < key.length; i++) {
      const code = key.charCodeAt(i);
      header[i] = code;
      total += code;
    }
    const text = octal(total, 6);
    for (let i = 0; i < text.length; i++) header[CHECKSUM_AT + i] = text.charCodeAt(i);
    return header;
  };
}

export const webdatasetFormat: FileFormat<RecordGeometry> = {
  leastRecordBytes: 1,
  geometry,
  *write(shape, file, source) {
    const { bytes, samples, sampleAt, recordAt } = geometry(shape, file);
    const digits = Math.max(KEY_DIGITS, String(shape.files * samples).length);
    const record = sampleAt(0).bytes;
    const cls = String(datasetClass(shape, file));
    const padding = new Uint8Array(roundedUp(record, BLOCK_BYTES) - record);
    const classBlock = new ByteWriter().text(cls).fill(BLOCK_BYTES - cls.length).bytes;
    const headers = {
      content: naming(headerOf(digits, '.bin', record)),
      cls: naming(headerOf(digits, '.cls', cls.length)),
    };
    for (let sample = 0; sample < samples; sample++) {
      const key = String(file * samples + sample).padStart(digits, '0');
      yield headers.content(key);
      yield* contentPieces(source, sampleAt(sample).offsetBytes, record);
      yield padding;
      yield headers.cls(key);
      yield classBlock;
    }
    yield new Uint8Array(bytes - recordAt(samples).offsetBytes);
  },
};
