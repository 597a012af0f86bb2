/**
 * A worker's time: integer nanoseconds since the common start of the trial's workers.
 *
 * `process.hrtime()` in its array form is Node's cheapest exact clock (about 25 ns). V8's escape analysis removes the
 * array, so a hot loop allocates nothing, unlike with `hrtime.bigint()`. This works only in the exact form of
 * `monotonicNs`. If the origin is subtracted in the same expression, each reading is allocated (Node 20;
 * `npm run bench:null` counts the collections).
 */
export interface Clock {
  /** Sets time zero: to an absolute `monotonicNs()` reading, or on a virtual clock to its present time. */
  startAt(originNs: number): void;
  /** Nanoseconds since the origin. */
  now(): number;
  /** Blocks until `now()` ≥ `dueNs`. */
  waitUntil(dueNs: number): void;
}

const { hrtime } = process;

/**
 * Returns CLOCK_MONOTONIC in ns; comparable between threads. Exact below 104 days of uptime, then to 2 ns, 4 ns …
 */
export function monotonicNs(): number {
  const reading = hrtime();
  return reading[0] * 1e9 + reading[1];
}

/** Sleeping is exact only to a scheduler tick, so the last part before a due time is a busy wait. */
const SPIN_NS = 200_000;
const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for about `ns`, without burning CPU. */
export function sleepNs(ns: number): void {
  if (ns > 0) Atomics.wait(sleepCell, 0, 0, ns / 1e6);
}

export class MonotonicClock implements Clock {
  /** Time zero, as an absolute `monotonicNs()` reading. */
  originNs = 0;

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

/** A clock that advances only when an operation says so. Makes simulated runs exactly reproducible. */
export class VirtualClock implements Clock {
  #nowNs = 0;

  startAt(): void {
    this.#nowNs = 0;
  }

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
