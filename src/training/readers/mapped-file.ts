import { PythonFile } from './python-file.js';
import type { ReaderCalls } from './reader-calls.js';

/** `numpy.memmap(path, mode='r')`: Python opens the file and asks for its end, and maps it through a duplicate. */
export class MappedFile {
  readonly #calls: ReaderCalls;
  readonly #map: number;

  constructor(calls: ReaderCalls, path: string, bytes: number, blockBytes: number) {
    this.#calls = calls;
    const file = new PythonFile(calls, path, bytes, blockBytes);
    try {
      file.seekFromEnd(0);
      file.tell();
      calls.status(file.handle);
      this.#map = calls.map(file.handle, bytes);
    } finally {
      file.close();
    }
  }

  touch(offsetBytes: number, lengthBytes: number): void {
    this.#calls.touch(this.#map, offsetBytes, lengthBytes);
  }

  close(): void {
    this.#calls.unmap(this.#map);
  }
}

/** The files that a reader has mapped, until its worker ends. */
export class MappedFiles<T extends { close(): void }> {
  readonly #files = new Map<string, T>();

  /** Returns the mapped file of a path. Maps it when it is first needed. */
  of(path: string, map: () => T): T {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const fresh = map();
    this.#files.set(path, fresh);
    return fresh;
  }

  close(): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }
}
