import { Batch, type Pattern, READ, WRITE } from '../plan/batch.js';
import { createSchedule } from '../plan/pacing.js';
import { createPattern } from '../plan/patterns.js';
import type { IoJob } from '../workload/workload.js';
import { Drain } from './drain.js';
import { type Program, type ProgramContext, timed } from './program.js';

/** Laid-out content is generation 0, so a write that was lost shows as old content. */
const FIRST_WRITTEN_GENERATION = 1;

/** For a worker without a share of the files: every pass is over at once. */
const NO_BLOCKS: Pattern = {
  pass: 0,
  fill: (batch) => {
    batch.count = 0;
    return false;
  },
};

/** fio's kind of job: blocks in some order, until the bytes or the time are used up. */
export class IoProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: IoJob;
  readonly #batch = new Batch();
  readonly #pattern: Pattern;
  readonly #writes: boolean;

  constructor(context: ProgramContext, job: IoJob) {
    this.#context = context;
    this.#job = job;
    this.#pattern = context.task.extents.length === 0 ? NO_BLOCKS : this.#newPattern();
    this.#writes = job.rw !== 'read' && job.rw !== 'randread';
  }

  #newPattern(): Pattern {
    const { task } = this.#context;
    return createPattern(this.#job, task.extents, task.seed, task.worker);
  }

  prepare(): void {
    const { task, backend } = this.#context;
    const mode = { write: this.#writes, create: !task.laidOut, direct: this.#job.direct };
    task.files.forEach((file, slot) => {
      timed(this.#context, 'open', () => backend.open(slot, file.path, mode));
    });
  }

  run(): null {
    const job = this.#job;
    const { task, backend, meter, content } = this.#context;
    const drain = new Drain(backend, meter, content, {
      schedule: createSchedule(job, task.seed, task.worker),
      thinktimeNs: job.thinktimeNs,
      thinktimeBlocks: job.thinktimeBlocks,
      refill: this.#writes && (job.refillBuffers || job.verify),
      verify: job.verify && !this.#writes,
      fsync: job.fsync,
      fdatasync: job.fdatasync,
    });
    while (this.#fill() && drain.run(this.#batch, this.#generation()));
    if (this.#writes && job.endFsync) {
      task.files.forEach((_, slot) => {
        timed(this.#context, 'fsync', () => backend.sync(slot, false));
      });
    }
    return null;
  }

  /** Reads find generation 0. Writes carry one per pass, so that no pass repeats data that the storage holds. */
  #generation(): number {
    if (!this.#writes) return 0;
    return FIRST_WRITTEN_GENERATION + (this.#job.verify ? 0 : this.#pattern.pass);
  }

  /** The next operations of the job; false when its bytes are used up. */
  #fill(): boolean {
    const { timeBased, ioSizeBytes } = this.#job;
    if (!this.#pattern.fill(this.#batch)) {
      if (!timeBased && ioSizeBytes === null) return false;
      if (!this.#pattern.fill(this.#batch)) return false;
    }
    if (ioSizeBytes === null || timeBased) return true;
    const { readBytes, writeBytes } = this.#context.meter;
    return cutTo(this.#batch, ioSizeBytes - readBytes - writeBytes);
  }

  complete(): void {
    if (this.#writes && this.#job.verify) this.#verifyWritten();
    const { task, backend } = this.#context;
    task.files.forEach((_, slot) => {
      timed(this.#context, 'close', () => backend.close(slot));
    });
  }

  /** The pattern once more from its start: what it wrote, as far as it came, must be there. */
  #verifyWritten(): void {
    const { meter, backend, content } = this.#context;
    const again = this.#newPattern();
    let left = meter.readOps + meter.writeOps;
    const batch = this.#batch;
    while (left > 0 && again.fill(batch)) {
      for (let i = 0; i < batch.count && left > 0; i++, left--) {
        if (batch.kind[i] !== WRITE) continue;
        const slot = batch.file[i] as number;
        const offsetBytes = batch.offsetBytes[i] as number;
        const bytes = batch.lengthBytes[i] as number;
        backend.transfer(READ, slot, offsetBytes, bytes, content.dataAt);
        content.check(slot, offsetBytes, bytes, FIRST_WRITTEN_GENERATION);
      }
    }
  }
}

/** Drops the operations that would go past `leftBytes`. False when none is left. */
function cutTo(batch: Batch, leftBytes: number): boolean {
  let left = leftBytes;
  let count = 0;
  while (count < batch.count && left >= (batch.lengthBytes[count] as number))
    left -= batch.lengthBytes[count++] as number;
  batch.count = count;
  return count > 0;
}
