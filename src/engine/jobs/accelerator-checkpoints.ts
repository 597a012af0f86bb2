import { loadersOf, savingBytes, savingHabits, savingRanks } from '../../plan/jobs/training.js';
import type { TrainingCheckpoints } from '../../record/training-record.js';
import { CheckpointLog } from '../../training/checkpoints/checkpoint-log.js';
import { MachineCheckpointLog } from '../../training/checkpoints/common-checkpoints.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import type { Clock } from '../core/clock.js';
import { SpanLog } from './span-log.js';
import { END_OF_TRAINING, type TrainingBoard } from './training-board.js';
import { publishTask, saveTask } from './training-saver.js';

/** The parts of a training that its checkpoints need. */
interface Training {
  readonly board: TrainingBoard;
  readonly clock: Clock;
  /** Sleeps. Returns false after a stop request. */
  sleepUntil(untilNs: number): boolean;
  /** Publishes what was measured. Returns false after a stop request. */
  tick(): boolean;
}

interface OpenCheckpoint {
  readonly dueNs: number;
  readonly beganNs: number;
  readonly resumedNs: number;
  isPublishing: boolean;
}

/** When the accelerators save, and what the savers have been told. One saver writes for each accelerator. */
export class AcceleratorCheckpoints {
  readonly spans = new SpanLog(null);
  readonly times: MachineCheckpointLog;
  readonly #training: Training;
  readonly #job: TrainingJob;
  readonly #log = new CheckpointLog();
  readonly #firstSaver: number;
  readonly #places: number[];
  readonly #publishes: boolean;
  /** Counts from 1. */
  #checkpoint = 0;
  /** The one that is being written. */
  #open: OpenCheckpoint | null = null;

  constructor(training: Training, job: TrainingJob) {
    this.#training = training;
    this.#job = job;
    this.times = new MachineCheckpointLog(job.checkpointMode);
    this.#firstSaver = job.numjobs * loadersOf(job);
    this.#places = new Array<number>(job.numjobs).fill(0);
    this.#publishes = savingHabits(job).publish !== 'none';
  }

  /** @param steps since the training began */
  isDueAfterStep(steps: number): boolean {
    const { stepsBetween } = this.#job;
    return stepsBetween !== null && steps % stepsBetween === 0;
  }

  /** @param epoch from 1 */
  isDueAfterEpoch(epoch: number): boolean {
    const { epochsBetween, firstSavedEpoch } = this.#job;
    return epochsBetween !== null && epoch >= firstSavedEpoch && (epoch - firstSavedEpoch) % epochsBetween === 0;
  }

  /** Lets the first saver publish a checkpoint that all have written. Called now and then. */
  publishIfSaved(): void {
    const { board } = this.#training;
    if (!this.#publishes || this.#open === null || this.#open.isPublishing) return;
    const lasts = this.#places.map((places, rank) => [this.#firstSaver + rank, places - 1] as const);
    if (!lasts.every(([saver, place]) => board.isDone(saver, place))) return;
    this.#open.isPublishing = true;
    const savedNs = Math.max(...lasts.map(([saver, place]) => board.batchAt(saver, place).readyNs));
    this.#deal(0, publishTask(this.#checkpoint), savedNs);
  }

  addStep(startNs: number, endNs: number): void {
    this.#log.addStep(startNs, endNs);
  }

  /** Saves a checkpoint. Returns when training goes on, ns; null after a stop request. */
  save(): number | null {
    const { clock } = this.#training;
    const dueNs = clock.now();
    if (!this.#complete()) return null;
    this.#checkpoint++;
    const beganNs = clock.now();
    const isAsync = this.#job.checkpointMode === 'async';
    if (isAsync) {
      const { count } = savingRanks(this.#job);
      const copyNs = (savingBytes(this.#job) / Math.max(1, count) / this.#job.stagingBytesPerSecond) * 1e9;
      if (!this.#training.sleepUntil(Math.round(clock.now() + copyNs))) return null;
    }
    const resumedNs = clock.now();
    for (let rank = 0; rank < this.#places.length; rank++) this.#deal(rank, saveTask(this.#checkpoint), resumedNs);
    this.#open = { dueNs, beganNs, resumedNs, isPublishing: false };
    if (!isAsync && !this.#complete()) return null;
    return clock.now();
  }

  /** Ends the last checkpoint, lets the savers go, and returns the sums. */
  close(): TrainingCheckpoints {
    this.#complete();
    for (let rank = 0; rank < this.#places.length; rank++)
      this.#deal(rank, END_OF_TRAINING, this.#training.clock.now());
    const { checkpointMode: mode, writer } = this.#job;
    return Object.assign({ writer, mode, bytes: savingBytes(this.#job) }, this.#log.sums());
  }

  /** Waits until the last checkpoint is complete. Returns false after a stop request. */
  #complete(): boolean {
    if (this.#open === null) return true;
    const { clock } = this.#training;
    const savedNs = this.#waitFor(this.#places.keys());
    this.publishIfSaved();
    const publishedNs = savedNs === null ? null : this.#waitFor([0]);
    if (savedNs === null || publishedNs === null) return false;
    const endNs = Math.max(savedNs, publishedNs);
    const { dueNs, beganNs, resumedNs } = this.#open;
    this.#open = null;
    const isAsync = this.#job.checkpointMode === 'async';
    const blockedUntilNs = isAsync ? resumedNs : endNs;
    // In the background, it may have been complete long ago.
    clock.waitUntil(endNs);
    this.#log.addCheckpoint(dueNs, blockedUntilNs, endNs);
    // Savers remove an old checkpoint beside the training.
    this.times.add({ dueNs, beganNs, copiedNs: isAsync ? resumedNs : beganNs, endNs, freeNs: endNs });
    this.spans.add(this.#checkpoint, 'blocked', dueNs, blockedUntilNs);
    return true;
  }

  /** Waits until ranks have done what they were given. Returns when the last one had, ns; null after a stop request. */
  #waitFor(ranks: Iterable<number>): number | null {
    const { board } = this.#training;
    let lastNs = 0;
    for (const rank of ranks) {
      const [saver, place] = [this.#firstSaver + rank, (this.#places[rank] as number) - 1];
      for (let seen = board.signal; !board.isDone(saver, place); seen = board.signal) {
        if (!this.#training.tick()) return null;
        board.waitForBatch(seen);
      }
      lastNs = Math.max(lastNs, board.batchAt(saver, place).readyNs);
    }
    return lastNs;
  }

  #deal(rank: number, task: number, atNs: number): void {
    const place = this.#places[rank] as number;
    this.#places[rank] = place + 1;
    this.#training.board.deal(this.#firstSaver + rank, place, task, atNs);
    this.#training.board.announce();
  }
}
