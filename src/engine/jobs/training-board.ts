import {
  BEGINNING,
  type BoardShape,
  ENDED,
  ENTRY_CELLS,
  HEAD,
  HEAD_CELLS,
  WORKER,
  WORKER_CELLS,
} from '../../training/board-layout.js';
import { BoardStation } from '../core/board-station.js';

/** Float64 cells of an entry. */
const ENTRY = { task: 0, dealtNs: 1, readyNs: 2, samples: 3, sampleBytes: 4, readBytes: 5 } as const;

/** What a worker is told instead of a task: to list the dataset, or that the epoch or the training is over. */
export const LIST_DATASET = -3;
export const END_OF_EPOCH = -1;
export const END_OF_TRAINING = -2;

/** A batch that a worker has made. */
export interface ReadyBatch {
  readonly readyNs: number;
  readonly samples: number;
  readonly sampleBytes: number;
  readonly readBytes: number;
}

/** How long a thread waits at once, ms. Afterwards it looks whether it must end. */
const WAIT_MS = 50;

/**
 * Tasks for loader workers, and the batches that they have made of them, in shared memory. One thread deals tasks out, and each
 * worker does its own in their order. Times are ns since the common start.
 */
export class TrainingBoard {
  readonly #control: Int32Array;
  readonly #entries: Float64Array;
  readonly #depth: number;
  /** Null: each worker has a storage of its own. */
  readonly #station: BoardStation | null;
  /** Cells of workers that were given something and are not told yet. */
  #untold: number[] = [];

  constructor(memory: SharedArrayBuffer, shape: BoardShape) {
    const { loaders, depth, sharesStorage } = shape;
    const cells = HEAD_CELLS + loaders * WORKER_CELLS;
    this.#control = new Int32Array(memory, 0, cells);
    this.#entries = new Float64Array(memory, cells * 4, loaders * depth * ENTRY_CELLS);
    this.#depth = depth;
    this.#station = sharesStorage ? new BoardStation(memory, shape) : null;
  }

  /** Gives a worker a task, or one of the ends. `place` counts what it was given. A worker that waits learns of it by `announce`. */
  deal(loader: number, place: number, task: number, atNs: number): void {
    const at = this.#entryOf(loader, place);
    this.#entries[at + ENTRY.task] = task;
    this.#entries[at + ENTRY.dealtNs] = atNs;
    const cell = this.#cellOf(loader, WORKER.dealt);
    Atomics.store(this.#control, cell, place + 1);
    this.#untold.push(cell);
  }

  /**
   * Wakes workers that were given something. Not at once, because each would then take the processor from the thread that
   * still hands batches over to other accelerators.
   */
  announce(): void {
    for (const cell of this.#untold) Atomics.notify(this.#control, cell);
    this.#untold = [];
  }

  /** Returns whether a worker has done what it was given at a place. */
  isDone(loader: number, place: number): boolean {
    return Atomics.load(this.#control, this.#cellOf(loader, WORKER.done)) > place;
  }

  /** Returns what a worker has made at a place where it is done. */
  batchAt(loader: number, place: number): ReadyBatch {
    const at = this.#entryOf(loader, place);
    const read = (cell: number): number => this.#entries[at + cell] as number;
    return {
      readyNs: read(ENTRY.readyNs),
      samples: read(ENTRY.samples),
      sampleBytes: read(ENTRY.sampleBytes),
      readBytes: read(ENTRY.readBytes),
    };
  }

  /** Returns a number that changes when a worker is done with something. */
  get signal(): number {
    return Atomics.load(this.#control, HEAD.signal);
  }

  /** Says that the accelerators have begun, so that a shared storage serves nobody before they wait. */
  begin(): void {
    Atomics.store(this.#control, HEAD.seen, BEGINNING);
  }

  /** Says that the accelerators ask for nothing more. */
  end(): void {
    this.#see(ENDED);
  }

  /** Says that a worker has nothing to do at a place, or for good. */
  idle(loader: number, place: number | null): void {
    Atomics.store(this.#control, this.#cellOf(loader, WORKER.idleAt), place ?? ENDED);
    this.#station?.next();
  }

  /** Waits for a moment, or until the signal is no longer the one that was seen. */
  waitForBatch(seen: number): void {
    this.#see(seen);
    Atomics.wait(this.#control, HEAD.signal, seen, WAIT_MS);
  }

  #see(signal: number): void {
    Atomics.store(this.#control, HEAD.seen, signal);
    this.#station?.next();
  }

  /** Whether workers leave out the tasks that they have not begun. */
  set isCancelled(isCancelled: boolean) {
    Atomics.store(this.#control, HEAD.cancelled, isCancelled ? 1 : 0);
  }

  get isCancelled(): boolean {
    return Atomics.load(this.#control, HEAD.cancelled) !== 0;
  }

  /** Returns whether a worker has been given something at a place. */
  isDealt(loader: number, place: number): boolean {
    return Atomics.load(this.#control, this.#cellOf(loader, WORKER.dealt)) > place;
  }

  /** Waits for a moment, or until a worker is given something at a place. */
  waitForTask(loader: number, place: number): void {
    Atomics.wait(this.#control, this.#cellOf(loader, WORKER.dealt), place, WAIT_MS);
  }

  taskAt(loader: number, place: number): number {
    return this.#entries[this.#entryOf(loader, place) + ENTRY.task] as number;
  }

  dealtAt(loader: number, place: number): number {
    return this.#entries[this.#entryOf(loader, place) + ENTRY.dealtNs] as number;
  }

  /** Says what a worker has made of the task at a place. */
  finish(loader: number, place: number, { readyNs, samples, sampleBytes, readBytes }: ReadyBatch): void {
    const at = this.#entryOf(loader, place);
    this.#entries[at + ENTRY.readyNs] = readyNs;
    this.#entries[at + ENTRY.samples] = samples;
    this.#entries[at + ENTRY.sampleBytes] = sampleBytes;
    this.#entries[at + ENTRY.readBytes] = readBytes;
    Atomics.store(this.#control, this.#cellOf(loader, WORKER.done), place + 1);
    Atomics.add(this.#control, HEAD.signal, 1);
    Atomics.notify(this.#control, HEAD.signal);
  }

  #cellOf(loader: number, cell: number): number {
    return HEAD_CELLS + loader * WORKER_CELLS + cell;
  }

  #entryOf(loader: number, place: number): number {
    return (loader * this.#depth + (place % this.#depth)) * ENTRY_CELLS;
  }
}
