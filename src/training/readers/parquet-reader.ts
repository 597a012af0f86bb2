import type { FileSpan, SampleFile } from '../dataset-shape.js';
import type { ParquetGeometry } from '../file-geometries.js';
import { KeptFile } from './kept-file.js';
import type { ReaderCalls } from './reader-calls.js';
import type { ReaderFactory } from './sample-reader.js';

/** What Arrow reads at the end of a file before it knows the length of the footer. */
const FOOTER_BYTES = 65_536;
/** The length of the footer's metadata, and the magic, behind it. */
const END_BYTES = 8;
/** `CacheOptions` of Arrow: gaps that are read over, and the longest range. */
const [HOLE_BYTES, RANGE_BYTES] = [8192, 32 << 20];

/** `pyarrow.parquet.ParquetFile(path)` */
class ParquetFile {
  readonly #calls: ReaderCalls;
  readonly #handle: number;
  /** The row group that was read last. */
  #group = -1;

  constructor(calls: ReaderCalls, { path, geometry }: SampleFile<ParquetGeometry>) {
    this.#calls = calls;
    calls.statusOf(path);
    this.#handle = calls.open(path, geometry.bytes);
    calls.status(this.#handle);
    calls.status(this.#handle);
    const tailBytes = Math.min(FOOTER_BYTES, geometry.bytes);
    calls.readAt(this.#handle, geometry.bytes - tailBytes, tailBytes);
    const { offsetBytes, bytes } = geometry.metadata;
    if (bytes + END_BYTES > tailBytes) calls.readAt(this.#handle, offsetBytes, bytes);
  }

  /** `read_row_group(group, columns)`, unless it was the last one. */
  read(group: number, { columns, chunkAt }: ParquetGeometry): void {
    if (group === this.#group) return;
    this.#group = group;
    const chunks = columns.flatMap(({ isRead }, column) => (isRead ? [chunkAt(group, column)] : []));
    const ranges = coalesced(chunks.sort((a, b) => a.offsetBytes - b.offsetBytes));
    for (const { offsetBytes, bytes } of ranges) this.#calls.advise(this.#handle, offsetBytes, bytes, 'willneed');
    for (const { offsetBytes, bytes } of ranges) this.#calls.readAt(this.#handle, offsetBytes, bytes);
  }

  close(): void {
    this.#calls.close(this.#handle);
  }
}

/** Returns the ranges that Arrow reads for column chunks: those beside each other are read at once. */
function coalesced(chunks: readonly FileSpan[]): FileSpan[] {
  const ranges: FileSpan[] = [];
  for (const { offsetBytes, bytes } of chunks) {
    const last = ranges.at(-1);
    const isNear =
      last !== undefined &&
      offsetBytes - (last.offsetBytes + last.bytes) <= HOLE_BYTES &&
      offsetBytes + bytes - last.offsetBytes <= RANGE_BYTES;
    if (isNear)
      ranges[ranges.length - 1] = { offsetBytes: last.offsetBytes, bytes: offsetBytes + bytes - last.offsetBytes };
    else ranges.push({ offsetBytes, bytes });
  }
  return ranges;
}

/**
 * `ParquetFile.read_row_group`, when the first sample of a row group is needed. Arrow reads the ranges of a group with several
 * threads; here they are read one after the other, but asked for at once with posix_fadvise, as there.
 */
export const parquetReader: ReaderFactory<ParquetGeometry> = (calls) => {
  const kept = new KeptFile((file: SampleFile<ParquetGeometry>) => new ParquetFile(calls, file));
  return {
    read(file, sample) {
      kept.of(file).read(file.geometry.rowGroupOf(sample), file.geometry);
    },
    close: () => kept.close(),
  };
};
