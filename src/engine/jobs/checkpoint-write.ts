import { dirname } from 'node:path';
import { below } from '../../host/files/store-of.js';
import { Batch, READ, WRITE } from '../../plan/batch.js';
import type { CheckpointWriteJob } from '../../workload/workload.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';
import { chunkBytesOf, drainStretch } from './whole-files.js';

/**
 * One worker of a training job that saves its state. Each shard is written under a temporary name, made durable, and
 * renamed. Then the directory is made durable. The time of a checkpoint ends when the last worker is done.
 */
class CheckpointWriteProgram implements Program {
  readonly #context: ProgramContext;
  readonly #job: CheckpointWriteJob;
  readonly #batch = new Batch();
  readonly #writer: CallDrain;
  readonly #chunkBytes: number;
  #written = 0;

  constructor(context: ProgramContext, job: CheckpointWriteJob) {
    this.#context = context;
    this.#job = job;
    this.#chunkBytes = chunkBytesOf(job.bs);
    const { backend, meter, content } = context;
    this.#writer = new CallDrain(backend, meter, content, { ...PLAIN_DRAIN, refill: true });
  }

  prepare(): void {}

  run(): number {
    const { backend, counters, meter, task } = this.#context;
    let busyNs = 0;
    for (let checkpoint = 1; checkpoint <= this.#job.checkpoints; checkpoint++) {
      const startNs = backend.clock.now();
      if (!this.#save(checkpoint) || !counters.meet(task.worker, backend.clock)) break;
      const tookNs = backend.clock.now() - startNs;
      busyNs += tookNs;
      // One worker records for all, because they all waited for the last one.
      if (task.worker === 0) meter.record('checkpoint', tookNs);
      this.#written = checkpoint;
      this.#removeOld(checkpoint - this.#job.keepLast);
      if (checkpoint < this.#job.checkpoints && !this.#pause()) break;
    }
    return busyNs;
  }

  #directoryOf(checkpoint: number): string {
    return below(this.#context.task.scratchDirectory, `checkpoint-${String(checkpoint).padStart(6, '0')}`);
  }

  /** Returns the final path of a shard of this worker in a checkpoint. */
  #shardPath(checkpoint: number, slot: number): string {
    const { task } = this.#context;
    return below(this.#directoryOf(checkpoint), relativeName(task.files[slot]?.path ?? '', task.scratchDirectory));
  }

  #save(checkpoint: number): boolean {
    const { task, backend } = this.#context;
    backend.makeDirectories(task.scratchDirectory, dirname(this.#shardPath(checkpoint, 0)));
    for (const slot of task.files.keys()) {
      if (!this.#saveShard(checkpoint, slot)) return false;
    }
    const directory = dirname(this.#shardPath(checkpoint, 0));
    timed(this.#context, 'dirsync', () => backend.syncDirectory(directory));
    return true;
  }

  #saveShard(checkpoint: number, slot: number): boolean {
    const { backend, task } = this.#context;
    const path = this.#shardPath(checkpoint, slot);
    const temporary = `${path}.tmp`;
    // A trainer preallocates while its accelerators wait, so the shard's `open` includes it.
    const mode = { write: true, create: true, direct: this.#job.direct, preallocate: task.files[slot] };
    timed(this.#context, 'open', () => backend.open(slot, temporary, mode));
    const { shardBytes } = this.#job;
    const whole = drainStretch(this.#writer, this.#batch, WRITE, slot, 0, shardBytes, this.#chunkBytes, checkpoint);
    if (whole && this.#job.fsync) timed(this.#context, 'fsync', () => backend.sync(slot, false));
    timed(this.#context, 'close', () => backend.close(slot));
    if (whole) timed(this.#context, 'rename', () => backend.rename(temporary, path));
    return whole;
  }

  /**
   * Removes this worker's shards; the first worker then removes the empty directory. Not part of a checkpoint's time.
   */
  #removeOld(checkpoint: number): void {
    if (checkpoint < 1) return;
    const { task, backend, counters } = this.#context;
    for (const slot of task.files.keys()) backend.remove(this.#shardPath(checkpoint, slot));
    if (counters.meet(task.worker, backend.clock) && task.worker === 0) backend.remove(this.#directoryOf(checkpoint));
  }

  #pause(): boolean {
    const { backend, meter } = this.#context;
    const untilNs = backend.clock.now() + this.#job.intervalNs;
    for (let nowNs = backend.clock.now(); nowNs < untilNs; nowNs = backend.clock.now()) {
      if (!meter.tick(nowNs)) return false;
      backend.clock.waitUntil(Math.min(untilNs, nowNs + 50_000_000));
    }
    return true;
  }

  complete(): void {
    if (!this.#job.readBack || this.#written === 0) return;
    const { task, backend, content } = this.#context;
    const { shardBytes, direct } = this.#job;
    for (const slot of task.files.keys()) {
      backend.open(slot, this.#shardPath(this.#written, slot), { write: false, create: false, direct });
      for (let at = 0; at < shardBytes; at += this.#chunkBytes) {
        const bytes = Math.min(this.#chunkBytes, shardBytes - at);
        backend.transfer(READ, slot, at, bytes, content.dataAt);
        content.check(slot, at, bytes, this.#written);
      }
      backend.close(slot);
    }
  }
}

/** Returns a path relative to the directory that contains it. */
function relativeName(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

export const checkpointWriteProgram: JobProgram<CheckpointWriteJob> = {
  create: (context, job) => new CheckpointWriteProgram(context, job),
  rehearsal: () => ({}),
};
