/** Formats whose records are found by reading their headers or an index. */
import type { HeadedGeometry, IndexedGeometry } from '../file-geometries.js';
import { type ByteSource, bytesAt, damaged } from './byte-source.js';
import { type FormatScan, geometryOfPairs } from './format-scan.js';

/** A TFRecord: length, checksum of the length, content, checksum of the content. */
const [LENGTH_BYTES, CHECKSUM_BYTES] = [8, 4];
const LEAST_RECORD_BYTES = LENGTH_BYTES + 2 * CHECKSUM_BYTES;

export const tfrecordScan: FormatScan = {
  scan: (source) => {
    const numbers = [source.bytes];
    for (let at = 0; at < source.bytes; ) {
      const length = bytesAt(source, at, LENGTH_BYTES, 'the length of a record').u64(0);
      const end = at + LEAST_RECORD_BYTES + length;
      if (!(end <= source.bytes))
        throw damaged(source, `the record at byte ${at} is longer than the file; check the format`);
      numbers.push(at + LENGTH_BYTES + CHECKSUM_BYTES, length);
      at = end;
    }
    if (numbers.length === 1) throw damaged(source, 'the file is empty');
    return numbers;
  },
  geometry: (numbers) =>
    geometryOfPairs(numbers, { first: 1, before: LENGTH_BYTES + CHECKSUM_BYTES, after: CHECKSUM_BYTES }),
};

const PLACE_BYTES = 4;

export const mdsScan: FormatScan = {
  scan: (source) => {
    const samples = bytesAt(source, 0, PLACE_BYTES, 'the number of samples').u32(0);
    const places = bytesAt(source, PLACE_BYTES, (samples + 1) * PLACE_BYTES, 'the places of the samples');
    const numbers = [source.bytes];
    for (let sample = 0; sample < samples; sample++) {
      const [from, to] = [places.u32(sample * PLACE_BYTES), places.u32((sample + 1) * PLACE_BYTES)];
      if (from > to || to > source.bytes)
        throw damaged(source, `sample ${sample} is not in the file; check the format`);
      numbers.push(from, to - from);
    }
    if (samples === 0) throw damaged(source, 'the shard has no samples');
    return numbers;
  },
  geometry: (numbers) => geometryOfPairs(numbers, { first: 1 }),
};

const MOST_HEADER_BYTES = 100_000_000;

interface TensorPlace {
  /** Relative to the end of the header. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** Returns the tensors of a header. */
function tensorsIn(source: ByteSource, text: string): TensorPlace[] {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw damaged(source, 'its header is not JSON; check the format');
  }
  const entries = typeof header === 'object' && header !== null ? Object.entries(header) : [];
  return entries
    .filter(([name]) => name !== '__metadata__')
    .map(([, tensor]) => {
      const { data_offsets: offsets, shape } = (tensor ?? {}) as { data_offsets?: unknown; shape?: unknown };
      const [from, to] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
      const rows: unknown = Array.isArray(shape) ? (shape[0] ?? 1) : null;
      const isPlace = [from, to, rows].every((number) => Number.isSafeInteger(number) && (number as number) >= 0);
      if (!isPlace || (from as number) > (to as number))
        throw damaged(source, 'its header gives no place for one of its tensors');
      return { from: from as number, to: to as number, rows: rows as number };
    });
}

/** The samples are the rows of the largest tensor. */
export const safetensorsScan: FormatScan<HeadedGeometry> = {
  scan: (source) => {
    const length = bytesAt(source, 0, LENGTH_BYTES, 'the length of the header').u64(0);
    if (length > MOST_HEADER_BYTES) throw damaged(source, 'its header is too long; check the format');
    const header = bytesAt(source, LENGTH_BYTES, length, 'the header');
    const tensors = tensorsIn(source, new TextDecoder().decode(header.bytes));
    const [largest] = tensors.sort((a, b) => b.to - b.from - (a.to - a.from));
    if (largest === undefined) throw damaged(source, 'the file has no tensors');
    const { from, to, rows } = largest;
    const start = LENGTH_BYTES + length + from;
    if (LENGTH_BYTES + length + to > source.bytes)
      throw damaged(source, 'its largest tensor is not in the file, as if it were truncated');
    const rowBytes = (to - from) / rows;
    if (!(Number.isInteger(rowBytes) && rowBytes > 0)) throw damaged(source, 'its largest tensor has no whole rows');
    return [source.bytes, length, start, rows, rowBytes];
  },
  geometry: ([bytes = 0, headerBytes = 0, start = 0, samples = 0, rowBytes = 0]) => ({
    bytes,
    samples,
    sampleAt: (sample) => ({ offsetBytes: start + sample * rowBytes, bytes: rowBytes }),
    headerBytes,
  }),
};

const INDEX_MAGIC = 'MMIDIDX\0\0';
const [TYPE_AT, SEQUENCES_AT, DOCUMENTS_AT, INDEX_HEADER_BYTES] = [17, 18, 26, 34];
/** Bytes of a token by the code of its type. */
const TOKEN_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 8, 7: 4, 8: 2 };

export const megatronScan: FormatScan<IndexedGeometry> = {
  scan: (source) => {
    const index = source.beside('.idx');
    const header = bytesAt(index, 0, INDEX_HEADER_BYTES, 'the header of the index');
    if (header.text(0, INDEX_MAGIC.length) !== INDEX_MAGIC) throw damaged(index, 'there is no index of Megatron');
    const [samples, documents] = [header.u64(SEQUENCES_AT), header.u64(DOCUMENTS_AT)];
    const token = TOKEN_BYTES[header.bytes[TYPE_AT] as number];
    if (token === undefined) throw damaged(index, 'the type of its tokens is unknown');
    if (samples === 0) throw damaged(index, 'it has no sequences');
    const places = bytesAt(index, INDEX_HEADER_BYTES, samples * 12 + documents * 8, 'the places of the sequences');
    const numbers = [source.bytes, index.bytes];
    for (let sample = 0; sample < samples; sample++) {
      const [bytes, offset] = [places.u32(sample * 4) * token, places.u64(samples * 4 + sample * 8)];
      if (offset + bytes > source.bytes) throw damaged(index, `sequence ${sample} is not in the file of tokens`);
      numbers.push(offset, bytes);
    }
    return numbers;
  },
  geometry: (numbers) => Object.assign(geometryOfPairs(numbers, { first: 2 }), { indexBytes: numbers[1] as number }),
};
