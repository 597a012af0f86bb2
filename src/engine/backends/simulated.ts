import { createPrng, type Prng } from '../../base/prng.js';
import type { Backend } from '../core/backend.js';
import { VirtualClock } from '../core/clock.js';
import { type BackendFactory, callDrain, NOTHING_WATCHED } from './backend-factory.js';

/** Spread of the simulated latencies: the standard deviation of their logarithm. */
const SIGMA = 0.25;

/**
 * Storage as a model under a virtual clock: latencies are lognormal around a median, plus the time
 * that the bytes take at a bandwidth. The same seed gives the same trial to the byte, in no time,
 * which is what tests of the whole way from workload to report need.
 */
export class SimulatedBackend implements Backend {
  readonly clock = new VirtualClock();
  readonly #prng: Prng;
  readonly #medianNs: number;
  readonly #nsPerByte: number;

  constructor(medianNs: number, bytesPerSecond: number | null, seed: number, worker: number) {
    this.#prng = createPrng(seed, worker);
    this.#medianNs = medianNs;
    this.#nsPerByte = bytesPerSecond === null ? 0 : 1e9 / bytesPerSecond;
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

  makeDirectory(): void {}
  remove(): void {}
  dispose(): void {}

  /** Box–Muller: a standard normal from two uniforms. */
  #pass(bytes: number): void {
    const radius = Math.sqrt(-2 * Math.log(1 - this.#prng.nextFloat()));
    const normal = radius * Math.cos(2 * Math.PI * this.#prng.nextFloat());
    this.clock.advance(Math.round(this.#medianNs * Math.exp(SIGMA * normal) + bytes * this.#nsPerByte));
  }
}

export const simulatedFactory: BackendFactory = {
  refusal: () => null,
  // Virtual time is the same however long it takes.
  rehearsal: null,
  create: ({ job, seed, worker }) => {
    const backend = new SimulatedBackend(job.simulatedLatencyNs, job.simulatedBytesPerSecond, seed, worker);
    return { backend, createDrain: callDrain(backend), watch: NOTHING_WATCHED };
  },
};
