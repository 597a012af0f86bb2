import type { SampleFile } from '../dataset-shape.js';
import type { HeadedGeometry } from '../file-geometries.js';
import { KeptFile } from './kept-file.js';
import type { ReaderCalls } from './reader-calls.js';
import type { ReaderFactory } from './sample-reader.js';

/** The length of the header, before it. */
const LENGTH_BYTES = 8;

/** `safetensors.safe_open(path)`: the file is mapped, and its header read from the map. */
class OpenTensors {
  readonly #calls: ReaderCalls;
  readonly #map: number;

  constructor(calls: ReaderCalls, { path, geometry }: SampleFile<HeadedGeometry>) {
    this.#calls = calls;
    const handle = calls.open(path, geometry.bytes);
    try {
      calls.status(handle);
      this.#map = calls.map(handle, geometry.bytes);
    } finally {
      calls.close(handle);
    }
    this.touch(0, Math.min(geometry.bytes, LENGTH_BYTES + geometry.headerBytes));
  }

  /** `get_slice(name)[row]` */
  touch(offsetBytes: number, bytes: number): void {
    this.#calls.touch(this.#map, offsetBytes, bytes);
  }

  close(): void {
    this.#calls.unmap(this.#map);
  }
}

/** Each sample is a row of a tensor. The file stays open until another one is needed. */
export const safetensorsReader: ReaderFactory<HeadedGeometry> = (calls) => {
  const kept = new KeptFile((file: SampleFile<HeadedGeometry>) => new OpenTensors(calls, file));
  return {
    read(file, sample) {
      const { offsetBytes, bytes } = file.geometry.sampleAt(sample);
      kept.of(file).touch(offsetBytes, bytes);
    },
    close: () => kept.close(),
  };
};
