/** What one worker writes for a checkpoint. */
import { createPrng } from '../../base/prng.js';
import { checkpointShape, rankOfWorker } from '../../plan/jobs/shards.js';
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

/** Returns files whose content follows from a seed and the rank that writes them. */
export function listedFiles(
  files: readonly CheckpointFile[],
  { seed, rank }: { readonly seed: number; readonly rank: number },
): SavedFile[] {
  return files.map(({ name, role, bytes, calls }, place) => ({
    name,
    role,
    data: { path: name, bytes, contentSeed: createPrng(seed, rank, place).nextBelow(CONTENT_SEEDS) },
    lengths: () => new ListedLengths(calls()),
  }));
}

const CONTENT_SEEDS = 2 ** 53;

/** Returns the files of a worker, in the order in which it writes them. */
export function savedFiles({ files, task }: ProgramContext, job: CheckpointWriteJob): SavedFile[] {
  const own = [...files];
  if (WRITERS[job.writer].writesState) {
    const rank = rankOfWorker(job, task.worker);
    const written = rank === null ? [] : filesOfRank(checkpointShape(job), rank);
    return written.map(({ name, role, calls }, place) => ({
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
