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
  /** Uses a processor for so long. Time in which the thread has none does not count. */
  compute(ns: number): void;
}

const { hrtime } = process;

/**
 * Returns CLOCK_MONOTONIC in ns; comparable between threads. Exact below 104 days of uptime, then to 2 ns, 4 ns …
 */
export function monotonicNs(): number {
  const reading = hrtime();
  return reading[0] * 1e9 + reading[1];
}

/** Samples, and readings in each: a tenth of a millisecond in total once the loop is compiled. */
const SAMPLES = 31;
const STEPS = 64;
/** V8 has compiled the loop after so many rounds, in a few milliseconds. */
const WARM_UP_ROUNDS = 8;

/**
 * Returns the present cost of reading the clock, ns, of the fastest of some short samples and of the median one. The
 * former is slow if the CPU is slow, the latter also if other work interrupts. Call `warmClockCost` once before.
 */
export function clockCost(): { readonly fastestNs: number; readonly typicalNs: number } {
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const startNs = monotonicNs();
    let latestNs = startNs;
    for (let i = 0; i < STEPS; i++) latestNs = Math.max(latestNs, monotonicNs());
    samples.push((latestNs - startNs) / STEPS);
  }
  samples.sort((a, b) => a - b);
  return { fastestNs: samples[0] as number, typicalNs: samples[SAMPLES >> 1] as number };
}

/** Has V8 compile the loop, which would otherwise slow the first readings. */
export function warmClockCost(): void {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) clockCost();
}

/** Sleeping is exact only to a scheduler tick, so the last part before a due time is a busy wait. */
const SPIN_NS = 200_000;
/** A thread that does not run for less is interrupted, and nobody else has its processor, ns. */
const INTERRUPTED_NS = 10_000;

/**
 * Returns the time between two readings of the clock from which on the thread did not run, ns. A reading takes 25 ns, but
 * 40 µs on an emulated processor where it is a system call.
 */
function offProcessorNs(): number {
  return Math.max(INTERRUPTED_NS, 8 * clockCost().typicalNs);
}

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the thread for about `ns`, without burning CPU. */
export function sleepNs(ns: number): void {
  if (ns > 0) Atomics.wait(sleepCell, 0, 0, ns / 1e6);
}

export class MonotonicClock implements Clock {
  /** Time zero, as an absolute `monotonicNs()` reading. */
  originNs = 0;
  #offProcessorNs: number | null = null;

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

  compute(ns: number): void {
    this.#offProcessorNs ??= offProcessorNs();
    let leftNs = ns;
    let lastNs = this.now();
    while (leftNs > 0) {
      const nowNs = this.now();
      if (nowNs - lastNs < this.#offProcessorNs) leftNs -= nowNs - lastNs;
      lastNs = nowNs;
    }
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

  compute(ns: number): void {
    this.#nowNs += ns;
  }
}
