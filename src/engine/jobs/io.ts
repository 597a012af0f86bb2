import { Batch, type Pattern, READ, WRITE } from '../../plan/batch.js';
import { isMixed, largestBlockBytes } from '../../plan/blocks.js';
import { createSchedule, type Schedule } from '../../plan/pacing.js';
import { bytesToMove, createPattern } from '../../plan/patterns.js';
import type { DataFile, Extent } from '../../plan/plan.js';
import type { IoJob } from '../../workload/workload.js';
import { IoFault } from '../core/backend.js';
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
  #pattern: Pattern = NO_BLOCKS;
  readonly #writes: boolean;
  readonly #schedule: Schedule | null;
  /** Index of this thread's first operation in the next batch. */
  #firstOwn: number;
  /** The files that were opened, by slot. */
  #files: readonly DataFile[] = [];
  #extents: readonly Extent[] = [];
  /** By slot: files of the user's that became shorter. Nothing more is read from them. */
  readonly #left = new Set<number>();
  /** Bytes after which the job ends, of all its threads; null: it ends after a pass, or when the time is over. */
  readonly #limitBytes: number | null;
  /** Bytes planned for all threads of the job. */
  #plannedBytes = 0;
  #drain: Drain | null = null;

  constructor(context: ProgramContext, job: IoJob) {
    this.#context = context;
    this.#job = job;
    this.#limitBytes = job.timeBased ? null : bytesToMove(job, context.extents);
    this.#writes = job.rw !== 'read' && job.rw !== 'randread';
    this.#schedule = createSchedule(job, context.task.seed, jobIndexOf(context.task));
    this.#firstOwn = context.task.thread;
  }

  #newPattern(): Pattern {
    const { task } = this.#context;
    if (this.#extents.length === 0) return NO_BLOCKS;
    // All threads of a job use the same pattern.
    return createPattern(this.#job, this.#extents, task.seed, jobIndexOf(task), task.opening != null);
  }

  prepare(): void {
    const { task, backend, content, extents, missed } = this.#context;
    const { opening } = task;
    const mode = { write: this.#writes, create: !task.laidOut, direct: this.#job.direct, opening };
    const slots = new Map<number, number>();
    const opened: DataFile[] = [];
    for (const [number, file] of content.files.entries()) {
      try {
        timed(this.#context, 'open', () => backend.open(opened.length, file.path, { ...mode, preallocate: file }));
        slots.set(number, opened.length);
        opened.push(file);
      } catch (thrown) {
        if (opening == null) throw thrown;
        missed.take(thrown, file.path);
      }
    }
    if (opened.length === 0 && missed.fault !== null) throw missed.fault;
    this.#files = opened;
    this.#extents = slots.size === content.files.length ? [...extents] : moved(extents, slots);
    this.#pattern = this.#newPattern();
    this.#drain = this.#newDrain();
  }

  #newDrain(): Drain {
    const job = this.#job;
    const { createDrain, meter, content } = this.#context;
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
      files: this.#files.length,
      maxBlockBytes: largestBlockBytes(job),
      direct: job.direct,
    });
  }

  run(): null {
    const { backend } = this.#context;
    const drain = this.#drain as Drain;
    while (this.#fill() && this.#drained(drain));
    this.#finish(drain);
    if (this.#writes && this.#job.endFsync) {
      this.#files.forEach((_, slot) => {
        timed(this.#context, 'fsync', () => backend.sync(slot, false));
      });
    }
    return null;
  }

  /** Executes the batch. A file of the user's that became shorter is left from then on, with what is left of the batch. */
  #drained(drain: Drain): boolean {
    if (this.#left.size > 0) keepOthers(this.#batch, this.#left);
    try {
      return drain.run(this.#batch, this.#generation());
    } catch (thrown) {
      this.#leave(thrown);
      return true;
    }
  }

  #finish(drain: Drain): void {
    try {
      drain.finish();
    } catch (thrown) {
      this.#leave(thrown);
      this.#finish(drain);
    }
  }

  #leave(thrown: unknown): void {
    const { task, missed } = this.#context;
    const path = thrown instanceof IoFault ? thrown.fault.path : null;
    const slot = this.#files.findIndex((file) => file.path === path);
    if (task.opening == null || slot < 0) throw thrown;
    missed.take(thrown, path as string);
    this.#left.add(slot);
    if (this.#left.size === this.#files.length) throw thrown;
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
    const { backend } = this.#context;
    this.#files.forEach((_, slot) => {
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

/** Returns the extents of the files that were opened, in their slots. */
function moved(extents: Iterable<Extent>, slots: ReadonlyMap<number, number>): Extent[] {
  return [...extents].flatMap((extent) => {
    const file = slots.get(extent.file);
    return file === undefined ? [] : [{ ...extent, file }];
  });
}

/** Removes the operations on some slots from a batch. */
function keepOthers(batch: Batch, slots: ReadonlySet<number>): void {
  let count = 0;
  for (let i = 0; i < batch.count; i++) {
    if (slots.has(batch.file[i] as number)) continue;
    batch.file[count] = batch.file[i] as number;
    batch.offsetBytes[count] = batch.offsetBytes[i] as number;
    batch.lengthBytes[count] = batch.lengthBytes[i] as number;
    batch.kind[count] = batch.kind[i] as number;
    batch.dueNs[count++] = batch.dueNs[i] as number;
  }
  batch.count = count;
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
