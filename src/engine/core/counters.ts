/**
 * Memory shared by a trial's workers and the coordinating thread: start barrier, stop flag, live counters and latency
 * histograms. Each worker writes only its own part, and the coordinator may read at any time. No messages are sent
 * while the workers run.
 *
 * Counters are Float64 cells. One thread writes them with plain stores. On x86-64 and arm64 an aligned 8-byte store is
 * never torn, and a value that is one operation old does no harm.
 */

import { OPERATION_KINDS, type OperationKind } from '../../base/latency-kinds.js';
import { BINS } from '../../histogram/histogram.js';
import type { Clock } from './clock.js';

/** Int32 control cells. */
const ARRIVED = 0;
const GENERATION = 1;
const STOP = 2;
const FIRST_DONE = 3;
const PRESENT = 4;
const START = 5;
const CONTROL_BYTES = 128;

/** Values of `START`. */
const HELD = 1;
const WAITING = 2;

/** Float64 cells of the trial, after the control cells. */
const TRIAL_CELLS = 8;
const START_NS = 0;
const FIRST_DONE_NS = 1;
const BEGAN_NS = 2;

/** Float64 cells per worker: two cache lines, so that workers do not share one. */
const WORKER_CELLS = 16;
export const CELL = { readOps: 0, writeOps: 1, readBytes: 2, writeBytes: 3, nowNs: 4, entryOps: 7 } as const;
/**
 * `meet` alternates between two cells, so that a worker one meeting ahead does not overwrite what others still read.
 */
const ARRIVAL_CELLS = [5, 6] as const;

/** Items of a worker that exist, have their second name, and are removed again. In a phase, one worker writes them. */
export const ITEM_CELLS = { made: 8, renamed: 9, removed: 10 } as const;

const KINDS = OPERATION_KINDS.length;
const HISTOGRAM_CELLS = KINDS * BINS;

/** Index of each kind's first bin in a worker's histogram cells. */
export const HISTOGRAM_BASE = Object.fromEntries(
  OPERATION_KINDS.map((kind, index) => [kind, index * BINS]),
) as Readonly<Record<OperationKind, number>>;

/** What ends workers after their current operation. */
export type Stoppable = Pick<Counters, 'requestStop'>;

export class Counters {
  readonly memory: SharedArrayBuffer;
  readonly workers: number;
  readonly #control: Int32Array;
  readonly #trial: Float64Array;

  constructor(memory: SharedArrayBuffer, workers: number) {
    this.memory = memory;
    this.workers = workers;
    this.#control = new Int32Array(memory, 0, CONTROL_BYTES / 4);
    this.#trial = new Float64Array(memory, CONTROL_BYTES, TRIAL_CELLS);
  }

  static allocate(workers: number): Counters {
    const cells = TRIAL_CELLS + workers * (WORKER_CELLS + HISTOGRAM_CELLS);
    return new Counters(new SharedArrayBuffer(CONTROL_BYTES + cells * 8), workers);
  }

  /** Returns counters that count nothing: a start that the workers of several jobs share. */
  static forStart(workers: number): Counters {
    return new Counters(new SharedArrayBuffer(CONTROL_BYTES + TRIAL_CELLS * 8), workers);
  }

  /** Returns the live cells of one worker, indexed by `CELL`. */
  cellsOf(worker: number): Float64Array {
    return new Float64Array(this.memory, CONTROL_BYTES + (TRIAL_CELLS + worker * WORKER_CELLS) * 8, WORKER_CELLS);
  }

  /** Returns the histograms of one worker, one kind after another; see `HISTOGRAM_BASE`. */
  histogramsOf(worker: number): Float64Array {
    const before = TRIAL_CELLS + this.workers * WORKER_CELLS + worker * HISTOGRAM_CELLS;
    return new Float64Array(this.memory, CONTROL_BYTES + before * 8, HISTOGRAM_CELLS);
  }

  /** Called by each worker when its thread has loaded its modules, before it touches a target. */
  enter(): void {
    Atomics.add(this.#control, PRESENT, 1);
  }

  /** How many workers have called `enter`. */
  get present(): number {
    return Atomics.load(this.#control, PRESENT);
  }

  /** Asks every worker to end after its current operation, and wakes waiting workers. */
  requestStop(): void {
    Atomics.store(this.#control, STOP, 1);
    Atomics.notify(this.#control, GENERATION);
  }

  get stopRequested(): boolean {
    return Atomics.load(this.#control, STOP) !== 0;
  }

  /** Holds the first barrier: its last arrival releases nobody, because workers on other machines start with these. */
  hold(): void {
    Atomics.store(this.#control, START, HELD);
  }

  /** Whether the first barrier is held and all workers wait at it. */
  get isWaiting(): boolean {
    return Atomics.load(this.#control, START) === WAITING;
  }

  /** Releases the workers at a barrier that was held. They start at `startNs` (`monotonicNs`). */
  release(startNs: number): void {
    Atomics.store(this.#control, START, 0);
    this.#trial[START_NS] = startNs;
    if (Atomics.load(this.#control, GENERATION) === 0) this.#trial[BEGAN_NS] = startNs;
    Atomics.add(this.#control, GENERATION, 1);
    Atomics.notify(this.#control, GENERATION);
  }

  /**
   * Waits until all workers have arrived. Returns the same absolute start time (`monotonicNs`) to each, a little in the
   * future, so that a worker that wakes up late still starts on time. Returns null after a stop request. The same
   * workers may use it repeatedly.
   */
  barrier(nowNs: () => number, leadNs: number): number | null {
    const generation = Atomics.load(this.#control, GENERATION);
    if (Atomics.add(this.#control, ARRIVED, 1) + 1 === this.workers) {
      Atomics.store(this.#control, ARRIVED, 0);
      const isHeld = Atomics.compareExchange(this.#control, START, HELD, WAITING) === HELD;
      if (!isHeld) this.release(nowNs() + leadNs);
    }
    while (Atomics.load(this.#control, GENERATION) === generation) {
      if (this.stopRequested) return null;
      Atomics.wait(this.#control, GENERATION, generation, 100);
    }
    return this.#trial[START_NS] as number;
  }

  /** The common start (`monotonicNs`); null while workers are still preparing. */
  get beganNs(): number | null {
    return Atomics.load(this.#control, GENERATION) === 0 ? null : (this.#trial[BEGAN_NS] as number);
  }

  /**
   * Waits until all workers have called it, and sets every worker's clock to the latest one (this only affects virtual
   * clocks). Returns when the last one called it, ns since the start; null after a stop request.
   */
  meet(worker: number, clock: Clock): number | null {
    const cell = ARRIVAL_CELLS[Atomics.load(this.#control, GENERATION) & 1] as number;
    this.cellsOf(worker)[cell] = clock.now();
    if (this.barrier(() => 0, 0) === null) return null;
    let latestNs = 0;
    for (let other = 0; other < this.workers; other++)
      latestNs = Math.max(latestNs, this.cellsOf(other)[cell] as number);
    clock.waitUntil(latestNs);
    return latestNs;
  }

  /** Records the end of the busy window. Only the first worker's call has an effect. */
  markDone(atNs: number): void {
    if (Atomics.compareExchange(this.#control, FIRST_DONE, 0, 1) !== 0) return;
    this.#trial[FIRST_DONE_NS] = atNs;
    Atomics.store(this.#control, FIRST_DONE, 2);
  }

  /** When the first worker was done, ns since the start; null while all are busy. */
  get firstDoneNs(): number | null {
    return Atomics.load(this.#control, FIRST_DONE) === 2 ? (this.#trial[FIRST_DONE_NS] as number) : null;
  }
}
