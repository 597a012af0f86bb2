import type { ReaderCalls } from '../../training/readers/reader-calls.js';

interface ModelledFile {
  readonly bytes: number;
  position: number;
}

/**
 * The calls of readers in engines without files. Every file has the length that it should have. What a client does without
 * its storage takes no time: seeking, fstat(2), reading at the end of a file, closing.
 */
export class ModelledReading implements ReaderCalls {
  readonly #pass: (bytes: number) => void;
  readonly #files: (ModelledFile | null)[] = [];
  readonly #free: number[] = [];

  /** @param pass takes the time of a call that moves so many bytes */
  constructor(pass: (bytes: number) => void) {
    this.#pass = pass;
  }

  open(_path: string, bytes: number): number {
    this.#pass(0);
    const handle = this.#free.pop() ?? this.#files.length;
    this.#files[handle] = { bytes, position: 0 };
    return handle;
  }

  close(handle: number): void {
    this.#files[handle] = null;
    this.#free.push(handle);
  }

  status(): void {}
  askTerminal(): void {}
  advise(): void {}
  lock(): void {}
  unmap(): void {}

  statusOf(): void {
    this.#pass(0);
  }

  seek(handle: number, offsetBytes: number, from: 'set' | 'current' | 'end'): number {
    const file = this.#files[handle] as ModelledFile;
    file.position = { set: 0, current: file.position, end: file.bytes }[from] + offsetBytes;
    return file.position;
  }

  read(handle: number, lengthBytes: number): number {
    const file = this.#files[handle] as ModelledFile;
    const bytes = this.readAt(handle, file.position, lengthBytes);
    file.position += bytes;
    return bytes;
  }

  readAt(handle: number, offsetBytes: number, lengthBytes: number): number {
    const bytes = Math.max(0, Math.min(lengthBytes, (this.#files[handle] as ModelledFile).bytes - offsetBytes));
    if (bytes > 0) this.#pass(bytes);
    return bytes;
  }

  map(): number {
    return 0;
  }

  touch(_map: number, _offsetBytes: number, lengthBytes: number): void {
    this.#pass(lengthBytes);
  }

  list(_path: string, expected: number): number {
    this.#pass(0);
    return expected;
  }
}
