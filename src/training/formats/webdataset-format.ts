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

function header(name: string, bytes: number): Uint8Array {
  const out = new ByteWriter().text(name).fill(NAME_BYTES - name.length);
  out.text(octal(0o644, 7)).text(octal(0, 7)).text(octal(0, 7));
  if (bytes < OCTAL_MOST) out.text(octal(bytes, 11));
  else {
    out.u8(0x80).fill(3);
    for (let shift = 7; shift >= 0; shift--) out.u8(Math.floor(bytes / 256 ** shift) % 256);
  }
  out.text(octal(0, 11)).text(' '.repeat(CHECKSUM_BYTES)).text('0').fill(NAME_BYTES).text('ustar\x0000');
  out.fill(BLOCK_BYTES - out.length);
  const sum = out.bytes.reduce((total, byte) => total + byte, 0);
  out.bytes.set(new ByteWriter().text(`${octal(sum, 6)} `).bytes, CHECKSUM_AT);
  return out.bytes;
}

export const webdatasetFormat: FileFormat<RecordGeometry> = {
  leastRecordBytes: 1,
  geometry,
  *write(shape, file, source) {
    const { bytes, samples, sampleAt, recordAt } = geometry(shape, file);
    const digits = Math.max(9, String(shape.files * samples).length);
    const cls = String(datasetClass(shape, file));
    for (let sample = 0; sample < samples; sample++) {
      const key = String(file * samples + sample).padStart(digits, '0');
      const { offsetBytes, bytes: record } = sampleAt(sample);
      yield header(`${key}.bin`, record);
      yield* contentPieces(source, offsetBytes, record);
      const end = new ByteWriter().fill(roundedUp(record, BLOCK_BYTES) - record);
      yield end
        .add(header(`${key}.cls`, cls.length))
        .text(cls)
        .fill(BLOCK_BYTES - cls.length).bytes;
    }
    yield new Uint8Array(bytes - recordAt(samples).offsetBytes);
  },
};
