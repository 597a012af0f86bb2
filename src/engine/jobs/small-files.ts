import { Batch, READ } from '../../plan/batch.js';
import { fileOrder } from '../../plan/file-order.js';
import type { SmallFilesJob } from '../../workload/workload.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';
import { chunkBytesOf, drainStretch } from './whole-files.js';

/** Opens, reads and closes one file after another, as a loader of single images does. */
class SmallFilesProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: SmallFilesJob;
  readonly #batch = new Batch();

  constructor(context: ProgramContext, job: SmallFilesJob) {
    this.#context = context;
    this.#job = job;
  }

  prepare(): void {}

  run(): null {
    const { task, backend, meter, content } = this.#context;
    const drain = new CallDrain(backend, meter, content, { ...PLAIN_DRAIN, verify: this.#job.verify });
    let pass = 0;
    do {
      const order = fileOrder(task.extents.length, this.#job.shuffle, task.seed + task.worker, pass++);
      for (const index of order) {
        if (!this.#readFile(drain, index)) return null;
      }
    } while (this.#job.timeBased && task.extents.length > 0);
    return null;
  }

  #readFile(drain: CallDrain, index: number): boolean {
    const { task, backend } = this.#context;
    const extent = task.extents[index] as (typeof task.extents)[number];
    const chunkBytes = chunkBytesOf(this.#job.bs);
    const mode = { write: false, create: false, direct: this.#job.direct };
    timed(this.#context, 'open', () => backend.open(extent.file, task.files[extent.file]?.path as string, mode));
    const whole = drainStretch(
      drain,
      this.#batch,
      READ,
      extent.file,
      extent.startBytes,
      extent.lengthBytes,
      chunkBytes,
    );
    timed(this.#context, 'close', () => backend.close(extent.file));
    return whole;
  }

  complete(): void {}
}

export const smallFilesProgram: JobProgram<SmallFilesJob> = {
  create: (context, job) => new SmallFilesProgram(context, job),
  rehearsal: () => ({}),
};
