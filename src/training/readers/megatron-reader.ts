import type { SampleFile } from '../dataset-shape.js';
import type { IndexedGeometry } from '../file-geometries.js';
import { MappedFile, MappedFiles } from './mapped-file.js';
import { PythonFile } from './python-file.js';
import type { ReaderCalls } from './reader-calls.js';
import type { ReaderFactory } from './sample-reader.js';

/** The parts of the index's header, each read apart: magic, version, type of a token, numbers of sequences and documents. */
const HEADER_PARTS = [9, 8, 1, 8, 8] as const;
const HEADER_BYTES = 34;
/** Bytes of a sequence's length and of its place. */
const [LENGTH_BYTES, POINTER_BYTES] = [4, 8];

/** A mapped file of tokens and its mapped index: Megatron's `IndexedDataset`. */
class IndexedDataset {
  readonly #index: MappedFile;
  readonly #tokens: MappedFile;
  readonly #samples: number;

  constructor(calls: ReaderCalls, { path, geometry }: SampleFile<IndexedGeometry>, blockBytes: number) {
    const { indexBytes, bytes, samples } = geometry;
    const indexPath = path.replace(/\.bin$/, '.idx');
    const header = new PythonFile(calls, indexPath, indexBytes, blockBytes);
    try {
      for (const part of HEADER_PARTS) header.read(part);
      header.tell();
    } finally {
      header.close();
    }
    this.#samples = samples;
    this.#index = new MappedFile(calls, indexPath, indexBytes, blockBytes);
    // The last document must end where the sequences do.
    this.#index.touch(indexBytes - POINTER_BYTES, POINTER_BYTES);
    this.#tokens = new MappedFile(calls, path, bytes, blockBytes);
  }

  read(sample: number, offsetBytes: number, bytes: number): void {
    this.#index.touch(HEADER_BYTES + this.#samples * LENGTH_BYTES + sample * POINTER_BYTES, POINTER_BYTES);
    this.#index.touch(HEADER_BYTES + sample * LENGTH_BYTES, LENGTH_BYTES);
    this.#tokens.touch(offsetBytes, bytes);
  }

  close(): void {
    this.#index.close();
    this.#tokens.close();
  }
}

/** Megatron's default, which maps its files and keeps them so. */
export const megatronReader: ReaderFactory<IndexedGeometry> = (calls, { blockBytes }) => {
  const mapped = new MappedFiles<IndexedDataset>();
  return {
    read(file, sample) {
      const { offsetBytes, bytes } = file.geometry.sampleAt(sample);
      mapped.of(file.path, () => new IndexedDataset(calls, file, blockBytes)).read(sample, offsetBytes, bytes);
    },
    close: () => mapped.close(),
  };
};
