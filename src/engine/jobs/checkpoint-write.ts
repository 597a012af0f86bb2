import { READ } from '../../plan/batch.js';
import { largestBlockBytes } from '../../plan/blocks.js';
import { MachineCheckpointLog, type MachineCheckpoints } from '../../training/checkpoints/common-checkpoints.js';
import type { SettledCheckpointJob } from '../../workload/jobs/checkpoint-write.js';
import type { CheckpointWriteJob } from '../../workload/workload.js';
import { savedFiles } from './checkpoint-files.js';
import { CheckpointSaver } from './checkpoint-saver.js';
import type { JobProgram, Program, ProgramContext } from './job-program.js';
import { SpanLog } from './span-log.js';
import { SLOT } from './whole-files.js';

/**
 * One worker of a training job that saves its state. It writes its files as its writer does, and the first worker publishes
 * the checkpoint when all have written. The time of a checkpoint ends when the last worker is done.
 *
 * An asynchronous checkpoint is written by this thread, too: the training of the worker is only time that passes. It stands
 * still while the state is copied, and when a checkpoint is due before the last one is written.
 */
class CheckpointWriteProgram implements Program {
  readonly spans: SpanLog;
  readonly #context: ProgramContext;
  readonly #job: SettledCheckpointJob;
  readonly #saver: CheckpointSaver;
  readonly #times: MachineCheckpointLog;
  #written = 0;

  constructor(context: ProgramContext, job: CheckpointWriteJob) {
    this.#context = context;
    this.#job = job as SettledCheckpointJob;
    this.spans = new SpanLog(context.task.worker);
    this.#saver = new CheckpointSaver(context, this.#job, savedFiles(context, job), this.spans);
    this.#times = new MachineCheckpointLog(this.#job.mode);
  }

  prepare(): void {}

  get checkpoints(): MachineCheckpoints | undefined {
    return this.#job.part === undefined || this.#context.task.worker !== 0 ? undefined : this.#times.times();
  }

  run(): number {
    const { backend } = this.#context;
    const { checkpoints, keepLast, intervalNs, mode } = this.#job;
    const isAsync = mode === 'async';
    let busyNs = 0;
    let dueNs = backend.clock.now();
    for (let checkpoint = 1; checkpoint <= checkpoints; checkpoint++) {
      const beganNs = backend.clock.now();
      const copiedNs = isAsync ? this.#stage(checkpoint, dueNs) : beganNs;
      if (copiedNs === null || !this.#save(checkpoint) || this.#meet() === null) break;
      const endNs = backend.clock.now();
      busyNs += endNs - copiedNs;
      if (!isAsync) dueNs = beganNs;
      this.#record('checkpoint', endNs - dueNs);
      this.#written = checkpoint;
      this.#removeOld(checkpoint - keepLast);
      const freeNs = backend.clock.now();
      this.#times.add({ dueNs, beganNs, copiedNs, endNs, freeNs: isAsync ? freeNs : endNs });
      dueNs = (isAsync ? copiedNs : freeNs) + intervalNs;
      if (checkpoint < checkpoints && !this.#waitUntil(dueNs)) break;
    }
    return busyNs;
  }

  /** One worker records for all, because they all waited for the last one. */
  #record(kind: 'checkpoint' | 'blocked', tookNs: number): void {
    if (this.#context.task.worker === 0) this.#context.meter.record(kind, tookNs);
  }

  #meet(): number | null {
    const { counters, task, backend } = this.#context;
    return counters.meet(task.worker, backend.clock);
  }

  /**
   * Waits as long as the state takes to memory. Returns when the training of all workers goes on, ns since the start; null
   * when the worker must end.
   * @param dueNs when the training wanted to save; earlier than now if the last checkpoint took longer than the interval
   */
  #stage(checkpoint: number, dueNs: number): number | null {
    const { backend } = this.#context;
    const bytes = this.#saver.files.reduce((sum, { data }) => sum + data.bytes, 0);
    const copiedNs = Math.round(backend.clock.now() + (bytes / this.#job.stagingBytesPerSecond) * 1e9);
    const isCopied = this.spans.during(checkpoint, 'copy', backend.clock, () => this.#waitUntil(copiedNs));
    if (!isCopied || this.#meet() === null) return null;
    const resumedNs = backend.clock.now();
    this.#record('blocked', resumedNs - dueNs);
    return resumedNs;
  }

  #save(checkpoint: number): boolean {
    if (!this.#saver.save(checkpoint)) return false;
    if (this.#job.publish === 'none') return true;
    return this.#meet() !== null && (this.#context.task.worker !== 0 || this.#saver.publish(checkpoint));
  }

  /** Removes this worker's files; the first worker then removes the directory. Not part of a checkpoint's time. */
  #removeOld(checkpoint: number): void {
    if (checkpoint < 1) return;
    const { task, backend } = this.#context;
    this.#saver.remove(checkpoint);
    if (this.#meet() !== null && task.worker === 0) backend.remove(this.#saver.directoryOf(checkpoint));
  }

  /** Waits, and publishes the counters meanwhile. Returns false when the worker must end. */
  #waitUntil(untilNs: number): boolean {
    const { backend, meter } = this.#context;
    for (let nowNs = backend.clock.now(); nowNs < untilNs; nowNs = backend.clock.now()) {
      if (!meter.tick(nowNs)) return false;
      backend.clock.waitUntil(Math.min(untilNs, nowNs + 50_000_000));
    }
    return true;
  }

  complete(): void {
    if (!this.#job.readBack || this.#written === 0) return;
    const { backend, content } = this.#context;
    const chunkBytes = largestBlockBytes(this.#job);
    const directory = this.#saver.directoryOf(this.#written);
    for (const file of this.#saver.files) {
      const { bytes: fileBytes } = file.data;
      content.take(file.data);
      backend.open(SLOT, this.#saver.pathOf(file, directory), {
        write: false,
        create: false,
        direct: this.#job.direct,
      });
      for (let at = 0; at < fileBytes; at += chunkBytes) {
        const bytes = Math.min(chunkBytes, fileBytes - at);
        backend.transfer(READ, SLOT, at, bytes, content.dataAt);
        content.check(SLOT, at, bytes, this.#written);
      }
      backend.close(SLOT);
    }
  }
}

export const checkpointWriteProgram: JobProgram<CheckpointWriteJob> = {
  create: (context, job) => new CheckpointWriteProgram(context, job),
  rehearsal: () => ({}),
};
