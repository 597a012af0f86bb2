import type { OperationKind } from '../../base/latency-kinds.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import type { Clock } from './clock.js';
import type { Meter } from './meter.js';

/** Ends a reader's work on a sample when its worker must end: at the deadline, or after a stop request. */
export class ReadingEnded extends Error {}

/**
 * Measures the calls of readers: opens, reads, closes, stat(2) and listings, each with its kind of latency. A range of a map
 * that is touched counts as a read. A read at the end of a file, which returns nothing, does not count.
 */
export class MeteredReading implements ReaderCalls {
  /** Whether the worker must end. From then on, every call but those that release something throws `ReadingEnded`. */
  hasEnded = false;
  readonly #inner: ReaderCalls;
  readonly #clock: Clock;
  readonly #meter: Meter;

  constructor(inner: ReaderCalls, clock: Clock, meter: Meter) {
    this.#inner = inner;
    this.#clock = clock;
    this.#meter = meter;
  }

  open(...args: Parameters<ReaderCalls['open']>): number {
    return this.#timed('open', () => this.#inner.open(...args));
  }

  close(handle: number): void {
    const startNs = this.#clock.now();
    this.#inner.close(handle);
    this.#note('close', startNs);
  }

  status(handle: number): void {
    this.#inner.status(handle);
  }

  statusOf(path: string): void {
    this.#meter.countEntry();
    this.#timed('stat', () => this.#inner.statusOf(path));
  }

  askTerminal(handle: number): void {
    this.#inner.askTerminal(handle);
  }

  seek(...args: Parameters<ReaderCalls['seek']>): number {
    return this.#inner.seek(...args);
  }

  read(handle: number, lengthBytes: number): number {
    this.#requireTime();
    const startNs = this.#clock.now();
    return this.#moved(startNs, this.#inner.read(handle, lengthBytes));
  }

  readAt(...args: Parameters<ReaderCalls['readAt']>): number {
    this.#requireTime();
    const startNs = this.#clock.now();
    return this.#moved(startNs, this.#inner.readAt(...args));
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

  touch(map: number, offsetBytes: number, lengthBytes: number): void {
    this.#requireTime();
    const startNs = this.#clock.now();
    this.#inner.touch(map, offsetBytes, lengthBytes);
    this.#moved(startNs, lengthBytes);
  }

  unmap(map: number): void {
    this.#inner.unmap(map);
  }

  list(path: string, expected: number): number {
    this.#meter.countEntry();
    return this.#timed('readdir', () => this.#inner.list(path, expected));
  }

  #timed<T>(kind: OperationKind, call: () => T): T {
    this.#requireTime();
    const startNs = this.#clock.now();
    const result = call();
    this.#note(kind, startNs);
    return result;
  }

  #moved(startNs: number, bytes: number): number {
    if (bytes === 0) return 0;
    this.#meter.countRead(bytes);
    this.#note('read', startNs);
    return bytes;
  }

  #note(kind: OperationKind, startNs: number): void {
    const nowNs = this.#clock.now();
    this.#meter.record(kind, nowNs - startNs);
    if (this.#meter.isDue(nowNs) && !this.#meter.tick(nowNs)) this.hasEnded = true;
  }

  #requireTime(): void {
    if (this.hasEnded) throw new ReadingEnded('the worker must end');
  }
}
