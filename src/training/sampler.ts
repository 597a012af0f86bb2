/**
 * Deals out the samples of an epoch to ranks and batches, each exactly once, as PyTorch's samplers do. Everything follows
 * from the seed and the epoch, so each thread computes its own part without a table.
 */
import { createPrng } from '../base/prng.js';
import { RandomOrder } from '../base/random-order.js';
import type { Access } from '../workload/data-formats.js';
import type { SampleIndex } from './sample-index.js';

export interface SamplerSettings {
  readonly access: Access;
  /** Accelerators. */
  readonly ranks: number;
  /** Workers of each rank's loader; at least 1. */
  readonly workers: number;
  readonly batchSize: number;
  readonly dropLast: boolean;
  readonly shufflesFiles: boolean;
  readonly shufflesSamples: boolean;
  readonly seed: number;
}

/** One place of a batch. */
export type TakeSample = (file: number, sample: number) => void;

/** The samples of one epoch after another. */
export interface Sampler {
  /** Draws the order of an epoch, counted from 0. */
  beginEpoch(epoch: number): void;
  /** Returns the batches of each worker of a rank in the present epoch; a single number if any worker may make any of them. */
  batchesOf(rank: number): number | readonly number[];
  /**
   * Calls `take` for each sample of the next batch that a worker makes. `task` counts the batches of the rank. A worker takes
   * its tasks in their order.
   */
  batch(place: LoaderPlace, task: number, take: TakeSample): void;
}

/** A worker of a rank's loader. */
export interface LoaderPlace {
  readonly rank: number;
  readonly worker: number;
}

/** Returns the sampler for a format's access. `index` may have at most 2^31 samples if they are read in any order. */
export function createSampler(index: SampleIndex, settings: SamplerSettings): Sampler {
  return settings.access === 'map' ? new MapSampler(index, settings) : new StreamSampler(index, settings);
}

/** Returns the order of `count` items in an epoch. */
function orderOf(count: number, isShuffled: boolean, seed: number, epoch: number): (place: number) => number {
  if (!isShuffled || count < 2) return (place) => place;
  const order = new RandomOrder(count, createPrng(seed, epoch));
  const cell = new Int32Array(1);
  return (place) => {
    cell[0] = place;
    order.map(cell, 1);
    return cell[0] as number;
  };
}

/**
 * Any sample at any time: PyTorch's `DistributedSampler`, in which rank r of R takes the places r, r + R, … of the order. No
 * sample is repeated to fill the last batches.
 */
class MapSampler implements Sampler {
  readonly #index: SampleIndex;
  readonly #settings: SamplerSettings;
  #sampleAt: (place: number) => number = (place) => place;

  constructor(index: SampleIndex, settings: SamplerSettings) {
    this.#index = index;
    this.#settings = settings;
  }

  beginEpoch(epoch: number): void {
    const { shufflesFiles, shufflesSamples, seed } = this.#settings;
    this.#sampleAt =
      shufflesSamples || !shufflesFiles
        ? orderOf(this.#index.samples, shufflesSamples, seed, epoch)
        : filesInOrder(this.#index, orderOf(this.#index.files, true, seed, epoch));
  }

  batchesOf(rank: number): number {
    const { ranks, batchSize, dropLast } = this.#settings;
    if (dropLast) return Math.floor(this.#index.samples / ranks / batchSize);
    return Math.ceil(this.#samplesOf(rank) / batchSize);
  }

  batch({ rank }: LoaderPlace, task: number, take: TakeSample): void {
    const { ranks, batchSize } = this.#settings;
    const first = task * batchSize;
    const end = Math.min(first + batchSize, this.#samplesOf(rank));
    for (let own = first; own < end; own++) {
      const sample = this.#sampleAt(own * ranks + rank);
      const file = this.#index.fileOf(sample);
      take(file, sample - this.#index.firstOf(file));
    }
  }

  #samplesOf(rank: number): number {
    return Math.ceil((this.#index.samples - rank) / this.#settings.ranks);
  }
}

/** Returns the order in which files are shuffled, and samples are not. Files of different lengths need a table. */
function filesInOrder(index: SampleIndex, fileAt: (place: number) => number): (place: number) => number {
  const ends = new Float64Array(index.files);
  for (let place = 0; place < index.files; place++)
    ends[place] = (place === 0 ? 0 : (ends[place - 1] as number)) + index.samplesIn(fileAt(place));
  return (position) => {
    let [low, high] = [0, index.files - 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((ends[middle] as number) > position) high = middle;
      else low = middle + 1;
    }
    const before = low === 0 ? 0 : (ends[low - 1] as number);
    return index.firstOf(fileAt(low)) + position - before;
  };
}

/** Where a worker is in its files. */
interface Cursor {
  /** Counts the worker's own files. */
  place: number;
  file: number;
  sample: number;
}

/**
 * Files from their start to their end, as iterable datasets deal them out: first to ranks in turn, then to the workers of a
 * rank. A batch has the next samples of one worker.
 */
class StreamSampler implements Sampler {
  readonly #index: SampleIndex;
  readonly #settings: SamplerSettings;
  #fileAt: (place: number) => number = (place) => place;
  readonly #cursors = new Map<number, Cursor>();

  constructor(index: SampleIndex, settings: SamplerSettings) {
    this.#index = index;
    this.#settings = settings;
  }

  beginEpoch(epoch: number): void {
    const { shufflesFiles, seed } = this.#settings;
    this.#fileAt = orderOf(this.#index.files, shufflesFiles, seed, epoch);
    this.#cursors.clear();
  }

  batchesOf(rank: number): readonly number[] {
    const { workers, batchSize, dropLast } = this.#settings;
    return Array.from({ length: workers }, (_, worker) => {
      let samples = 0;
      for (let place = 0; ; place++) {
        const file = this.#fileOf(rank, worker, place);
        if (file === null) break;
        samples += this.#index.samplesIn(file);
      }
      return dropLast ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize);
    });
  }

  batch(place: LoaderPlace, _task: number, take: TakeSample): void {
    const cursor = this.#cursorOf(place);
    for (let taken = 0; taken < this.#settings.batchSize; taken++) {
      if (!this.#isOpen(cursor, place)) return;
      take(cursor.file, cursor.sample++);
    }
  }

  #cursorOf({ rank, worker }: LoaderPlace): Cursor {
    const key = rank * this.#settings.workers + worker;
    const known = this.#cursors.get(key);
    if (known !== undefined) return known;
    const cursor = { place: 0, file: this.#fileOf(rank, worker, 0) ?? -1, sample: 0 };
    this.#cursors.set(key, cursor);
    return cursor;
  }

  /** Moves to the next file that has a sample left. Returns false after the last one. */
  #isOpen(cursor: Cursor, { rank, worker }: LoaderPlace): boolean {
    while (cursor.file >= 0 && cursor.sample >= this.#index.samplesIn(cursor.file)) {
      cursor.place++;
      cursor.file = this.#fileOf(rank, worker, cursor.place) ?? -1;
      cursor.sample = 0;
    }
    return cursor.file >= 0;
  }

  /** Returns a worker's own file at a place; null after its last one. */
  #fileOf(rank: number, worker: number, place: number): number | null {
    const { ranks, workers } = this.#settings;
    const position = rank + ranks * (worker + workers * place);
    return position < this.#index.files ? this.#fileAt(position) : null;
  }
}
