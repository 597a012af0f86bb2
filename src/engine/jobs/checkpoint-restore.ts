import { Batch, READ } from '../../plan/batch.js';
import type { CheckpointRestoreJob } from '../../workload/workload.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';
import { chunkBytesOf, drainStretch, SLOT } from './whole-files.js';

/** One worker of a training job that restarts: reads its shards whole, one after another. */
class CheckpointRestoreProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: CheckpointRestoreJob;

  constructor(context: ProgramContext, job: CheckpointRestoreJob) {
    this.#context = context;
    this.#job = job;
  }

  prepare(): void {}

  run(): null {
    const { files, backend, meter, content } = this.#context;
    const drain = new CallDrain(backend, meter, content, { ...PLAIN_DRAIN, verify: this.#job.verify });
    const batch = new Batch();
    const chunkBytes = chunkBytesOf(this.#job.bs);
    const mode = { write: false, create: false, direct: this.#job.direct };
    for (const file of files) {
      content.take(file);
      const [startNs, bytesBefore] = [backend.clock.now(), meter.readBytes];
      timed(this.#context, 'open', () => backend.open(SLOT, file.path, mode));
      const isEnd = !drainStretch(drain, batch, READ, SLOT, 0, file.bytes, chunkBytes);
      if (meter.readBytes - bytesBefore !== file.bytes) break;
      timed(this.#context, 'close', () => backend.close(SLOT));
      meter.record('file', backend.clock.now() - startNs);
      if (isEnd) break;
    }
    return null;
  }

  complete(): void {}
}

export const checkpointRestoreProgram: JobProgram<CheckpointRestoreJob> = {
  create: (context, job) => new CheckpointRestoreProgram(context, job),
  rehearsal: () => ({}),
};
