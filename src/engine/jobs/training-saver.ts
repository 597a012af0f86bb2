import { boardShapeOf, savingFiles, savingHabits } from '../../plan/jobs/training.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import { BoardTasks, NOTHING_MADE } from './board-tasks.js';
import { listedFiles } from './checkpoint-files.js';
import { CheckpointSaver } from './checkpoint-saver.js';
import type { Program, ProgramContext } from './job-program.js';
import { SpanLog } from './span-log.js';
import { TrainingBoard } from './training-board.js';

/** Tasks of savers: a checkpoint counts from 1. The first saver publishes it when all have written it. */
export const saveTask = (checkpoint: number): number => 2 * checkpoint;
export const publishTask = (checkpoint: number): number => 2 * checkpoint + 1;

/** Writes the checkpoints of one accelerator, when it is told to. */
export class SaverProgram implements Program {
  readonly spans: SpanLog;
  readonly #tasks: BoardTasks;
  readonly #saver: CheckpointSaver;

  /** @param rank the accelerator */
  constructor(context: ProgramContext, job: TrainingJob, rank: number) {
    const { task } = context;
    this.#tasks = new BoardTasks(context, new TrainingBoard(task.shared as SharedArrayBuffer, boardShapeOf(job)));
    const files = listedFiles(savingFiles(job, rank), { seed: task.seed, rank });
    this.spans = new SpanLog(rank);
    this.#saver = new CheckpointSaver(context, savingHabits(job), files, this.spans);
  }

  prepare(): void {}

  run(): null {
    for (let next = this.#tasks.next(); next !== null; next = this.#tasks.next()) {
      const checkpoint = Math.floor(next / 2);
      const isSave = next === saveTask(checkpoint);
      if (!(isSave ? this.#saver.save(checkpoint) : this.#saver.publish(checkpoint))) break;
      this.#tasks.finish(NOTHING_MADE);
      // Not part of the checkpoint's time. The last but one is complete, since this one was begun after it.
      if (isSave && checkpoint > 1) this.#saver.remove(checkpoint - 1);
    }
    return null;
  }

  complete(): void {}
}
