import type { ProgramContext } from './job-program.js';
import { END_OF_TRAINING, type ReadyBatch, type TrainingBoard } from './training-board.js';

/** What a task makes that makes no batch. */
export const NOTHING_MADE = { samples: 0, sampleBytes: 0, readBytes: 0 };

/** What one thread is given over the board of a training, one task after the other. */
export class BoardTasks {
  readonly #context: ProgramContext;
  readonly #board: TrainingBoard;
  /** Counts what was given and is done. */
  #done = 0;

  constructor(context: ProgramContext, board: TrainingBoard) {
    this.#context = context;
    this.#board = board;
  }

  /** Waits for the next task, and returns it; null at the end of the training, and after a stop request. */
  next(): number | null {
    const { backend, task } = this.#context;
    if (!this.#isGiven()) {
      this.#board.idle(task.worker, null);
      return null;
    }
    const next = this.#board.taskAt(task.worker, this.#done);
    // A virtual clock is behind; and a training process gives the next task when it has taken a batch over.
    backend.clock.waitUntil(this.#board.dealtAt(task.worker, this.#done));
    if (next !== END_OF_TRAINING) return next;
    this.#board.idle(task.worker, null);
    return null;
  }

  /** Says that the task is done now, and what was made of it. */
  finish(made: Omit<ReadyBatch, 'readyNs'>): void {
    const { backend, task } = this.#context;
    this.#board.finish(task.worker, this.#done++, Object.assign({ readyNs: backend.clock.now() }, made));
  }

  #isGiven(): boolean {
    const { backend, task, meter, counters } = this.#context;
    while (!this.#board.isDealt(task.worker, this.#done)) {
      if (counters.stopRequested) return false;
      this.#board.idle(task.worker, this.#done);
      this.#board.waitForTask(task.worker, this.#done);
      const nowNs = backend.clock.now();
      if (meter.isDue(nowNs)) meter.tick(nowNs);
    }
    return !counters.stopRequested;
  }
}
