/** What one worker writes for a checkpoint, and where. */
import { dirname } from 'node:path';
import { createPrng } from '../../base/prng.js';
import { below } from '../../host/files/store-of.js';
import { checkpointShape } from '../../plan/jobs/shards.js';
import { LengthMix } from '../../plan/mix.js';
import type { DataFile } from '../../plan/plan.js';
import { type CheckpointFile, filesOfRank } from '../../training/checkpoints/writer-files.js';
import { WRITERS } from '../../workload/checkpoint-writers.js';
import type { CheckpointWriteJob } from '../../workload/workload.js';
import type { ProgramContext } from './job-program.js';
import type { CallLengths } from './whole-files.js';

/** A file that a worker writes in every checkpoint. */
export interface SavedFile {
  readonly name: string;
  readonly role: CheckpointFile['role'];
  readonly data: DataFile;
  /** Returns the lengths of the write calls, from the first one. */
  lengths(): CallLengths;
}

/** Gives out lengths one by one. */
class ListedLengths implements CallLengths {
  readonly #lengths: Iterator<number>;

  constructor(lengths: Iterable<number>) {
    this.#lengths = lengths[Symbol.iterator]();
  }

  draw(): number {
    const next = this.#lengths.next();
    return next.done === true ? 0 : next.value;
  }
}

/** Returns the files of a worker, in the order in which it writes them. */
export function savedFiles({ files, task }: ProgramContext, job: CheckpointWriteJob): SavedFile[] {
  const own = [...files];
  if (WRITERS[job.writer].writesState) {
    return filesOfRank(checkpointShape(job), task.worker).map(({ name, role, calls }, place) => ({
      name,
      role,
      data: own[place] as DataFile,
      lengths: () => new ListedLengths(calls()),
    }));
  }
  const mix = new LengthMix(job.bs, createPrng(task.seed, task.worker));
  return own.map((data) => ({
    name: relativeName(data.path, task.scratchDirectory),
    role: 'state',
    data,
    lengths: () => mix,
  }));
}

/** Returns a path relative to the directory that contains it. */
function relativeName(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}

/** The places of the checkpoints of a trial. */
export class CheckpointPlaces {
  readonly #scratch: string;
  /** The end of a directory's name before it is complete. */
  readonly #unfinished: string;

  constructor(scratchDirectory: string, job: Pick<CheckpointWriteJob, 'publish'>) {
    this.#scratch = scratchDirectory;
    this.#unfinished = job.publish === 'directory' ? '.tmp' : '';
  }

  /** Returns the directory of a checkpoint that is complete. */
  directoryOf(checkpoint: number): string {
    return below(this.#scratch, `checkpoint-${String(checkpoint).padStart(6, '0')}`);
  }

  /** Returns the directory in which it is written. */
  unfinished(checkpoint: number): string {
    return `${this.directoryOf(checkpoint)}${this.#unfinished}`;
  }

  /** Returns a file's path. The pointer to the newest checkpoint is beside all of them. */
  pathOf({ role, name }: Pick<SavedFile, 'role' | 'name'>, directory: string): string {
    return below(role === 'pointer' ? this.#scratch : directory, name);
  }

  /** Returns the directories of files, each once. */
  directoriesOf(files: readonly SavedFile[], directory: string): string[] {
    const state = files.filter(({ role }) => role === 'state');
    return [...new Set(state.map((file) => dirname(this.pathOf(file, directory))))];
  }
}
