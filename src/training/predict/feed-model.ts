import type { LoaderSettings } from '../loader-rule.js';
import { STEADY_STEPS } from '../utilisation.js';
import { estimateOf } from './estimate.js';
import { beyondMeasured } from './measured-range.js';
import type { Estimate, FeedDemand, PredictedFeed, Refusal } from './prediction.js';
import { type ClientCost, checkRamp, mostReaders, type Ramp, sampleRate } from './ramp.js';
import { type Replayed, replay } from './replay.js';
import { type StorageModel, storageModel } from './storage-model.js';

/** Samples of a replay: some 20 ms for an estimate, less for each resample of an interval. */
const ESTIMATE_SAMPLES = 40_000;
const RESAMPLE_SAMPLES = 15_000;
const MOST_STEPS = 1000;
/** A point that reaches this share of the best rate saturates the storage. */
const SATURATED_SHARE = 0.95;
/** Load, relative to what the storage serves, with which capacity is determined. */
const CAPACITY_LOAD = 1.25;
/** Load from which a mount counts as saturated. */
const LEAST_CAPACITY_LOAD = 1.1;

/** What accelerators a measured mount feeds, by replay. All methods are pure: equal arguments give equal results. */
export class FeedModel {
  readonly ramp: Ramp;
  readonly #storage: StorageModel;
  readonly #seed: number;
  readonly #replayed = new Map<string, Replayed>();

  /** Throws FeedrateError `measurement` if the ramp cannot be used. */
  constructor(ramp: Ramp, seed: number) {
    checkRamp(ramp);
    this.ramp = ramp;
    this.#storage = storageModel(ramp);
    this.#seed = seed;
  }

  /** The best rate that was measured, samples/s. */
  get bestRate(): number {
    return Math.max(...this.ramp.points.map(sampleRate));
  }

  /** The fewest readers that reach the best rate, about. */
  get saturatingReaders(): number {
    const enough = this.bestRate * SATURATED_SHARE;
    return this.ramp.points.find((point) => sampleRate(point) >= enough)?.readers ?? mostReaders(this.ramp);
  }

  /**
   * Predicts one number of accelerators. `steps`: of the user's epoch, for the reference's AU; null: as many as are
   * replayed. With `interval`, AU has its interval, which takes some 20 more replays.
   */
  predict(
    demand: FeedDemand,
    accelerators: number,
    loader: LoaderSettings,
    options: { readonly steps: number | null; readonly interval: boolean },
  ): PredictedFeed | Refusal {
    const long = this.#long(demand, accelerators, loader);
    const refusal = beyondMeasured(this.ramp, long.beyondShare, accelerators * loader.workers);
    if (refusal !== null) return refusal;
    const epoch =
      options.steps === null
        ? long
        : this.#epoch(this.#storage, demand, accelerators, loader, options.steps, this.#seed);
    const au = options.interval
      ? this.#estimate(long, demand, accelerators, loader, true, (replayed) => auOf(replayed))
      : { low: null, estimate: auOf(long), high: null };
    return {
      accelerators,
      au,
      referenceAu: epoch.referenceAu,
      referenceSteps: epoch.steps,
      samplesPerSecond: long.samplesPerSecond,
      waitNs: long.waitNs,
      barrierNs: long.barrierNs,
    };
  }

  /** Returns the AU of a number of accelerators, or null beyond what was measured. */
  au(demand: FeedDemand, accelerators: number, loader: LoaderSettings): number | null {
    const replayed = this.#long(demand, accelerators, loader);
    const isBeyond = beyondMeasured(this.ramp, replayed.beyondShare, accelerators * loader.workers) !== null;
    return isBeyond ? null : auOf(replayed);
  }

  /** Returns the AU with the storage, the client's own work, and its hand-over of batches taken away, each alone. */
  auWithout(
    demand: FeedDemand,
    accelerators: number,
    loader: LoaderSettings,
  ): { readonly storage: number; readonly client: number; readonly handOver: number } {
    const { client } = this.ramp;
    const { perReadNs = 0 } = client;
    const { meanNs } = this.#storage;
    const withoutReading = { ...this.#storage, meanNs: (readers: number) => Math.max(1, meanNs(readers) - perReadNs) };
    const noHandOver = { ...client, perBatchNs: 0, perHandOverNs: 0 };
    const au = (storage: StorageModel, cost: ClientCost) =>
      auOf(this.#replay(storage, demand, accelerators, loader, RESAMPLE_SAMPLES, this.#seed, cost));
    return {
      storage: au({ ...this.#storage, meanNs: () => Math.max(1, perReadNs) }, client),
      client: au(withoutReading, { ...noHandOver, perSampleNs: 0 }),
      handOver: au(this.#storage, noHandOver),
    };
  }

  /**
   * Returns the accelerators that the mount keeps busy: n·AU(n) for an n that saturates the storage, where it no longer
   * depends on n. It is a lower bound if too few readers were measured for such an n.
   */
  capacity(
    demand: FeedDemand,
    loader: LoaderSettings,
  ): { readonly accelerators: Estimate; readonly isLowerBound: boolean } | Refusal {
    const most = Math.floor(mostReaders(this.ramp) / loader.workers);
    if (most === 0) return beyondMeasured(this.ramp, 1, loader.workers) as Refusal;
    const served = (this.bestRate * demand.computeNs) / 1e9 / demand.batchSize;
    const wanted = Math.max(Math.ceil(served * CAPACITY_LOAD), Math.ceil(this.saturatingReaders / loader.workers));
    const n = Math.min(most, wanted);
    const replayed = this.#long(demand, n, loader);
    const accelerators = this.#estimate(replayed, demand, n, loader, false, (each) => n * auOf(each));
    return { accelerators, isLowerBound: n < served * LEAST_CAPACITY_LOAD };
  }

  #estimate(
    replayed: Replayed,
    demand: FeedDemand,
    accelerators: number,
    loader: LoaderSettings,
    isFraction: boolean,
    ofReplay: (replayed: Replayed) => number,
  ): Estimate {
    const value = (model: StorageModel, seed: number) =>
      model === this.#storage
        ? ofReplay(replayed)
        : ofReplay(this.#replay(model, demand, accelerators, loader, RESAMPLE_SAMPLES, seed));
    return estimateOf(this.#storage, value, this.#seed, isFraction);
  }

  /** Replays enough for an estimate, once. */
  #long(demand: FeedDemand, accelerators: number, loader: LoaderSettings): Replayed {
    const { workers, prefetchFactor, inOrder } = loader;
    const key = [demand.batchSize, demand.computeNs, accelerators, workers, prefetchFactor, inOrder].join();
    const known = this.#replayed.get(key);
    if (known !== undefined) return known;
    const replayed = this.#replay(this.#storage, demand, accelerators, loader, ESTIMATE_SAMPLES, this.#seed);
    this.#replayed.set(key, replayed);
    return replayed;
  }

  #replay(
    model: StorageModel,
    demand: FeedDemand,
    accelerators: number,
    loader: LoaderSettings,
    samples: number,
    seed: number,
    client: ClientCost = this.ramp.client,
  ): Replayed {
    const steps = Math.min(MOST_STEPS, Math.round(samples / accelerators / demand.batchSize));
    const least = Math.max(STEADY_STEPS, 4 * loader.workers * loader.prefetchFactor);
    return this.#epoch(model, demand, accelerators, loader, Math.max(least, steps), seed, client);
  }

  #epoch(
    model: StorageModel,
    { batchSize, computeNs }: FeedDemand,
    accelerators: number,
    loader: LoaderSettings,
    steps: number,
    seed: number,
    client: ClientCost = this.ramp.client,
  ): Replayed {
    const plan = { accelerators, loader, batchSize, computeNs, steps, barrier: true };
    return replay(model, client, plan, seed);
  }
}

function auOf({ steadyAu, referenceAu }: Replayed): number {
  return steadyAu ?? referenceAu;
}
