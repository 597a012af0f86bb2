import { dirname } from 'node:path';
import { below } from '../../host/files/store-of.js';
import { Batch, WRITE } from '../../plan/batch.js';
import type { WriterHabits } from '../../workload/checkpoint-writers.js';
import { CallDrain } from '../drains/call-drain.js';
import { PLAIN_DRAIN } from '../drains/drain.js';
import type { SavedFile } from './checkpoint-files.js';
import type { ProgramContext } from './job-program.js';
import type { SpanLog } from './span-log.js';
import { drainStretch, SLOT } from './whole-files.js';

/** How a worker writes. */
type SaverHabits = Omit<WriterHabits, 'chunkBytes'> & { readonly direct: boolean };

/** Writes, publishes and removes the checkpoints of one training process. Each step is timed. */
export class CheckpointSaver {
  readonly files: readonly SavedFile[];
  readonly #context: ProgramContext;
  readonly #habits: SaverHabits;
  readonly #log: SpanLog;
  readonly #batch = new Batch();
  readonly #writer: CallDrain;

  constructor(context: ProgramContext, habits: SaverHabits, files: readonly SavedFile[], log: SpanLog) {
    this.#context = context;
    this.#log = log;
    this.#habits = habits;
    this.files = files;
    const { backend, meter, content } = context;
    this.#writer = new CallDrain(backend, meter, content, { ...PLAIN_DRAIN, refill: true });
  }

  /** Returns the directory of a checkpoint that is complete. */
  directoryOf(checkpoint: number): string {
    return below(this.#context.task.scratchDirectory, `checkpoint-${String(checkpoint).padStart(6, '0')}`);
  }

  /** Returns a file's path. The pointer to the newest checkpoint is beside all of them. */
  pathOf({ role, name }: SavedFile, directory: string): string {
    return below(role === 'pointer' ? this.#context.task.scratchDirectory : directory, name);
  }

  /** Writes the state of a checkpoint. Returns false when the worker must end. */
  save(checkpoint: number): boolean {
    const { task, backend } = this.#context;
    const { rename, fsyncDirectories } = this.#habits;
    const directory = this.#unfinished(checkpoint);
    const state = this.files.filter(({ role }) => role === 'state');
    const directories = [...new Set(state.map((file) => dirname(this.pathOf(file, directory))))];
    for (const each of [directory, ...directories]) backend.makeDirectories(task.scratchDirectory, each);
    for (const file of state) if (!this.#saveFile(checkpoint, file, rename)) return false;
    if (fsyncDirectories)
      for (const each of directories)
        this.#log.timed(this.#context, checkpoint, 'dirsync', () => backend.syncDirectory(each));
    return true;
  }

  /** Makes a checkpoint that all have written the newest one. Returns false when the worker must end. */
  publish(checkpoint: number): boolean {
    const { clock } = this.#context.backend;
    return this.#log.during(checkpoint, 'publish', clock, () => this.#publish(checkpoint));
  }

  #publish(checkpoint: number): boolean {
    const { task, backend } = this.#context;
    const { publish, fsyncDirectories } = this.#habits;
    for (const file of this.files) {
      if (file.role === 'index' && !this.#saveFile(checkpoint, file, 'closed')) return false;
      if (file.role === 'pointer' && !this.#saveFile(checkpoint, file, 'none')) return false;
    }
    if (publish === 'directory') {
      const [from, to] = [this.#unfinished(checkpoint), this.directoryOf(checkpoint)];
      this.#log.timed(this.#context, checkpoint, 'rename', () => backend.rename(from, to));
      if (fsyncDirectories)
        this.#log.timed(this.#context, checkpoint, 'dirsync', () => backend.syncDirectory(task.scratchDirectory));
    }
    return true;
  }

  /** Removes the files of a checkpoint that is complete. */
  remove(checkpoint: number): void {
    const directory = this.directoryOf(checkpoint);
    for (const file of this.files) {
      if (file.role !== 'pointer') this.#context.backend.remove(this.pathOf(file, directory));
    }
  }

  /** Returns the directory in which a checkpoint is written. */
  #unfinished(checkpoint: number): string {
    return `${this.directoryOf(checkpoint)}${this.#habits.publish === 'directory' ? '.tmp' : ''}`;
  }

  #saveFile(checkpoint: number, file: SavedFile, rename: SaverHabits['rename']): boolean {
    const { backend, content } = this.#context;
    const { direct, fsync } = this.#habits;
    const { data, role } = file;
    const path = this.pathOf(file, this.#unfinished(checkpoint));
    const written = rename === 'none' ? path : `${path}.tmp`;
    // A trainer preallocates while its accelerators wait, so the file's `open` includes it.
    const mode = { write: true, create: true, direct, preallocate: data };
    content.take(data);
    this.#log.timed(this.#context, checkpoint, 'open', () => backend.open(SLOT, written, mode));
    const whole = this.#log.during(checkpoint, 'write', backend.clock, () =>
      drainStretch(this.#writer, this.#batch, WRITE, SLOT, 0, data.bytes, file.lengths(), checkpoint),
    );
    // Nobody makes the pointer durable: it is overwritten where it is.
    if (whole && fsync && role !== 'pointer')
      this.#log.timed(this.#context, checkpoint, 'fsync', () => backend.sync(SLOT, false));
    if (whole && rename === 'open')
      this.#log.timed(this.#context, checkpoint, 'rename', () => backend.rename(written, path));
    this.#log.timed(this.#context, checkpoint, 'close', () => backend.close(SLOT));
    if (whole && rename === 'closed')
      this.#log.timed(this.#context, checkpoint, 'rename', () => backend.rename(written, path));
    return whole;
  }
}
