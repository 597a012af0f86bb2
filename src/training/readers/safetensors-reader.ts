import type { SampleFile } from '../dataset-shape.js';
import { KeptFile } from './kept-file.js';
import type { ReaderCalls } from './reader-calls.js';
import type { ReaderFactory } from './sample-reader.js';

/** `safetensors.safe_open(path)`: the file is mapped, and its header read from the map. */
class OpenTensors {
  readonly #calls: ReaderCalls;
  readonly #map: number;

  constructor(calls: ReaderCalls, { path, geometry }: SampleFile) {
    this.#calls = calls;
    const handle = calls.open(path, geometry.bytes);
    try {
      calls.status(handle);
      this.#map = calls.map(handle, geometry.bytes);
    } finally {
      calls.close(handle);
    }
    this.touch(0, geometry.sampleAt(0).offsetBytes);
  }

  /** `get_tensor(name)` */
  touch(offsetBytes: number, bytes: number): void {
    this.#calls.touch(this.#map, offsetBytes, bytes);
  }

  close(): void {
    this.#calls.unmap(this.#map);
  }
}

/** Each sample is a tensor. The file stays open until another one is needed. */
export const safetensorsReader: ReaderFactory = (calls) => {
  const kept = new KeptFile((file) => new OpenTensors(calls, file));
  return {
    read(file, sample) {
      const { offsetBytes, bytes } = file.geometry.sampleAt(sample);
      kept.of(file).touch(offsetBytes, bytes);
    },
    close: () => kept.close(),
  };
};
