import type { SampleFile } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import { KeptFile } from './kept-file.js';
import { PythonFile } from './python-file.js';
import type { ReaderCalls } from './reader-calls.js';
import type { ReaderFactory } from './sample-reader.js';

const BLOCK_BYTES = 512;
/** `RECORDSIZE` of Python's tarfile. */
const RECORD_BYTES = 20 * BLOCK_BYTES;

/** A shard that is read from its start: `tarfile.open(fileobj=file, mode='r|*')`. */
class TarStream {
  readonly #file: PythonFile;
  /** Bytes that were asked for. */
  #read: number;

  constructor(calls: ReaderCalls, { path, geometry }: SampleFile, blockBytes: number) {
    this.#file = new PythonFile(calls, path, geometry.bytes, blockBytes);
    // The first block alone shows whether the archive is compressed.
    this.#read = this.#file.read(BLOCK_BYTES);
  }

  get position(): number {
    return this.#read;
  }

  /** Reads until a position. */
  until(position: number): void {
    while (this.#read < position) {
      const got = this.#file.read(RECORD_BYTES);
      if (got === 0) return;
      this.#read += got;
    }
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * WebDataset: shards are read from their start to their end. A sample is complete when the header behind its last member was
 * read: the next sample's first one, or the end mark.
 */
export const webdatasetReader: ReaderFactory<RecordGeometry> = (calls, { blockBytes }) => {
  const kept = new KeptFile((file: SampleFile<RecordGeometry>) => new TarStream(calls, file, blockBytes));
  return {
    read(file, sample) {
      const { offsetBytes, bytes } = file.geometry.recordAt(sample);
      if (sample === 0) kept.close();
      const stream = kept.of(file);
      stream.until((Math.ceil((offsetBytes + bytes) / BLOCK_BYTES) + 1) * BLOCK_BYTES);
      if (sample === file.geometry.samples - 1) kept.close();
    },
    close: () => kept.close(),
  };
};
