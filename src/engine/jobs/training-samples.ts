import { createPrng } from '../../base/prng.js';
import { Batch, READ } from '../../plan/batch.js';
import { LengthMix } from '../../plan/mix.js';
import type { DataFile } from '../../plan/plan.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import { type ProgramContext, timed } from './job-program.js';
import { drainStretch, SLOT } from './whole-files.js';

/** Reads samples: each file is opened, read whole and closed. */
export class TrainingSamples {
  readonly #context: ProgramContext;
  readonly #drain: CallDrain;
  readonly #batch = new Batch();
  readonly #lengths: LengthMix;

  constructor(context: ProgramContext, job: TrainingJob) {
    this.#context = context;
    const { backend, meter, content, task } = context;
    this.#drain = new CallDrain(backend, meter, content, PLAIN_DRAIN);
    this.#lengths = new LengthMix(job.bs, createPrng(task.seed, task.worker));
  }

  beginEpoch(): void {}

  /** Reads a sample. Returns its bytes. */
  read(index: number, _sample: number): number {
    const { files, task, backend, content } = this.#context;
    const file = files.at(index) as DataFile;
    content.take(file);
    const mode = { write: false, create: false, direct: false, opening: task.opening };
    timed(this.#context, 'open', () => backend.open(SLOT, file.path, mode));
    drainStretch(this.#drain, this.#batch, READ, SLOT, 0, file.bytes, this.#lengths);
    timed(this.#context, 'close', () => backend.close(SLOT));
    return file.bytes;
  }

  close(): void {}
}
