import type { SampleFile } from '../dataset-shape.js';
import type { RecordGeometry } from '../file-geometries.js';
import { KeptFile } from './kept-file.js';
import type { ReaderCalls } from './reader-calls.js';
import type { ReaderFactory } from './sample-reader.js';

/** A file that is read from its start with a buffer: TensorFlow's `BufferedInputStream` over a `PosixRandomAccessFile`. */
class RecordStream {
  readonly #calls: ReaderCalls;
  readonly #handle: number;
  readonly #bufferBytes: number;
  #read = 0;
  #hasEnded = false;

  constructor(calls: ReaderCalls, { path, geometry }: SampleFile, bufferBytes: number) {
    this.#calls = calls;
    this.#handle = calls.open(path, geometry.bytes);
    this.#bufferBytes = bufferBytes;
  }

  /** Reads until a position, or, at `Infinity`, until the end shows. */
  until(position: number): void {
    while (this.#read < position && !this.#hasEnded) this.#fill();
  }

  close(): void {
    this.#calls.close(this.#handle);
  }

  /** Asks until the buffer is full or the file ends. */
  #fill(): void {
    for (let left = this.#bufferBytes; left > 0 && !this.#hasEnded; ) {
      const got = this.#calls.readAt(this.#handle, this.#read, left);
      this.#read += got;
      left -= got;
      this.#hasEnded = got === 0;
    }
  }
}

/** `tf.data.TFRecordDataset(path)`: records one after the other, with a buffer of 256 KiB unless DLIO passes another size. */
export const tfrecordReader: ReaderFactory<RecordGeometry> = (calls, { transferBytes }) => {
  const kept = new KeptFile((file: SampleFile<RecordGeometry>) => new RecordStream(calls, file, transferBytes));
  return {
    read(file, sample) {
      const { offsetBytes, bytes } = file.geometry.recordAt(sample);
      if (sample === 0) kept.close();
      const isLast = sample === file.geometry.samples - 1;
      kept.of(file).until(isLast ? Number.POSITIVE_INFINITY : offsetBytes + bytes);
      if (isLast) kept.close();
    },
    close: () => kept.close(),
  };
};
