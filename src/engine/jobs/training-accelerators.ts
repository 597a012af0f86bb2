import { createPrng } from '../../base/prng.js';
import {
  boardShapeOf,
  firstAccelerator,
  loadersOf,
  sampleIndexOf,
  samplerSettingsOf,
  stepsOf,
} from '../../plan/jobs/training.js';
import type { EpochRecord, TrainingRecord } from '../../record/training-record.js';
import { drawTime } from '../../training/draw-time.js';
import { ReadyQueue } from '../../training/ready-queue.js';
import { createSampler, type Sampler } from '../../training/sampler.js';
import { StepLog } from '../../training/step-log.js';
import { ENGINES } from '../../workload/engines.js';
import { savesCheckpoints } from '../../workload/jobs/saving-fields.js';
import { prefetchFactorOf, type TrainingJob } from '../../workload/jobs/training.js';
import { meanOfSpread, type TimeSpread } from '../../workload/time-spread.js';
import { AcceleratorCheckpoints } from './accelerator-checkpoints.js';
import type { Program, ProgramContext } from './job-program.js';
import { TrainingBoard } from './training-board.js';
import { TrainingFeed } from './training-feed.js';

/** How long the thread sleeps at once while accelerators compute. Afterwards it looks whether it must end. */
const SLEEP_NS = 50_000_000;
/** Computing for so long is counted, so that a target that nobody asks for anything does not seem to be silent. */
const SIGN_OF_LIFE_NS = 5e9;

/** The times of so many steps of a trial are kept: a megabyte of its record. */
const MOST_STEP_TIMES = 50_000;

/** Begins the place of draws of hand-overs, which are apart from those of steps. */
const HAND_OVER = -1;

/** One accelerator in a step. Times are ns since the common start. */
interface Rank {
  readonly feed: TrainingFeed;
  /** When it was given its batch, and when it has computed. */
  givenNs: number;
  dueNs: number;
}

/**
 * All accelerators of a training job. In each step, each of them waits for its batch, computes for its time, and then waits for
 * the others. On a virtual clock, the times that loader workers have noted decide, so that threads may be late.
 */
export class AcceleratorProgram implements Program {
  training?: TrainingRecord;
  readonly #context: ProgramContext;
  readonly #job: TrainingJob;
  readonly #board: TrainingBoard;
  readonly #ranks: readonly Rank[];
  readonly #isVirtual: boolean;
  readonly #queue = new ReadyQueue();
  readonly #epochs: EpochRecord[] = [];
  #sampler: Sampler | null = null;
  readonly #saves: AcceleratorCheckpoints | null;
  #stepsLeft: number;
  #stepsDone = 0;

  constructor(context: ProgramContext, job: TrainingJob) {
    const { task } = context;
    this.#context = context;
    this.#job = job;
    this.#isVirtual = ENGINES[task.backend].virtualClock;
    this.#board = new TrainingBoard(task.shared as SharedArrayBuffer, boardShapeOf(job));
    const workers = loadersOf(job);
    const onDemand = job.readThreads === 0;
    const prefetchFactor = onDemand ? 1 : prefetchFactorOf(job);
    const settings = { workers, prefetchFactor, inOrder: job.inOrder, onDemand, isVirtual: this.#isVirtual };
    this.#ranks = Array.from({ length: job.numjobs }, (_, rank) => ({
      feed: new TrainingFeed(this.#board, Object.assign({ firstLoader: rank * workers }, settings)),
      givenNs: 0,
      dueNs: 0,
    }));
    this.#saves = savesCheckpoints(job) ? this.#createCheckpoints() : null;
    this.#stepsLeft = job.totalSteps ?? Number.POSITIVE_INFINITY;
  }

  #createCheckpoints(): AcceleratorCheckpoints {
    const training = {
      board: this.#board,
      clock: this.#context.backend.clock,
      sleepUntil: (untilNs: number) => this.#sleepUntil(untilNs),
      tick: () => this.#tick(),
    };
    return new AcceleratorCheckpoints(training, this.#job);
  }

  prepare(): void {
    const { files, task } = this.#context;
    this.#board.begin();
    this.#sampler = createSampler(
      sampleIndexOf(this.#job, files),
      samplerSettingsOf(this.#job, task.seed, task.partition),
    );
  }

  run(): null {
    const { clock } = this.#context.backend;
    for (const { feed } of this.#ranks) feed.list(clock.now());
    let isGoing = this.#isDone();
    for (let epoch = 0; epoch < this.#job.epochs && this.#stepsLeft > 0 && isGoing; epoch++) {
      isGoing = this.#epoch(epoch) && this.#endEpoch();
      if (isGoing && this.#saves?.isDueAfterEpoch(epoch + 1)) isGoing = this.#saves.save() !== null;
    }
    for (const { feed } of this.#ranks) feed.close(clock.now());
    this.#board.end();
    this.training = this.#record();
    return null;
  }

  complete(): void {}

  get spans(): AcceleratorCheckpoints['spans'] | undefined {
    return this.#saves?.spans;
  }

  get checkpoints(): Program['checkpoints'] {
    return this.#job.part === undefined ? undefined : this.#saves?.times.times();
  }

  /** Trains for an epoch. Returns false after a stop request: what was done until then is recorded. */
  #epoch(epoch: number): boolean {
    const { clock } = this.#context.backend;
    const sampler = this.#sampler as Sampler;
    sampler.beginEpoch(epoch);
    const first = firstAccelerator(this.#job, this.#context.task.partition);
    const batches = this.#ranks.map((_, rank) => sampler.batchesOf(first + rank));
    const steps = Math.min(this.#stepsLeft, stepsOf(batches, this.#job.dropLast));
    const startNs = clock.now();
    const log = new StepLog(startNs, this.#job.readThreads, prefetchFactorOf(this.#job));
    this.#queue.beginEpoch();
    for (const [rank, { feed }] of this.#ranks.entries())
      feed.begin(batches[rank] as number | readonly number[], startNs);
    let isGoing = true;
    for (let step = 0; step < steps && isGoing; step++) {
      isGoing = this.#step(epoch, step, log);
      if (isGoing) isGoing = this.#saveAfter(log, step);
    }
    this.#stepsLeft -= log.steps;
    this.#stepsDone += log.steps;
    if (log.steps > 0) this.#epochs.push({ epoch: epoch + 1, ...log.figures(), ...this.#stepTimesOf(log) });
    return isGoing;
  }

  /** Accelerators of other machines would wait for these ones after each step. */
  #stepTimesOf(log: StepLog): Pick<EpochRecord, 'stepTimes'> {
    const isKept = this.#context.task.partition !== undefined && this.#stepsDone <= MOST_STEP_TIMES;
    return isKept ? { stepTimes: log.stepTimes() } : {};
  }

  /** Saves if a checkpoint is due. Returns false after a stop request. */
  #saveAfter(log: StepLog, step: number): boolean {
    if (!this.#saves?.isDueAfterStep(this.#stepsDone + step + 1)) return true;
    const resumedNs = this.#saves.save();
    if (resumedNs !== null) log.pause(resumedNs);
    return resumedNs !== null;
  }

  /** Does one step. Returns false after a stop request. */
  #step(epoch: number, step: number, log: StepLog): boolean {
    const { backend, meter } = this.#context;
    const startNs = backend.clock.now();
    const ranks = this.#ranks.filter(({ feed }) => feed.hasNext);
    this.#queue.beginStep(startNs);
    const sums = { samples: 0, sampleBytes: 0, readBytes: 0 };
    if (!this.#feed(ranks, startNs, { epoch, step }, sums)) return false;
    const dueNs = ranks.reduce((latest, rank) => Math.max(latest, rank.dueNs), startNs);
    if (!this.#sleepUntil(dueNs)) return false;
    const endNs = backend.clock.now();
    const share = 1 / this.#ranks.length;
    let [computeNs, waitNs, longestWaitNs] = [0, 0, 0];
    for (const rank of ranks) {
      const ownWaitNs = rank.givenNs - startNs;
      computeNs += (rank.dueNs - rank.givenNs) * share;
      waitNs += ownWaitNs * share;
      longestWaitNs = Math.max(longestWaitNs, ownWaitNs);
      meter.record('wait', ownWaitNs);
      meter.record('barrier', endNs - rank.dueNs);
    }
    const barrierNs = endNs - startNs - computeNs - waitNs;
    log.add(Object.assign(sums, { startNs, endNs, computeNs, waitNs, barrierNs, longestWaitNs }));
    meter.record('step', endNs - startNs);
    if (log.steps > 1) this.#saves?.addStep(startNs, endNs);
    return this.#tick();
  }

  /** Gives each rank its batch as soon as it is ready. Returns false after a stop request. */
  #feed(
    ranks: readonly Rank[],
    startNs: number,
    place: { readonly epoch: number; readonly step: number },
    sums: { samples: number; sampleBytes: number; readBytes: number },
  ): boolean {
    for (const { feed } of ranks) feed.ask(startNs);
    this.#board.announce();
    for (let waiting = ranks; waiting.length > 0; ) {
      const seen = this.#board.signal;
      waiting = waiting.filter((rank) => {
        const offer = rank.feed.offer();
        if (offer === null) return true;
        const { readyNs, samples, sampleBytes, readBytes } = offer.batch;
        const takenNs = this.#isVirtual ? Math.max(startNs, readyNs) : this.#context.backend.clock.now();
        const at = [place.epoch, place.step, this.#ranks.indexOf(rank)] as const;
        rank.givenNs = takenNs + this.#timeOf(this.#job.handOverTime, HAND_OVER, ...at);
        rank.feed.handOver(offer, rank.givenNs);
        rank.dueNs = rank.givenNs + this.#timeOf(this.#job.computationTime, ...at);
        this.#queue.handOver(readyNs);
        sums.samples += samples;
        sums.sampleBytes += sampleBytes;
        sums.readBytes += readBytes;
        return false;
      });
      this.#board.announce();
      if (waiting.length === 0) break;
      this.#board.waitForBatch(seen);
      if (!this.#tick()) return false;
    }
    return true;
  }

  /** `place`: what the draw belongs to. */
  #timeOf(spread: TimeSpread, ...place: readonly number[]): number {
    return spread.type === 'constant' ? spread.ns : drawTime(spread, createPrng(this.#context.task.seed, ...place));
  }

  /** Ends an epoch of all workers. Returns false after a stop request. */
  #endEpoch(): boolean {
    const { clock } = this.#context.backend;
    // What was loaded ahead and is not needed is left out. On a virtual clock, threads do not know what is in time.
    if (!this.#isVirtual) this.#board.isCancelled = true;
    for (const { feed } of this.#ranks) feed.end(clock.now());
    const isDone = this.#isDone();
    this.#board.isCancelled = false;
    return isDone;
  }

  /** Waits until all workers have done what they were given. Returns false after a stop request. */
  #isDone(): boolean {
    const { clock } = this.#context.backend;
    for (let left = this.#ranks; left.length > 0; ) {
      const seen = this.#board.signal;
      left = left.filter(({ feed }) => {
        const doneNs = feed.doneNs();
        if (doneNs !== null) clock.waitUntil(doneNs);
        return doneNs === null;
      });
      if (left.length === 0) break;
      this.#board.waitForBatch(seen);
      if (!this.#tick()) return false;
    }
    return true;
  }

  /** Sleeps. Returns false after a stop request. */
  #sleepUntil(dueNs: number): boolean {
    const { backend, meter } = this.#context;
    const { clock } = backend;
    let signNs = clock.now() + SIGN_OF_LIFE_NS;
    for (let nowNs = clock.now(); nowNs < dueNs; nowNs = clock.now()) {
      if (nowNs >= signNs) {
        meter.countEntry();
        signNs += SIGN_OF_LIFE_NS;
      }
      if (!this.#tick()) return false;
      clock.waitUntil(Math.min(dueNs, nowNs + SLEEP_NS));
    }
    return true;
  }

  /** Publishes what was measured. Returns false after a stop request. */
  #tick(): boolean {
    const { backend, meter, counters } = this.#context;
    this.#saves?.publishIfSaved();
    const nowNs = backend.clock.now();
    if (meter.isDue(nowNs)) meter.tick(nowNs);
    return !counters.stopRequested;
  }

  #record(): TrainingRecord {
    const checkpoints = this.#saves?.close();
    const { format, reader, numjobs, readThreads, batchSize, computationTime } = this.#job;
    return {
      format,
      reader,
      accelerators: numjobs,
      readThreads,
      prefetchFactor: prefetchFactorOf(this.#job),
      batchSize,
      computeNs: meanOfSpread(computationTime),
      epochs: this.#epochs,
      ready: this.#queue.points(numjobs),
      ...(checkpoints !== undefined && { checkpoints }),
    };
  }
}
