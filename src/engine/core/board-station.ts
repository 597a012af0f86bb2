import {
  type BoardShape,
  ENDED,
  HEAD,
  HEAD_CELLS,
  stationOffset,
  WORKER,
  WORKER_CELLS,
} from '../../training/board-layout.js';

/** What the request cell of a worker says, besides counting its changes. */
const STATE_BITS = 3;
const WAITING = 1;
const SERVED = 2;
/** Cells of a worker's request: when it began, or when it is done; and how long it is served. */
const REQUEST_CELLS = 2;

/** How long a thread waits at once, ms. Afterwards it looks whether it must end. */
const WAIT_MS = 50;

/**
 * One storage that serves all workers of a simulated training, one request after the other, in the order of virtual time. A request
 * is served when no thread can come with an earlier one: every worker waits for the storage or for a task, and the accelerators
 * wait for a batch. So results do not depend on which thread runs first.
 */
export class BoardStation {
  readonly #control: Int32Array;
  /** When the storage is free, and then the requests. */
  readonly #times: Float64Array;
  readonly #loaders: number;

  constructor(memory: SharedArrayBuffer, shape: BoardShape) {
    this.#loaders = shape.loaders;
    this.#control = new Int32Array(memory, 0, HEAD_CELLS + shape.loaders * WORKER_CELLS);
    this.#times = new Float64Array(memory, stationOffset(shape), 1 + REQUEST_CELLS * shape.loaders);
  }

  /** Waits for the turn of a worker's request, and returns when it is done; `nowNs` when the worker must end. */
  serve(loader: number, nowNs: number, serviceNs: number, isStopping: () => boolean): number {
    const cell = this.#cellOf(loader, WORKER.request);
    const at = 1 + loader * REQUEST_CELLS;
    this.#times[at] = nowNs;
    this.#times[at + 1] = serviceNs;
    Atomics.add(this.#control, cell, WAITING);
    this.next();
    for (let state = this.#load(cell); (state & STATE_BITS) !== 0; state = this.#load(cell)) {
      if (isStopping()) return nowNs;
      Atomics.wait(this.#control, cell, state, WAIT_MS);
    }
    return this.#times[at] as number;
  }

  /** Serves the earliest request, if no thread can come with an earlier one. */
  next(): void {
    const seen = this.#load(HEAD.seen);
    if (seen !== ENDED && seen !== this.#load(HEAD.signal)) return;
    let first = -1;
    let firstState = 0;
    for (let loader = 0; loader < this.#loaders; loader++) {
      const state = this.#load(this.#cellOf(loader, WORKER.request));
      if ((state & STATE_BITS) !== WAITING) {
        if ((state & STATE_BITS) === SERVED || this.#isBusy(loader)) return;
      } else if (first < 0 || this.#beganAt(loader) < this.#beganAt(first)) {
        first = loader;
        firstState = state;
      }
    }
    if (first >= 0) this.#serve(first, firstState);
  }

  #serve(loader: number, state: number): void {
    const cell = this.#cellOf(loader, WORKER.request);
    // Another thread may have served it meanwhile, and the worker may have asked again.
    if (Atomics.compareExchange(this.#control, cell, state, state - WAITING + SERVED) !== state) return;
    const at = 1 + loader * REQUEST_CELLS;
    const doneNs = Math.max(this.#times[at] as number, this.#times[0] as number) + (this.#times[at + 1] as number);
    this.#times[0] = doneNs;
    this.#times[at] = doneNs;
    Atomics.store(this.#control, cell, (state - WAITING + STATE_BITS + 1) | 0);
    Atomics.notify(this.#control, cell);
  }

  #beganAt(loader: number): number {
    return this.#times[1 + loader * REQUEST_CELLS] as number;
  }

  /** Whether a worker that does not wait for the storage has something to do. */
  #isBusy(loader: number): boolean {
    const idleAt = this.#load(this.#cellOf(loader, WORKER.idleAt));
    return idleAt !== ENDED && idleAt !== this.#load(this.#cellOf(loader, WORKER.dealt));
  }

  #cellOf(loader: number, cell: number): number {
    return HEAD_CELLS + loader * WORKER_CELLS + cell;
  }

  #load(cell: number): number {
    return Atomics.load(this.#control, cell);
  }
}
