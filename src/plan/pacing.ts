import { createPrng, type Prng } from '../base/prng.js';
import type { IoJob } from '../workload/workload.js';

const NS_PER_SECOND = 1e9;

/** The due times of a paced worker's operations. */
export interface Schedule {
  /**
   * Returns the due time of the next operation, ns since the worker's start. The first operation is due at 0. Its
   * length determines when the following one is due.
   */
  nextDueNs(lengthBytes: number): number;
}

/**
 * Returns the schedule of one worker, or null when the job sets no rate. `rate_iops` spaces operations evenly, `rate`
 * in proportion to their bytes. With both, the slower one decides. With `rate_process: poisson`, intervals are
 * exponentially distributed with these means, as if independent clients sent the operations.
 */
export function createSchedule(job: IoJob, seed: number, worker: number): Schedule | null {
  const { rateBytesPerSecond, rateIops, rateProcess } = job;
  if (rateBytesPerSecond === null && rateIops === null) return null;
  const nsPerOperation = rateIops === null ? 0 : NS_PER_SECOND / rateIops;
  const nsPerByte = rateBytesPerSecond === null ? 0 : NS_PER_SECOND / rateBytesPerSecond;
  const prng = rateProcess === 'poisson' ? createPrng(seed, worker, 4) : null;
  return new RateSchedule(nsPerOperation, nsPerByte, prng);
}

class RateSchedule implements Schedule {
  readonly #nsPerOperation: number;
  readonly #nsPerByte: number;
  /** Draws exponential intervals; null for even ones. */
  readonly #prng: Prng | null;
  #dueNs = 0;

  constructor(nsPerOperation: number, nsPerByte: number, prng: Prng | null) {
    this.#nsPerOperation = nsPerOperation;
    this.#nsPerByte = nsPerByte;
    this.#prng = prng;
  }

  nextDueNs(lengthBytes: number): number {
    const dueNs = this.#dueNs;
    const intervalNs = Math.max(this.#nsPerOperation, lengthBytes * this.#nsPerByte);
    this.#dueNs += this.#prng === null ? intervalNs : -Math.log1p(-this.#prng.nextFloat()) * intervalNs;
    return dueNs;
  }
}
