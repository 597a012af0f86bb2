import { dirname } from 'node:path';
import { below } from '../../host/files/store-of.js';
import { Batch, READ, WRITE } from '../../plan/batch.js';
import type { DataFile } from '../../plan/plan.js';
import type { CheckpointWriteJob } from '../../workload/workload.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import { type JobProgram, type Program, type ProgramContext, timed } from './job-program.js';
import { chunkBytesOf, drainStretch, SLOT } from './whole-files.js';

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
      if (!this.#save(checkpoint) || counters.meet(task.worker, backend.clock) === null) break;
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
  #shardPath(checkpoint: number, { path }: DataFile): string {
    return below(this.#directoryOf(checkpoint), relativeName(path, this.#context.task.scratchDirectory));
  }

  #save(checkpoint: number): boolean {
    const { task, files, backend } = this.#context;
    const directory = dirname(this.#shardPath(checkpoint, files.at(0) as DataFile));
    backend.makeDirectories(task.scratchDirectory, directory);
    for (const shard of files) {
      if (!this.#saveShard(checkpoint, shard)) return false;
    }
    timed(this.#context, 'dirsync', () => backend.syncDirectory(directory));
    return true;
  }

  #saveShard(checkpoint: number, shard: DataFile): boolean {
    const { backend, content } = this.#context;
    const path = this.#shardPath(checkpoint, shard);
    const temporary = `${path}.tmp`;
    // A trainer preallocates while its accelerators wait, so the shard's `open` includes it.
    const mode = { write: true, create: true, direct: this.#job.direct, preallocate: shard };
    content.take(shard);
    timed(this.#context, 'open', () => backend.open(SLOT, temporary, mode));
    const { shardBytes } = this.#job;
    const whole = drainStretch(this.#writer, this.#batch, WRITE, SLOT, 0, shardBytes, this.#chunkBytes, checkpoint);
    if (whole && this.#job.fsync) timed(this.#context, 'fsync', () => backend.sync(SLOT, false));
    timed(this.#context, 'close', () => backend.close(SLOT));
    if (whole) timed(this.#context, 'rename', () => backend.rename(temporary, path));
    return whole;
  }

  /**
   * Removes this worker's shards; the first worker then removes the empty directory. Not part of a checkpoint's time.
   */
  #removeOld(checkpoint: number): void {
    if (checkpoint < 1) return;
    const { task, files, backend, counters } = this.#context;
    for (const shard of files) backend.remove(this.#shardPath(checkpoint, shard));
    if (counters.meet(task.worker, backend.clock) !== null && task.worker === 0)
      backend.remove(this.#directoryOf(checkpoint));
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
    const { files, backend, content } = this.#context;
    const { shardBytes, direct } = this.#job;
    for (const shard of files) {
      content.take(shard);
      backend.open(SLOT, this.#shardPath(this.#written, shard), { write: false, create: false, direct });
      for (let at = 0; at < shardBytes; at += this.#chunkBytes) {
        const bytes = Math.min(this.#chunkBytes, shardBytes - at);
        backend.transfer(READ, SLOT, at, bytes, content.dataAt);
        content.check(SLOT, at, bytes, this.#written);
      }
      backend.close(SLOT);
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
