import { ENGINES, type Engine } from '../../workload/engines.js';
import type { Backend, OpenMode } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Slowdown } from '../core/protocol.js';
import { callDrain, type Equipment } from './backend-factory.js';

/**
 * A wait that was too long shortens the next ones by up to this much. That covers readings of the clock, but not time that
 * the scheduler took from the thread: that is noise, and the other side has it too.
 */
const CREDIT_NS = 1000;

/** Whether a backend can be slowed down: it does one operation at a time, each through `Backend.transfer`. */
export function canBeSlowed(engine: Engine): boolean {
  return ENGINES[engine].canBeSlowed;
}

/**
 * A clock on which everything takes `1 + part` times as long as on another one. The factor lies in a typed array because
 * V8 then reads it as a floating-point number whatever its value: a field that has been 1 and becomes 1.2 would discard
 * the code that was compiled for the warm loop.
 */
class SlowedClock implements Clock {
  readonly #inner: Clock;
  readonly #factor: Float64Array;

  constructor(inner: Clock, part: number) {
    this.#inner = inner;
    this.#factor = Float64Array.of(1 + part);
  }

  /** Whole ns: the bins of a histogram are of whole ones. */
  now(): number {
    return Math.floor(this.#inner.now() * (this.#factor[0] as number));
  }

  waitUntil(dueNs: number): void {
    let innerDueNs = Math.ceil(dueNs / (this.#factor[0] as number));
    this.#inner.waitUntil(innerDueNs);
    // The product can be a rounding error short of the due time.
    while (this.now() < dueNs) this.#inner.waitUntil(++innerDueNs);
  }
}

/**
 * A backend that is slower than the one inside it, for checking that a slow storage is found.
 *
 * `part` slows the whole trial: its clock runs `1 + part` times as fast, so that every latency is `1 + part` times as long
 * and the throughput is that of the backend inside divided by `1 + part`. Nothing waits, because a wait would cost more
 * than its own time: caches lose the file meanwhile. Rates and pauses of a job keep their values on that clock.
 *
 * `delayNs` is waited after each operation. What is owed is carried from one operation to the next, so that the mean is
 * exact even where reading the clock takes longer than the delay.
 *
 * A slow-down of nothing runs through the same code as any other, so that two sides differ in the slow-down alone.
 */
export class SlowedBackend implements Backend {
  readonly inner: Backend;
  readonly clock: Clock;
  readonly #delayNs: number;
  #debtNs = 0;

  constructor(inner: Backend, slowdown: Slowdown) {
    this.inner = inner;
    this.clock = new SlowedClock(inner.clock, slowdown.part);
    this.#delayNs = slowdown.delayNs;
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    this.inner.transfer(kind, slot, offsetBytes, lengthBytes, bufferOffset);
    this.#delay();
  }

  open(slot: number, path: string, mode: OpenMode): void {
    this.inner.open(slot, path, mode);
    this.#delay();
  }

  close(slot: number): void {
    this.inner.close(slot);
    this.#delay();
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

  makeDirectory(path: string): void {
    this.inner.makeDirectory(path);
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

/** The same equipment, slowed down. */
export function slowed({ backend, watch }: Equipment, slowdown: Slowdown): Equipment {
  const slower = new SlowedBackend(backend, slowdown);
  return { backend: slower, createDrain: callDrain(slower), watch };
}
