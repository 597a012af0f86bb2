import { boardShapeOf, savingFiles, savingHabits } from '../../plan/jobs/training.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import { listedFiles } from './checkpoint-files.js';
import { CheckpointSaver } from './checkpoint-saver.js';
import type { Program, ProgramContext } from './job-program.js';
import { END_OF_TRAINING, TrainingBoard } from './training-board.js';

/** Tasks of savers: a checkpoint counts from 1. The first saver publishes it when all have written it. */
export const saveTask = (checkpoint: number): number => 2 * checkpoint;
export const publishTask = (checkpoint: number): number => 2 * checkpoint + 1;

const NOTHING_READ = { samples: 0, sampleBytes: 0, readBytes: 0 };

/** Writes the checkpoints of one accelerator, when it is told to. */
export class SaverProgram implements Program {
  readonly #context: ProgramContext;
  readonly #board: TrainingBoard;
  readonly #saver: CheckpointSaver;
  /** Counts what it was given. */
  #given = 0;

  /** @param rank the accelerator */
  constructor(context: ProgramContext, job: TrainingJob, rank: number) {
    const { task } = context;
    this.#context = context;
    this.#board = new TrainingBoard(task.shared as SharedArrayBuffer, boardShapeOf(job));
    const files = listedFiles(savingFiles(job, rank), { seed: task.seed, rank });
    this.#saver = new CheckpointSaver(context, savingHabits(job), files);
  }

  prepare(): void {}

  run(): null {
    const { backend, task } = this.#context;
    for (; this.#isGiven(); this.#given++) {
      const next = this.#board.taskAt(task.worker, this.#given);
      backend.clock.waitUntil(this.#board.dealtAt(task.worker, this.#given));
      if (next === END_OF_TRAINING) break;
      const checkpoint = Math.floor(next / 2);
      const isSave = next === saveTask(checkpoint);
      if (!(isSave ? this.#saver.save(checkpoint) : this.#saver.publish(checkpoint))) break;
      const done = { readyNs: backend.clock.now() };
      this.#board.finish(task.worker, this.#given, Object.assign(done, NOTHING_READ));
      // Not part of the checkpoint's time. The last but one is complete, since this one was begun after it.
      if (isSave && checkpoint > 1) this.#saver.remove(checkpoint - 1);
    }
    return null;
  }

  complete(): void {}

  /** Waits for the next task. Returns false after a stop request. */
  #isGiven(): boolean {
    const { backend, task, meter, counters } = this.#context;
    while (!this.#board.isDealt(task.worker, this.#given)) {
      if (counters.stopRequested) return false;
      this.#board.waitForTask(task.worker, this.#given);
      const nowNs = backend.clock.now();
      if (nowNs >= meter.nextTickNs) meter.tick(nowNs);
    }
    return !counters.stopRequested;
  }
}
