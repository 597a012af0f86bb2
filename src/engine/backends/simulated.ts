import { createPrng, type Prng } from '../../base/prng.js';
import type { ReaderCalls } from '../../training/readers/reader-calls.js';
import type { Backend } from '../core/backend.js';
import { VirtualClock } from '../core/clock.js';
import { type SharedQueue, sharedQueueOf } from '../core/shared-queue.js';
import { type BackendFactory, callDrain, NOTHING_WATCHED } from './backend-factory.js';
import { ModelledEntries } from './modelled-entries.js';
import { ModelledReading } from './modelled-reading.js';

/** Standard deviation of the logarithm of the simulated latencies. */
const SIGMA = 0.25;

/** The storage of one worker. `bytesPerSecond` null: without a limit. */
export interface SimulatedModel {
  readonly medianNs: number;
  readonly bytesPerSecond: number | null;
  readonly seed: number;
  readonly worker: number;
}

/**
 * A model of storage with a virtual clock. A latency is a lognormal value around a median, plus the time for the bytes
 * at a given bandwidth. The same seed gives exactly the same trial, and it takes almost no real time, as tests of the
 * whole path from workload to report need.
 */
export class SimulatedBackend implements Backend {
  readonly clock = new VirtualClock();
  readonly entries = new ModelledEntries(() => this.#pass(0));
  readonly #prng: Prng;
  readonly #medianNs: number;
  readonly #nsPerByte: number;
  readonly #queue: SharedQueue | null;

  /** @param queue what the workers share; null: nothing */
  constructor(model: SimulatedModel, queue: SharedQueue | null) {
    const { medianNs, bytesPerSecond, seed, worker } = model;
    this.#prng = createPrng(seed, worker);
    this.#medianNs = medianNs;
    this.#nsPerByte = bytesPerSecond === null ? 0 : 1e9 / bytesPerSecond;
    this.#queue = queue;
  }

  createReading(): ReaderCalls {
    return new ModelledReading((bytes) => this.#pass(bytes));
  }

  transfer(_kind: number, _slot: number, _offsetBytes: number, lengthBytes: number): void {
    this.#pass(lengthBytes);
  }

  open(): void {
    this.#pass(0);
  }

  close(): void {
    this.#pass(0);
  }

  sync(): void {
    this.#pass(0);
  }

  rename(): void {
    this.#pass(0);
  }

  syncDirectory(): void {
    this.#pass(0);
  }

  adopt(): void {}
  makeDirectories(): void {}
  remove(): void {}
  advise(): void {}
  dispose(): void {}

  /** Advances the clock to the end of a request at the shared storage, and by a random latency. Box–Muller gives a standard normal value from two uniform ones. */
  #pass(bytes: number): void {
    if (this.#queue !== null) this.clock.waitUntil(this.#queue(this.clock.now(), bytes));
    const radius = Math.sqrt(-2 * Math.log(1 - this.#prng.nextFloat()));
    const normal = radius * Math.cos(2 * Math.PI * this.#prng.nextFloat());
    this.clock.advance(Math.round(this.#medianNs * Math.exp(SIGMA * normal) + bytes * this.#nsPerByte));
  }
}

export const simulatedFactory: BackendFactory = {
  refusal: () => null,
  // Virtual time does not depend on the speed of the code.
  rehearsal: null,
  create: (task) => {
    const { job, seed, worker } = task;
    const model = { medianNs: job.simulatedLatencyNs, bytesPerSecond: job.simulatedBytesPerSecond, seed, worker };
    const backend = new SimulatedBackend(model, sharedQueueOf(task));
    return { backend, createDrain: callDrain(backend), watch: NOTHING_WATCHED };
  },
};
