import type { OperationKind } from '../../base/latency-kinds.js';
import { BINS, binOf } from '../../histogram/histogram.js';
import { CELL, type Counters, HISTOGRAM_BASE } from './counters.js';

/** Interval at which a worker publishes its counters and checks the stop flag and time limits. */
export const TICK_NS = 5_000_000;
const SECOND_NS = 1_000_000_000;
const READS = HISTOGRAM_BASE.read;
const WRITES = HISTOGRAM_BASE.write;

/** Index in a meter's tally of what changes with each operation or tick. */
export const TALLY = { readOps: 0, writeOps: 1, entryOps: 2, readBytes: 3, writeBytes: 4, nextTickNs: 5 } as const;
const TALLY_CELLS = Object.keys(TALLY).length;

/** Operations and bytes up to one moment. */
export interface Totals {
  readonly atNs: number;
  readonly readOps: number;
  readonly writeOps: number;
  /** Operations on directory entries. */
  readonly entryOps: number;
  readonly readBytes: number;
  readonly writeBytes: number;
}

/** One worker's operations in one second of the trial. */
export interface WorkerSecond {
  /** 0 for the first second after the start. */
  readonly second: number;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly ops: number;
  /** Read and write latencies as pairs `[bin, count, …]`. Packed, because a long trial has thousands of them. */
  readonly latency: Uint32Array;
}

/**
 * The measurements of one worker. The drain loop adds operations, and calls `tick` when it `isDue`.
 * Everything that is not needed for every operation happens in `tick`.
 *
 * An operation belongs to the second of the last tick before its end. A stall of several seconds therefore appears as
 * empty seconds.
 *
 * The measured time is the one that the job asks for: from the end of the ramp to the deadline. Operations that are in
 * flight at one of these moments are waited for. They count in proportion to the part of their time that is measured,
 * and with their whole latency.
 */
export class Meter {
  /** Histograms of all kinds (see `HISTOGRAM_BASE`), shared with the coordinator. */
  readonly histograms: Float64Array;
  readonly deadlineNs: number;
  /** Totals at the end of the ramp, at the deadline, and when the first worker was done; null until then. */
  rampEnd: Totals | null = null;
  deadlineEnd: Totals | null = null;
  allBusyEnd: Totals | null = null;
  readonly seconds: WorkerSecond[] = [];

  /**
   * By `TALLY`. Not as fields: once V8 has seen several forms of an object, with whole numbers and with others, it allocates
   * each number that it keeps in a field of it, 16 bytes for an operation (Node 20). Loops that do nothing but operations
   * use it directly: where their calls are more than V8 inlines, it allocates what a clock returns.
   */
  readonly tally = new Float64Array(TALLY_CELLS);
  readonly #counters: Counters;
  readonly #cells: Float64Array;
  readonly #rampNs: number;
  readonly #marksDone: boolean;
  #last: Totals = { atNs: 0, readOps: 0, writeOps: 0, entryOps: 0, readBytes: 0, writeBytes: 0 };
  #secondStart: Totals = this.#last;
  readonly #countsBefore = new Float64Array(BINS);
  /** The histograms at the last tick of the ramp; null without a ramp, and after it. */
  #beforeTick: Float64Array | null = null;
  readonly #added = new Uint32Array(2 * BINS);

  /**
   * @param deadlineNs when the worker must end, ns since the start; Infinity for no limit
   * @param marksDone whether this worker's end closes the busy window. False for virtual clocks, where the order in
   * which threads end has no meaning.
   */
  constructor(counters: Counters, worker: number, rampNs: number, deadlineNs: number, marksDone: boolean) {
    this.#counters = counters;
    this.#marksDone = marksDone;
    this.#cells = counters.cellsOf(worker);
    this.histograms = counters.histogramsOf(worker);
    this.#rampNs = rampNs;
    this.deadlineNs = deadlineNs;
    if (rampNs === 0) this.rampEnd = this.#last;
    else this.#beforeTick = new Float64Array(this.histograms.length);
  }

  get readOps(): number {
    return this.tally[TALLY.readOps] as number;
  }

  get writeOps(): number {
    return this.tally[TALLY.writeOps] as number;
  }

  get entryOps(): number {
    return this.tally[TALLY.entryOps] as number;
  }

  get readBytes(): number {
    return this.tally[TALLY.readBytes] as number;
  }

  get writeBytes(): number {
    return this.tally[TALLY.writeBytes] as number;
  }

  countRead(bytes: number): void {
    this.#add(TALLY.readOps, 1);
    this.#add(TALLY.readBytes, bytes);
  }

  countWrite(bytes: number): void {
    this.#add(TALLY.writeOps, 1);
    this.#add(TALLY.writeBytes, bytes);
  }

  /** Counts one operation on a directory entry. */
  countEntry(): void {
    this.#add(TALLY.entryOps, 1);
  }

  /** Begins to count operations on directory entries anew. */
  forgetEntries(): void {
    this.tally[TALLY.entryOps] = 0;
  }

  #add(cell: number, amount: number): void {
    this.tally[cell] = (this.tally[cell] as number) + amount;
  }

  /** When the next `tick` is due, ns since the start. */
  get nextTickNs(): number {
    return this.tally[TALLY.nextTickNs] as number;
  }

  isDue(nowNs: number): boolean {
    return nowNs >= this.nextTickNs;
  }

  /** Adds one latency to the histogram of its kind. For operations outside the drain loop. */
  record(kind: OperationKind, latencyNs: number): void {
    const cell = HISTOGRAM_BASE[kind] + binOf(latencyNs);
    this.histograms[cell] = (this.histograms[cell] as number) + 1;
  }

  /**
   * Publishes the counters and notes the ends of ramp, busy window, deadline and second. Returns false when the worker
   * must end.
   */
  tick(nowNs: number): boolean {
    const now = this.#totalsAt(nowNs);
    if (this.rampEnd === null && nowNs >= this.#rampNs) this.#endRamp(now);
    if (this.deadlineEnd === null && nowNs >= this.deadlineNs) this.deadlineEnd = this.#between(now, this.deadlineNs);
    const firstDoneNs = this.#counters.firstDoneNs;
    if (firstDoneNs !== null && firstDoneNs < this.deadlineNs) this.allBusyEnd ??= this.#between(now, firstDoneNs);
    if (Math.floor(nowNs / SECOND_NS) !== Math.floor(this.#secondStart.atNs / SECOND_NS)) this.#endSecond(now);
    this.#publish(now);
    this.#last = now;
    this.#beforeTick?.set(this.histograms);
    this.tally[TALLY.nextTickNs] = Math.min(nowNs + TICK_NS, this.rampEnd === null ? this.#rampNs : this.deadlineNs);
    return nowNs < this.deadlineNs && !this.#counters.stopRequested;
  }

  /** Ends the measurement: marks the worker as done and ends its last second. Returns its totals. */
  finish(nowNs: number): Totals {
    if (this.#marksDone) this.#counters.markDone(Math.min(nowNs, this.deadlineNs));
    this.tick(nowNs);
    const total = this.#totalsAt(nowNs);
    if (total.atNs > this.#secondStart.atNs) this.#endSecond(total);
    // A worker that was done within the ramp has measured nothing.
    if (this.rampEnd === null) this.histograms.fill(0);
    return total;
  }

  #totalsAt(atNs: number): Totals {
    const { readOps, writeOps, entryOps, readBytes, writeBytes } = this;
    return { atNs, readOps, writeOps, entryOps, readBytes, writeBytes };
  }

  #publish(now: Totals): void {
    this.#cells[CELL.readOps] = now.readOps;
    this.#cells[CELL.writeOps] = now.writeOps;
    this.#cells[CELL.entryOps] = now.entryOps;
    this.#cells[CELL.readBytes] = now.readBytes;
    this.#cells[CELL.writeBytes] = now.writeBytes;
    this.#cells[CELL.nowNs] = now.atNs;
  }

  /**
   * Discards the latencies of the ramp, except those of operations that were in flight at its end, as in fio. Since the
   * last tick, these are the ones that took at least the time from the end of the ramp until now. The bytes of the ramp
   * are kept, to be subtracted later.
   */
  #endRamp(now: Totals): void {
    this.#endSecond(now);
    this.rampEnd = this.#between(now, this.#rampNs);
    const firstKept = binOf(now.atNs - this.#rampNs);
    const before = this.#beforeTick as Float64Array;
    for (let cell = 0; cell < before.length; cell++) {
      const count = this.histograms[cell] as number;
      // Nearly all are empty, and the next operation waits for this loop.
      if (count === 0) continue;
      this.histograms[cell] = cell % BINS >= firstKept ? count - (before[cell] as number) : 0;
    }
    for (let bin = 0; bin < BINS; bin++)
      this.#countsBefore[bin] = (this.histograms[READS + bin] as number) + (this.histograms[WRITES + bin] as number);
    this.#beforeTick = null;
  }

  /** Returns the totals at a moment between the last tick and now, by linear interpolation. */
  #between(now: Totals, atNs: number): Totals {
    const last = this.#last;
    if (atNs >= now.atNs || now.atNs === last.atNs) return now;
    const part = Math.max(0, (atNs - last.atNs) / (now.atNs - last.atNs));
    const at = (from: number, to: number) => from + (to - from) * part;
    return {
      atNs: Math.max(atNs, last.atNs),
      readOps: at(last.readOps, now.readOps),
      writeOps: at(last.writeOps, now.writeOps),
      entryOps: at(last.entryOps, now.entryOps),
      readBytes: at(last.readBytes, now.readBytes),
      writeBytes: at(last.writeBytes, now.writeBytes),
    };
  }

  #endSecond(now: Totals): void {
    const start = this.#secondStart;
    let end = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const count = (this.histograms[READS + bin] as number) + (this.histograms[WRITES + bin] as number);
      const added = count - (this.#countsBefore[bin] as number);
      if (added !== 0) {
        this.#added[end++] = bin;
        this.#added[end++] = added;
      }
      this.#countsBefore[bin] = count;
    }
    const ops = now.readOps - start.readOps + now.writeOps - start.writeOps + now.entryOps - start.entryOps;
    this.#secondStart = now;
    if (ops === 0) return;
    const readBytes = now.readBytes - start.readBytes;
    const writeBytes = now.writeBytes - start.writeBytes;
    this.seconds.push({
      second: Math.floor(start.atNs / SECOND_NS),
      readBytes,
      writeBytes,
      ops,
      latency: this.#added.slice(0, end),
    });
  }
}
