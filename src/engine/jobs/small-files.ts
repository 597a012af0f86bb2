import { Batch, READ } from '../../plan/batch.js';
import { fileOrder } from '../../plan/file-order.js';
import type { DataFile } from '../../plan/plan.js';
import type { SmallFilesJob } from '../../workload/workload.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';
import { chunkBytesOf, drainStretch, SLOT } from './whole-files.js';

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
    const { task, files, backend, meter, content } = this.#context;
    const drain = new CallDrain(backend, meter, content, { ...PLAIN_DRAIN, verify: this.#job.verify });
    let pass = 0;
    do {
      const order = fileOrder(files.length, this.#job.shuffle, task.seed + task.worker, pass++);
      for (const index of order) {
        if (!this.#readFile(drain, files.at(index) as DataFile)) return null;
      }
    } while (this.#job.timeBased && files.length > 0);
    return null;
  }

  #readFile(drain: CallDrain, file: DataFile): boolean {
    const { backend, meter, content } = this.#context;
    const { bs, direct } = this.#job;
    content.take(file);
    const [startNs, bytesBefore] = [backend.clock.now(), meter.readBytes];
    timed(this.#context, 'open', () => backend.open(SLOT, file.path, { write: false, create: false, direct }));
    const whole = drainStretch(drain, this.#batch, READ, SLOT, 0, file.bytes, chunkBytesOf(bs));
    timed(this.#context, 'close', () => backend.close(SLOT));
    // The last read of a file may be the worker's last one, too.
    if (meter.readBytes - bytesBefore === file.bytes) meter.record('file', backend.clock.now() - startNs);
    return whole;
  }

  complete(): void {}
}

export const smallFilesProgram: JobProgram<SmallFilesJob> = {
  create: (context, job) => new SmallFilesProgram(context, job),
  rehearsal: () => ({}),
};
