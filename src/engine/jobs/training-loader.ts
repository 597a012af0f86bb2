import { createPrng } from '../../base/prng.js';
import {
  boardShapeOf,
  firstAccelerator,
  loadersOf,
  sampleIndexOf,
  samplerSettingsOf,
} from '../../plan/jobs/training.js';
import { drawTime } from '../../training/draw-time.js';
import { createSampler, type LoaderPlace, type Sampler } from '../../training/sampler.js';
import { ENGINES } from '../../workload/engines.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import { ReadingEnded } from '../core/metered-reading.js';
import { BoardTasks, NOTHING_MADE } from './board-tasks.js';
import type { Program, ProgramContext } from './job-program.js';
import { END_OF_EPOCH, LIST_DATASET, TrainingBoard } from './training-board.js';
import { TrainingSamples } from './training-samples.js';

/** One worker of a loader: it makes one batch after another, as it is told, sample by sample. */
export class LoaderProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: TrainingJob;
  readonly #board: TrainingBoard;
  readonly #tasks: BoardTasks;
  readonly #place: LoaderPlace;
  readonly #samples: TrainingSamples;
  #sampler: Sampler | null = null;
  /** Counts from 0; -1 before the first task. */
  #epoch = -1;
  #isBegun = false;

  constructor(context: ProgramContext, job: TrainingJob) {
    const { task } = context;
    this.#context = context;
    this.#job = job;
    this.#board = new TrainingBoard(task.shared as SharedArrayBuffer, boardShapeOf(job));
    this.#tasks = new BoardTasks(context, this.#board);
    const workers = loadersOf(job);
    const rank = firstAccelerator(job, task.partition) + Math.floor(task.worker / workers);
    this.#place = { rank, worker: task.worker % workers };
    this.#samples = new TrainingSamples(context, job);
  }

  prepare(): void {
    const { files, task } = this.#context;
    this.#sampler = createSampler(
      sampleIndexOf(this.#job, files),
      samplerSettingsOf(this.#job, task.seed, task.partition),
    );
    if (!ENGINES[task.backend].virtualClock) this.#samples.rehearse();
  }

  run(): null {
    for (let next = this.#tasks.next(); next !== null; next = this.#tasks.next()) {
      if (next === LIST_DATASET) this.#listDataset();
      else if (next === END_OF_EPOCH) this.#endEpoch();
      else if (this.#board.isCancelled) this.#tasks.finish(NOTHING_MADE);
      else if (!this.#makeBatch(next)) break;
    }
    return null;
  }

  complete(): void {
    this.#samples.close();
  }

  /** Makes a batch. Returns false after a stop request. */
  #makeBatch(task: number): boolean {
    const { backend, meter } = this.#context;
    const { preprocessTime, preprocessBy } = this.#job;
    const { clock } = backend;
    const startNs = clock.now();
    const readBefore = meter.readBytes;
    this.#beginEpoch();
    let samples = 0;
    let sampleBytes = 0;
    const prng = createPrng(this.#context.task.seed, this.#epoch, this.#place.rank, task);
    try {
      (this.#sampler as Sampler).batch(this.#place, task, (file, sample) => {
        sampleBytes += this.#samples.read(file, sample);
        samples++;
        const preprocessNs = drawTime(preprocessTime, prng);
        if (preprocessBy === 'compute') clock.compute(preprocessNs);
        else if (preprocessNs > 0) clock.waitUntil(clock.now() + preprocessNs);
      });
    } catch (thrown) {
      if (thrown instanceof ReadingEnded) return false;
      throw thrown;
    }
    meter.record('batch', clock.now() - startNs);
    this.#tasks.finish({ samples, sampleBytes, readBytes: meter.readBytes - readBefore });
    return true;
  }

  #listDataset(): void {
    this.#samples.list();
    this.#tasks.finish(NOTHING_MADE);
  }

  #beginEpoch(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.#epoch++;
    (this.#sampler as Sampler).beginEpoch(this.#epoch);
  }

  /** A worker that is not persistent ends with its epoch, and what it has open is closed. */
  #endEpoch(): void {
    if (!this.#isBegun) this.#epoch++;
    this.#isBegun = false;
    if (!this.#job.persistentWorkers) this.#samples.close();
    this.#tasks.finish(NOTHING_MADE);
  }
}
