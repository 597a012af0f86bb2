import { ENGINES, type Engine } from '../../workload/engines.js';
import type { Backend, OpenMode } from '../core/backend.js';
import type { Clock } from '../core/clock.js';
import type { Slowdown } from '../core/protocol.js';
import { callDrain, type Equipment } from './backend-factory.js';

/**
 * What a wait was too long by is taken off the next ones, up to this: readings of the clock, not what the scheduler took
 * from the thread meanwhile, which is noise that the other side has too.
 */
const CREDIT_NS = 1000;

/** Whether a slow-down can be put on a backend: on one operation at a time that goes through `Backend.transfer`. */
export function canBeSlowed(engine: Engine): boolean {
  return ENGINES[engine].canBeSlowed;
}

/**
 * A backend whose every operation takes longer than it would: by a part of its own time, by a fixed time, or both. What
 * is owed is carried from operation to operation, so that the mean is exact also where a reading of the clock takes
 * longer than the delay. For checking that a slow storage is found out; a slow-down of nothing costs what another one
 * costs, so that two sides differ in the delay alone.
 */
export class SlowedBackend implements Backend {
  readonly inner: Backend;
  readonly #slowdown: Slowdown;
  #debtNs = 0;

  constructor(inner: Backend, slowdown: Slowdown) {
    this.inner = inner;
    this.#slowdown = slowdown;
  }

  get clock(): Clock {
    return this.inner.clock;
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    const startNs = this.inner.clock.now();
    this.inner.transfer(kind, slot, offsetBytes, lengthBytes, bufferOffset);
    this.#slow(startNs);
  }

  open(slot: number, path: string, mode: OpenMode): void {
    const startNs = this.inner.clock.now();
    this.inner.open(slot, path, mode);
    this.#slow(startNs);
  }

  close(slot: number): void {
    const startNs = this.inner.clock.now();
    this.inner.close(slot);
    this.#slow(startNs);
  }

  sync(slot: number, dataOnly: boolean): void {
    const startNs = this.inner.clock.now();
    this.inner.sync(slot, dataOnly);
    this.#slow(startNs);
  }

  rename(from: string, to: string): void {
    const startNs = this.inner.clock.now();
    this.inner.rename(from, to);
    this.#slow(startNs);
  }

  syncDirectory(path: string): void {
    const startNs = this.inner.clock.now();
    this.inner.syncDirectory(path);
    this.#slow(startNs);
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

  #slow(startNs: number): void {
    const { clock } = this.inner;
    const endNs = clock.now();
    this.#debtNs += (endNs - startNs) * this.#slowdown.part + this.#slowdown.delayNs;
    // Whole ns: bins are of whole ones, and a virtual clock says what it is told.
    const waitNs = Math.floor(this.#debtNs);
    if (waitNs <= 0) return;
    clock.waitUntil(endNs + waitNs);
    this.#debtNs = Math.max(-CREDIT_NS, this.#debtNs - (clock.now() - endNs));
  }
}

/** The same equipment, slowed down. */
export function slowed({ backend, watch }: Equipment, slowdown: Slowdown): Equipment {
  const slower = new SlowedBackend(backend, slowdown);
  return { backend: slower, createDrain: callDrain(slower), watch };
}
