import type { ReaderCalls } from '../../training/readers/reader-calls.js';

/** Calls `delay` after each call that may ask the storage. */
export class SlowedReading implements ReaderCalls {
  readonly #inner: ReaderCalls;
  readonly #delay: () => void;

  constructor(inner: ReaderCalls, delay: () => void) {
    this.#inner = inner;
    this.#delay = delay;
  }

  open(...args: Parameters<ReaderCalls['open']>): number {
    return this.#after(this.#inner.open(...args));
  }

  close(handle: number): void {
    this.#inner.close(handle);
    this.#delay();
  }

  status(handle: number): void {
    this.#inner.status(handle);
  }

  statusOf(path: string): void {
    this.#inner.statusOf(path);
    this.#delay();
  }

  askTerminal(handle: number): void {
    this.#inner.askTerminal(handle);
  }

  seek(...args: Parameters<ReaderCalls['seek']>): number {
    return this.#inner.seek(...args);
  }

  read(handle: number, lengthBytes: number): number {
    return this.#after(this.#inner.read(handle, lengthBytes));
  }

  readAt(...args: Parameters<ReaderCalls['readAt']>): number {
    return this.#after(this.#inner.readAt(...args));
  }

  advise(...args: Parameters<ReaderCalls['advise']>): void {
    this.#inner.advise(...args);
  }

  lock(...args: Parameters<ReaderCalls['lock']>): void {
    this.#inner.lock(...args);
  }

  map(handle: number, lengthBytes: number): number {
    return this.#inner.map(handle, lengthBytes);
  }

  touch(...args: Parameters<ReaderCalls['touch']>): void {
    this.#inner.touch(...args);
    this.#delay();
  }

  unmap(map: number): void {
    this.#inner.unmap(map);
  }

  list(path: string, expected: number): number {
    return this.#after(this.#inner.list(path, expected));
  }

  #after<T>(result: T): T {
    this.#delay();
    return result;
  }
}
