import { Batch, type Pattern, READ, WRITE } from '../../plan/batch.js';
import { isMixed, largestBlockBytes } from '../../plan/blocks.js';
import { createSchedule, type Schedule } from '../../plan/pacing.js';
import { bytesToMove, createPattern } from '../../plan/patterns.js';
import type { IoJob } from '../../workload/workload.js';
import type { WorkerTask } from '../core/protocol.js';
import type { Drain, DrainOptions } from '../drains/drain.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';

/** Laid-out content is generation 0, so a lost write is detected as old content. */
const FIRST_WRITTEN_GENERATION = 1;

/** The pattern of a worker without files: every pass is empty. */
const NO_BLOCKS: Pattern = {
  pass: 0,
  fill: (batch) => {
    batch.count = 0;
    return false;
  },
};

/** A job in the style of fio: reads or writes blocks in some order, until the bytes are moved or the time is over. */
export class IoProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: IoJob;
  readonly #batch = new Batch();
  readonly #pattern: Pattern;
  readonly #writes: boolean;
  readonly #schedule: Schedule | null;
  /** Index of this thread's first operation in the next batch. */
  #firstOwn: number;
  /** Bytes after which the job ends, of all its threads; null: it ends after a pass, or when the time is over. */
  readonly #limitBytes: number | null;
  /** Bytes planned for all threads of the job. */
  #plannedBytes = 0;
  #drain: Drain | null = null;

  constructor(context: ProgramContext, job: IoJob) {
    this.#context = context;
    this.#job = job;
    this.#pattern = context.extents.length === 0 ? NO_BLOCKS : this.#newPattern();
    this.#limitBytes = job.timeBased ? null : (job.ioSizeBytes ?? bytesToMove(job, context.extents));
    this.#writes = job.rw !== 'read' && job.rw !== 'randread';
    this.#schedule = createSchedule(job, context.task.seed, jobIndexOf(context.task));
    this.#firstOwn = context.task.thread;
  }

  #newPattern(): Pattern {
    const { task, extents } = this.#context;
    // All threads of a job use the same pattern.
    return createPattern(this.#job, [...extents], task.seed, jobIndexOf(task));
  }

  prepare(): void {
    const { task, backend, content } = this.#context;
    const mode = { write: this.#writes, create: !task.laidOut, direct: this.#job.direct };
    content.files.forEach((file, slot) => {
      timed(this.#context, 'open', () => backend.open(slot, file.path, { ...mode, preallocate: file }));
    });
    this.#drain = this.#newDrain();
  }

  #newDrain(): Drain {
    const job = this.#job;
    const { files, createDrain, meter, content } = this.#context;
    const options: DrainOptions = {
      paced: this.#schedule !== null,
      ignoresPauses: job.rateIgnoreThinktime,
      thinktimeNs: job.thinktimeNs,
      thinktimeBlocks: job.thinktimeBlocks,
      refill: this.#writes && (job.refillBuffers || job.verify),
      verify: job.verify && !this.#writes,
      fsync: job.fsync,
      fdatasync: job.fdatasync,
    };
    return createDrain(meter, content, options, {
      files: files.length,
      maxBlockBytes: largestBlockBytes(job),
      direct: job.direct,
    });
  }

  run(): null {
    const { content, backend } = this.#context;
    const drain = this.#drain as Drain;
    while (this.#fill() && drain.run(this.#batch, this.#generation()));
    drain.finish();
    if (this.#writes && this.#job.endFsync) {
      content.files.forEach((_, slot) => {
        timed(this.#context, 'fsync', () => backend.sync(slot, false));
      });
    }
    return null;
  }

  /** Returns 0 for reads. Writes have one generation per pass, so that no pass writes data that is already there. */
  #generation(): number {
    if (!this.#writes) return 0;
    return FIRST_WRITTEN_GENERATION + (this.#job.verify ? 0 : this.#pattern.pass);
  }

  /** Fills the batch with this thread's next operations. Returns false when the job's bytes are used up. */
  #fill(): boolean {
    const { threads } = this.#context.task;
    const batch = this.#batch;
    do {
      if (!this.#fillForJob()) return false;
      if (this.#schedule !== null) stamp(batch, this.#schedule);
      if (threads > 1) this.#firstOwn = batch.keepEvery(threads, this.#firstOwn);
    } while (batch.count === 0);
    return true;
  }

  #fillForJob(): boolean {
    const limitBytes = this.#limitBytes;
    if (!this.#pattern.fill(this.#batch)) {
      if (!this.#job.timeBased && limitBytes === null) return false;
      if (!this.#pattern.fill(this.#batch)) return false;
    }
    if (limitBytes === null) return true;
    const planned = this.#batch.count;
    const keptBytes = cutTo(this.#batch, limitBytes - this.#plannedBytes);
    // The job ends with the first operation that does not fit, even if a shorter one would.
    this.#plannedBytes = this.#batch.count < planned ? limitBytes : this.#plannedBytes + keptBytes;
    return keptBytes > 0;
  }

  complete(): void {
    if (this.#writes && this.#job.verify) this.#verifyWritten();
    const { content, backend } = this.#context;
    content.files.forEach((_, slot) => {
      timed(this.#context, 'close', () => backend.close(slot));
    });
  }

  /** Repeats the pattern from its start, and checks every block that the job has written. */
  #verifyWritten(): void {
    const { meter, backend, content, task } = this.#context;
    const again = this.#newPattern();
    let left = meter.readOps + meter.writeOps;
    const batch = this.#batch;
    let firstOwn = task.thread;
    // A pass writes every block once, unless blocks of several lengths share a slot.
    const fill = (): boolean => again.fill(batch) || (isMixed(this.#job) && again.fill(batch));
    while (left > 0 && fill()) {
      firstOwn = batch.keepEvery(task.threads, firstOwn);
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

/** Returns the index of the worker's job, from 0. All threads of a job use the same pattern. */
function jobIndexOf(task: Pick<WorkerTask, 'worker' | 'thread' | 'threads'>): number {
  return (task.worker - task.thread) / task.threads;
}

/** Sets the due time of each operation in the batch. */
function stamp(batch: Batch, schedule: Schedule): void {
  for (let i = 0; i < batch.count; i++) batch.dueNs[i] = schedule.nextDueNs(batch.lengthBytes[i] as number);
}

/** Drops operations that would exceed `leftBytes`. Returns the bytes of the remaining ones. */
function cutTo(batch: Batch, leftBytes: number): number {
  let bytes = 0;
  let count = 0;
  while (count < batch.count && bytes + (batch.lengthBytes[count] as number) <= leftBytes)
    bytes += batch.lengthBytes[count++] as number;
  batch.count = count;
  return bytes;
}

export const ioProgram: JobProgram<IoJob> = {
  create: (context, job) => new IoProgram(context, job),
  rehearsal: ({ rw, rwmixread, randomDistribution, norandommap, refillBuffers, madvise, iodepth }) => ({
    rw,
    rwmixread,
    randomDistribution,
    norandommap,
    refillBuffers,
    madvise,
    iodepth,
  }),
};
