import { createPrng } from '../../base/prng.js';
import { Batch, READ } from '../../plan/batch.js';
import { largestBlockBytes } from '../../plan/blocks.js';
import { LengthMix } from '../../plan/mix.js';
import type { DataFile } from '../../plan/plan.js';
import type { MachineCheckpoints } from '../../training/checkpoints/common-checkpoints.js';
import { RESTORE_READERS } from '../../workload/checkpoint-writers.js';
import type { CheckpointRestoreJob } from '../../workload/workload.js';
import { CELL } from '../core/counters.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import type { JobProgram, Program, ProgramContext } from './job-program.js';
import { SpanLog } from './span-log.js';
import { drainStretch, SLOT } from './whole-files.js';

/**
 * One thread of a training process that restarts: reads its files whole, one after another, or its part of each. The time of
 * the restore ends when the last worker is done.
 */
class CheckpointRestoreProgram implements Program {
  readonly spans: SpanLog;
  readonly #context: ProgramContext;
  readonly #job: CheckpointRestoreJob;
  readonly #drain: CallDrain;
  readonly #batch = new Batch();
  #isWhole = false;
  #restoredNs: number | null = null;

  constructor(context: ProgramContext, job: CheckpointRestoreJob) {
    this.spans = new SpanLog(context.task.worker);
    this.#context = context;
    this.#job = job;
    const { backend, meter, content } = context;
    this.#drain = new CallDrain(backend, meter, content, { ...PLAIN_DRAIN, verify: job.verify });
  }

  prepare(): void {}

  get checkpoints(): MachineCheckpoints | undefined {
    if (this.#job.part === undefined || this.#restoredNs === null) return undefined;
    return { mode: 'sync', pausesNs: [0], copiesNs: [0], writesNs: [this.#restoredNs], removalsNs: [0] };
  }

  run(): null {
    const { task, files, backend, meter } = this.#context;
    const lengths = new LengthMix(this.#job.bs, createPrng(task.seed, task.worker));
    for (const file of files) {
      const [startNs, bytesBefore] = [backend.clock.now(), meter.readBytes];
      const isEnd = !this.#read(file, lengths);
      if (meter.readBytes - bytesBefore !== this.#partOf(file).lengthBytes) return null;
      this.spans.timed(this.#context, RESTORED, 'close', () => backend.close(SLOT));
      meter.record('file', backend.clock.now() - startNs);
      if (isEnd) return null;
    }
    this.#isWhole = true;
    return null;
  }

  /** Opens a file and reads this thread's part of it. Returns false when the worker must end. */
  #read(file: DataFile, lengths: LengthMix): boolean {
    const { backend, content } = this.#context;
    const { advises } = RESTORE_READERS[this.#job.reader];
    const { startBytes, lengthBytes } = this.#partOf(file);
    content.take(file);
    const mode = { write: false, create: false, direct: this.#job.direct };
    this.spans.timed(this.#context, RESTORED, 'open', () => backend.open(SLOT, file.path, mode));
    if (advises) backend.advise(SLOT, 'random', startBytes, lengthBytes);
    const goesOn = this.spans.during(RESTORED, 'read', backend.clock, () =>
      drainStretch(this.#drain, this.#batch, READ, SLOT, startBytes, lengthBytes, lengths),
    );
    if (advises) backend.advise(SLOT, 'dontneed', startBytes, lengthBytes);
    return goesOn;
  }

  /** Returns the part of a file that this thread reads: whole calls, or whole blocks of files that are shorter. */
  #partOf({ bytes }: DataFile): { readonly startBytes: number; readonly lengthBytes: number } {
    const { thread, threads } = this.#context.task;
    const unit = Math.min(largestBlockBytes(this.#job), PART_BYTES);
    const endOf = (part: number) => Math.min(bytes, Math.ceil((bytes * part) / threads / unit) * unit);
    const startBytes = endOf(thread);
    return { startBytes, lengthBytes: endOf(thread + 1) - startBytes };
  }

  /** Records the time of the whole restore: until the end of the slowest thread, of all workers. */
  complete(): void {
    const { task, counters, backend, meter } = this.#context;
    if (!this.#isWhole || counters.meet(task.worker, backend.clock) === null || task.worker !== 0) return;
    let lastNs = 0;
    for (let worker = 0; worker < counters.workers; worker++)
      lastNs = Math.max(lastNs, counters.cellsOf(worker)[CELL.nowNs] as number);
    meter.record('checkpoint', lastNs);
    this.#restoredNs = Math.round(lastNs);
  }
}

/** A restore loads one checkpoint. */
const RESTORED = 1;

/** Parts of a file begin at multiples of this, which direct I/O takes on usual devices. */
const PART_BYTES = 4096;

export const checkpointRestoreProgram: JobProgram<CheckpointRestoreJob> = {
  create: (context, job) => new CheckpointRestoreProgram(context, job),
  rehearsal: () => ({}),
};
