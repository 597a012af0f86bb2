/**
 * The time of a worker: integer nanoseconds since the common start of the trial's workers.
 *
 * `process.hrtime()` in its array form is the cheapest exact clock of Node (about 25 ns): V8's
 * escape analysis removes the array, so a hot loop that calls it allocates nothing, unlike
 * `hrtime.bigint()`. It does so only in the very form of `monotonicNs`: with the origin subtracted
 * in the same expression each reading is allocated (seen with Node 20; `npm run bench:null`
 * counts the collections).
 */
export interface Clock {
  /** Nanoseconds since the origin. */
  now(): number;
  /** Returns when `now()` ≥ `dueNs`. */
  waitUntil(dueNs: number): void;
}

const { hrtime } = process;

/**
 * An absolute reading of CLOCK_MONOTONIC in ns; comparable between threads. Exact below 104 days of uptime, then to
 * 2 ns, 4 ns …
 */
export function monotonicNs(): number {
  const reading = hrtime();
  return reading[0] * 1e9 + reading[1];
}

/** Sleeping is only exact to a scheduler tick: the last stretch before a due time is spun. */
const SPIN_NS = 200_000;
const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for about `ns`, without burning CPU. */
export function sleepNs(ns: number): void {
  if (ns > 0) Atomics.wait(sleepCell, 0, 0, ns / 1e6);
}

export class MonotonicClock implements Clock {
  /** An absolute `monotonicNs()` reading: time zero. */
  originNs = 0;

  /** Sets time zero to an absolute `monotonicNs()` reading. */
  startAt(originNs: number): void {
    this.originNs = originNs;
  }

  now(): number {
    return monotonicNs() - this.originNs;
  }

  waitUntil(dueNs: number): void {
    sleepNs(dueNs - this.now() - SPIN_NS);
    while (this.now() < dueNs);
  }
}

/** Time that passes only when an operation says so: for the simulated engine, exact to the byte. */
export class VirtualClock implements Clock {
  #nowNs = 0;

  now(): number {
    return this.#nowNs;
  }

  advance(ns: number): void {
    this.#nowNs += ns;
  }

  waitUntil(dueNs: number): void {
    if (dueNs > this.#nowNs) this.#nowNs = dueNs;
  }
}
