import type { Opening } from '../../base/opening.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import { ENGINES, type Engine } from '../../workload/engines.js';
import type { Backend, FileAdvice, OpenMode } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Entries, NewFile } from '../core/entries.js';
import type { Slowdown } from '../core/protocol.js';
import { callDrain, type Equipment } from './backend-factory.js';
import { SlowedReading } from './slowed-reading.js';

/**
 * Largest credit by which a wait that was too long shortens the next ones. It covers clock readings, but not time in
 * which the thread was not scheduled: that is noise, and the other side has it as well.
 */
const CREDIT_NS = 1000;

/** Returns whether an engine can be slowed down: it must do one operation at a time, through `Backend.transfer`. */
export function canBeSlowed(engine: Engine): boolean {
  return ENGINES[engine].canBeSlowed;
}

/**
 * A clock on which everything takes `1 + part` times as long as on the inner clock. The factor is in a typed array, so
 * that V8 always reads it as a floating-point number. A field that was 1 and becomes 1.2 would make V8 discard the
 * compiled loop.
 */
class SlowedClock implements Clock {
  readonly #inner: Clock;
  readonly #factor: Float64Array;

  constructor(inner: Clock, part: number) {
    this.#inner = inner;
    this.#factor = Float64Array.of(1 + part);
  }

  startAt(originNs: number): void {
    this.#inner.startAt(originNs);
  }

  /** Returns whole ns, as histogram bins require. */
  now(): number {
    return Math.floor(this.#inner.now() * (this.#factor[0] as number));
  }

  waitUntil(dueNs: number): void {
    let innerDueNs = Math.ceil(dueNs / (this.#factor[0] as number));
    this.#inner.waitUntil(innerDueNs);
    // The product can fall short of the due time by a rounding error.
    while (this.now() < dueNs) this.#inner.waitUntil(++innerDueNs);
  }

  compute(ns: number): void {
    this.#inner.compute(ns / (this.#factor[0] as number));
  }
}

/**
 * Slows down another backend, to check that feedrate detects slow storage.
 *
 * `part` slows the whole trial. The clock runs `1 + part` times as fast, so every latency is `1 + part` times as long
 * and the throughput is that of the inner backend divided by `1 + part`. Nothing waits: during waits, caches would lose
 * the file, which costs more than the wait itself. Rates and pauses of a job keep their values on that clock.
 *
 * `delayNs` is waited after each operation. The remainder is carried over to the next operation, so that the mean is
 * exact even if reading the clock takes longer than the delay.
 *
 * A slowdown of zero uses the same code, so that two sides differ only in the slowdown.
 */
export class SlowedBackend implements Backend {
  readonly inner: Backend;
  readonly entries: Entries;
  readonly clock: Clock;
  readonly #delayNs: number;
  #debtNs = 0;

  constructor(inner: Backend, slowdown: Slowdown) {
    this.inner = inner;
    this.clock = new SlowedClock(inner.clock, slowdown.part);
    this.#delayNs = slowdown.delayNs;
    this.entries = new SlowedEntries(inner.entries, () => this.#delay());
  }

  createReading(memory: Uint8Array, opening: Opening | null): ReaderCalls {
    return new SlowedReading(this.inner.createReading(memory, opening), () => this.#delay());
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    this.inner.transfer(kind, slot, offsetBytes, lengthBytes, bufferOffset);
    this.#delay();
  }

  open(slot: number, path: string, mode: OpenMode): void {
    this.inner.open(slot, path, mode);
    this.#delay();
  }

  adopt(slot: number, path: string, handle: number): void {
    this.inner.adopt(slot, path, handle);
  }

  close(slot: number): void {
    this.inner.close(slot);
    this.#delay();
  }

  advise(slot: number, advice: FileAdvice, offsetBytes: number, lengthBytes: number): void {
    this.inner.advise(slot, advice, offsetBytes, lengthBytes);
  }

  sync(slot: number, dataOnly: boolean): void {
    this.inner.sync(slot, dataOnly);
    this.#delay();
  }

  rename(from: string, to: string): void {
    this.inner.rename(from, to);
    this.#delay();
  }

  syncDirectory(path: string): void {
    this.inner.syncDirectory(path);
    this.#delay();
  }

  makeDirectories(base: string, path: string): void {
    this.inner.makeDirectories(base, path);
  }

  remove(path: string): void {
    this.inner.remove(path);
  }

  dispose(): void {
    this.inner.dispose();
  }

  #delay(): void {
    const endNs = this.clock.now();
    this.#debtNs += this.#delayNs;
    if (this.#debtNs <= 0) return;
    this.clock.waitUntil(endNs + this.#debtNs);
    this.#debtNs = Math.max(-CREDIT_NS, this.#debtNs - (this.clock.now() - endNs));
  }
}

/** Calls `delay` after each operation of other entries. */
class SlowedEntries implements Entries {
  readonly #inner: Entries;
  readonly #delay: () => void;

  constructor(inner: Entries, delay: () => void) {
    this.#inner = inner;
    this.#delay = delay;
  }

  enter(top: string, directory: string): void {
    this.#inner.enter(top, directory);
  }

  makeFile(name: string, how: NewFile): number {
    const handle = this.#inner.makeFile(name, how);
    this.#delay();
    return handle;
  }

  closeFile(handle: number): void {
    this.#inner.closeFile(handle);
    this.#delay();
  }

  makeDirectory(name: string): void {
    this.#inner.makeDirectory(name);
    this.#delay();
  }

  status(name: string): void {
    this.#inner.status(name);
    this.#delay();
  }

  rename(from: string, to: string): void {
    this.#inner.rename(from, to);
    this.#delay();
  }

  removeFile(name: string): void {
    this.#inner.removeFile(name);
    this.#delay();
  }

  removeDirectory(name: string): void {
    this.#inner.removeDirectory(name);
    this.#delay();
  }

  list(expected: number): number {
    const entries = this.#inner.list(expected);
    this.#delay();
    return entries;
  }

  leave(): void {
    this.#inner.leave();
  }
}

/** Returns the same equipment, slowed down. */
export function slowed({ backend, watch }: Equipment, slowdown: Slowdown): Equipment {
  const slower = new SlowedBackend(backend, slowdown);
  return { backend: slower, createDrain: callDrain(slower), watch };
}
