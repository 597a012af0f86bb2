/**
 * The rule by which PyTorch's DataLoader deals out work (`torch/utils/data/dataloader.py`, `_MultiProcessingDataLoaderIter`).
 * A task is one whole batch, which one worker makes serially. `workers` × `prefetchFactor` tasks are dealt out at the start
 * of an epoch, and one more each time a batch is handed over to the training loop: not when it has been loaded. So one slow
 * batch leaves workers idle that are done.
 */
export interface LoaderSettings {
  /** `num_workers`; DLIO's `read_threads`. At least 1. */
  readonly workers: number;
  readonly prefetchFactor: number;
  /** Whether batches are handed over in their order (true) or as soon as they are ready. */
  readonly inOrder: boolean;
}

/** A task for a worker. Both count from 0. */
export interface Assignment {
  readonly task: number;
  readonly worker: number;
}

/** Deals out the batches of one epoch of one rank. Pure bookkeeping: it knows no time. */
export class LoaderRule {
  readonly #batches: number;
  /** Batches that each worker has not been given yet; null: any worker may make any batch. */
  readonly #own: number[] | null;
  readonly #settings: LoaderSettings;
  /** Tasks that a worker has and that are not yet handed over. */
  readonly #held: number[];
  #dealt = 0;
  #handedOver = 0;
  #turn = 0;

  /**
   * @param batches of the epoch: their number, or, with an iterable dataset, how many each worker has. A worker without
   * batches is left out, as after its `StopIteration`.
   */
  constructor(batches: number | readonly number[], settings: LoaderSettings) {
    this.#own = typeof batches === 'number' ? null : [...batches];
    this.#batches = typeof batches === 'number' ? batches : batches.reduce((sum, each) => sum + each, 0);
    this.#settings = settings;
    this.#held = new Array<number>(settings.workers).fill(0);
  }

  /** Returns the tasks that are dealt out before the first batch is asked for. */
  prime(): Assignment[] {
    const tasks: Assignment[] = [];
    const most = this.#settings.workers * this.#settings.prefetchFactor;
    for (let dealt = 0; dealt < most; dealt++) {
      const next = this.#deal();
      if (next === null) break;
      tasks.push(next);
    }
    return tasks;
  }

  /** The only task that may be handed over next if batches keep their order; null after the last one. */
  get expected(): number | null {
    return this.#handedOver < this.#batches ? this.#handedOver : null;
  }

  /** Records that a worker's batch has been handed over. Returns the task that is dealt out for it, if there is one left. */
  handOver(worker: number): Assignment | null {
    this.#handedOver++;
    this.#held[worker] = (this.#held[worker] as number) - 1;
    return this.#deal();
  }

  /**
   * Workers take turns. Without order, a worker that holds `prefetchFactor` tasks misses its turn, because the batches of
   * others are handed over before its own.
   */
  #deal(): Assignment | null {
    if (this.#dealt >= this.#batches) return null;
    const { workers, prefetchFactor, inOrder } = this.#settings;
    for (let tried = 0; tried < workers; tried++) {
      const worker = this.#turn;
      this.#turn = (this.#turn + 1) % workers;
      if (!inOrder && (this.#held[worker] as number) >= prefetchFactor) continue;
      if (!this.#takeOwn(worker)) continue;
      this.#held[worker] = (this.#held[worker] as number) + 1;
      return { task: this.#dealt++, worker };
    }
    return null;
  }

  /** Returns whether a worker has a batch left, and takes it. */
  #takeOwn(worker: number): boolean {
    if (this.#own === null) return true;
    const left = this.#own[worker] as number;
    if (left > 0) this.#own[worker] = left - 1;
    return left > 0;
  }
}
