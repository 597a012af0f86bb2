import { LoaderRule, type LoaderSettings } from '../loader-rule.js';
import { EpochClock, type EpochTimes } from './epoch-clock.js';
import type { ClientCost } from './ramp.js';
import { SharedStation } from './shared-station.js';
import type { StorageModel } from './storage-model.js';
import { WorkSource } from './work-source.js';

/** One epoch of a training whose samples come from the measured storage. */
export interface ReplayPlan {
  /** Ranks, each with a loader of its own. */
  readonly accelerators: number;
  readonly loader: LoaderSettings;
  readonly batchSize: number;
  readonly computeNs: number;
  /** Steps of the epoch. */
  readonly steps: number;
  /** Whether ranks wait for one another after each step, as in one data-parallel training. */
  readonly barrier: boolean;
}

/** What a replay came to. */
export interface Replayed extends EpochTimes {
  /** Samples being read on average, and the share of samples that began with more readers than were measured. */
  readonly meanReaders: number;
  readonly beyondShare: number;
}

/**
 * Replays one epoch event by event: every worker reads the samples of its batches one after another and then processes
 * each on the client's processors; batches are handed over by the loader's rule; accelerators compute and wait for one
 * another. The same arguments give the same result.
 */
export function replay(storage: StorageModel, client: ClientCost, plan: ReplayPlan, seed: number): Replayed {
  return new Replay(storage, client, plan, seed).run();
}

class Replay {
  readonly #plan: ReplayPlan;
  readonly #client: ClientCost;
  readonly #mostReaders: number;
  readonly #work: WorkSource;
  readonly #storage: SharedStation;
  /** Jobs are workers, and above them the training processes of the ranks. */
  readonly #processors: SharedStation;
  readonly #accelerators: SharedStation;
  readonly #clock: EpochClock;
  readonly #rules: readonly LoaderRule[];
  /** Of each worker: its tasks, the first of which it works on, and the samples left of that. */
  readonly #tasks: readonly number[][];
  readonly #left: Int32Array;
  /** Of each rank: its batches that are ready, as [task, worker], and whether it waits for one. */
  readonly #ready: readonly (readonly [task: number, worker: number])[][];
  readonly #waiting: Uint8Array;
  #arrived = 0;
  #nowNs = 0;
  #readerNs = 0;
  #beyond = 0;

  constructor(storage: StorageModel, client: ClientCost, plan: ReplayPlan, seed: number) {
    const { accelerators, loader, steps } = plan;
    const workers = accelerators * loader.workers;
    this.#plan = plan;
    this.#client = client;
    this.#mostReaders = storage.mostReaders;
    this.#work = new WorkSource(storage, workers, seed);
    this.#storage = new SharedStation(workers, (readers) => 1 / storage.meanNs(readers));
    this.#processors = new SharedStation(workers + accelerators, (jobs) => Math.min(1, client.cores / jobs));
    this.#accelerators = new SharedStation(accelerators, () => 1);
    this.#clock = new EpochClock(accelerators, steps, loader.workers * loader.prefetchFactor);
    this.#rules = Array.from({ length: accelerators }, () => new LoaderRule(steps, loader));
    this.#tasks = Array.from({ length: workers }, () => []);
    this.#left = new Int32Array(workers);
    this.#ready = Array.from({ length: accelerators }, () => []);
    this.#waiting = new Uint8Array(accelerators);
  }

  run(): Replayed {
    const { loader, accelerators, batchSize, steps } = this.#plan;
    this.#rules.forEach((rule, rank) => {
      for (const { task, worker } of rule.prime()) this.#deal(rank * loader.workers + worker, task);
    });
    for (let rank = 0; rank < accelerators; rank++) this.#ask(rank);
    while (this.#next());
    const samples = accelerators * batchSize * steps;
    return {
      ...this.#clock.times(this.#plan.batchSize),
      meanReaders: this.#readerNs / this.#nowNs,
      beyondShare: this.#beyond / samples,
    };
  }

  /** Handles the next event. Returns false when there is none. */
  #next(): boolean {
    const storageNs = this.#storage.nextNs;
    const processorsNs = this.#processors.nextNs;
    const acceleratorsNs = this.#accelerators.nextNs;
    const nowNs = Math.min(storageNs, processorsNs, acceleratorsNs);
    if (nowNs === Infinity) return false;
    this.#readerNs += this.#storage.count * (nowNs - this.#nowNs);
    this.#nowNs = nowNs;
    if (nowNs === acceleratorsNs) this.#computed(this.#accelerators.take());
    else if (nowNs === processorsNs) this.#processed(this.#processors.take());
    else this.#readDone(this.#storage.take());
    return true;
  }

  #deal(worker: number, task: number): void {
    const tasks = this.#tasks[worker] as number[];
    tasks.push(task);
    if (tasks.length === 1) this.#beginBatch(worker);
  }

  #beginBatch(worker: number): void {
    this.#left[worker] = this.#plan.batchSize;
    this.#read(worker);
  }

  #read(worker: number): void {
    const readers = this.#storage.count + 1;
    if (readers > this.#mostReaders) this.#beyond++;
    this.#storage.add(worker, this.#work.next(worker, readers, this.#nowNs), this.#nowNs);
  }

  #readDone(worker: number): void {
    const isLast = this.#left[worker] === 1;
    const { perSampleNs, perBatchNs } = this.#client;
    const workNs = isLast ? perSampleNs + perBatchNs : perSampleNs;
    if (workNs > 0) this.#processors.add(worker, workNs, this.#nowNs);
    else this.#sampleDone(worker);
  }

  #processed(job: number): void {
    if (job < this.#tasks.length) this.#sampleDone(job);
    else this.#compute(job - this.#tasks.length);
  }

  #sampleDone(worker: number): void {
    const left = (this.#left[worker] as number) - 1;
    this.#left[worker] = left;
    if (left > 0) {
      this.#read(worker);
      return;
    }
    const { workers } = this.#plan.loader;
    const tasks = this.#tasks[worker] as number[];
    const rank = Math.floor(worker / workers);
    const task = tasks.shift() as number;
    if (tasks.length > 0) this.#beginBatch(worker);
    (this.#ready[rank] as (readonly [number, number])[]).push([task, worker % workers]);
    if (this.#waiting[rank] === 1) this.#take(rank);
  }

  /** The training process of a rank asks for its next batch. */
  #ask(rank: number): void {
    this.#clock.asked(rank, this.#nowNs);
    this.#waiting[rank] = 1;
    this.#take(rank);
  }

  #take(rank: number): void {
    const rule = this.#rules[rank] as LoaderRule;
    const ready = this.#ready[rank] as (readonly [number, number])[];
    const { inOrder, workers } = this.#plan.loader;
    const at = inOrder ? ready.findIndex(([task]) => task === rule.expected) : ready.length > 0 ? 0 : -1;
    if (at < 0) return;
    const [, worker] = ready.splice(at, 1)[0] as readonly [number, number];
    this.#waiting[rank] = 0;
    const next = rule.handOver(worker);
    if (next !== null) this.#deal(rank * workers + next.worker, next.task);
    const { perHandOverNs } = this.#client;
    if (perHandOverNs > 0) this.#processors.add(this.#tasks.length + rank, perHandOverNs, this.#nowNs);
    else this.#compute(rank);
  }

  #compute(rank: number): void {
    this.#clock.given(rank, this.#nowNs);
    this.#accelerators.add(rank, this.#plan.computeNs, this.#nowNs);
  }

  #computed(rank: number): void {
    this.#clock.computed(rank, this.#nowNs);
    if (!this.#plan.barrier) {
      this.#endStep(rank);
      return;
    }
    if (++this.#arrived < this.#plan.accelerators) return;
    this.#arrived = 0;
    for (let each = 0; each < this.#plan.accelerators; each++) this.#endStep(each);
  }

  #endStep(rank: number): void {
    if (this.#clock.stepEnded(rank, this.#nowNs) < this.#plan.steps) this.#ask(rank);
  }
}
