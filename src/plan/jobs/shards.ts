/** Planning shared by the checkpoint job kinds. */
import { emulatedRanks, modelState } from '../../training/checkpoints/model-state.js';
import {
  type CheckpointShape,
  filesOfRanks,
  type OwnedFile,
  restoredBy,
} from '../../training/checkpoints/writer-files.js';
import { WRITERS } from '../../workload/checkpoint-writers.js';
import type { StateJob } from '../../workload/jobs/state-fields.js';
import { ranksOf } from '../../workload/model-words.js';
import type { CheckpointRestoreJob, CheckpointWriteJob, CommonJob } from '../../workload/workload.js';
import { FileList, type FileRule } from '../file-list.js';
import type { Shares } from '../shares.js';
import { WholeFiles } from '../whole-share.js';
import type { Misfit } from './job-plan.js';

type CheckpointFields = CommonJob & StateJob & Partial<Pick<CheckpointWriteJob, 'publish' | 'chunkBytes'>>;

/** Returns what determines the files of a checkpoint. A restore reads what the writer leaves by default. */
export function checkpointShape(job: CheckpointFields): CheckpointShape {
  const habits = WRITERS[job.writer];
  return { ...job, publish: job.publish ?? habits.publish, chunkBytes: job.chunkBytes ?? habits.chunkBytes };
}

/** O_DIRECT takes whole blocks, of at most this size on usual devices. */
const DIRECT_BYTES = 4096;

/** Returns the bytes of each shard: as the workload says, or as the state divides. */
export function shardBytesOf(job: CommonJob & StateJob): number {
  const { shardBytes, shards, scale, direct } = job;
  const state = shardBytes === null ? modelState(job) : null;
  if (state === null) return shardBytes as number;
  const wholeBytes = state.stateBytes / ranksOf(state.grid) / shards;
  const scaledBytes =
    typeof scale === 'number'
      ? Math.min(wholeBytes, scale / emulatedRanks(job).total / shards)
      : wholeBytes * scale.share;
  const bytes = Math.ceil(scaledBytes);
  return direct ? Math.ceil(bytes / DIRECT_BYTES) * DIRECT_BYTES : bytes;
}

/** Returns the rank of the training that a worker is; null: it has none, because others have all of them. */
export function rankOfWorker(job: CheckpointFields, worker: number): number | null {
  const { first, count } = emulatedRanks(job);
  return worker < count ? first + worker : null;
}

/** Returns the files that each worker writes. The program names them. */
export function writtenShares(job: CheckpointWriteJob): Shares {
  const { fallocate, numjobs, shards } = job;
  const { total, first } = emulatedRanks(job);
  const written = WRITERS[job.writer].writesState ? filesOfRanks(checkpointShape(job)) : null;
  const counts = written === null ? new Array<number>(total).fill(shards) : countsOf(written, total);
  const sum = (ofRanks: readonly number[]): number => ofRanks.reduce((all, count) => all + count, 0);
  const own = Array.from({ length: numjobs }, (_, worker) => counts[rankOfWorker(job, worker) ?? total] ?? 0);
  const files =
    written === null
      ? shardList(job, total, { fallocate, shards })
      : new FileList({ seed: job.randseed, sizes: sizesOf(written), fallocate, shards: 1, length: written.length });
  // What is in a file follows from its place among those of all machines.
  const ofMachine = files.part(sum(counts.slice(0, first)), 1, sum(own));
  let next = 0;
  const extents = own.map((count) => {
    const share = new WholeFiles(ofMachine, next, 1, count);
    next += count;
    return share;
  });
  return { files: ofMachine, extents };
}

/** Returns the files that each worker reads. Files of a model that several ranks need are read by each of them. */
export function restoredShares(job: CheckpointRestoreJob): Shares {
  const { numjobs, shards, randseed: seed } = job;
  const { total } = emulatedRanks(job);
  const state = modelState(job);
  const written = state === null || !WRITERS[job.writer].writesState ? null : filesOfRanks(checkpointShape(job));
  const files =
    written === null ? shardList(job, total) : new FileList({ seed, sizes: sizesOf(written), length: written.length });
  const extents = Array.from({ length: numjobs }, (_, worker) => {
    const rank = rankOfWorker(job, worker);
    if (rank === null) return [];
    if (state === null || written === null) return new WholeFiles(files, rank * shards, 1, shards);
    return restoredBy(rank, written, state).map((file) => ({ file, startBytes: 0, lengthBytes: files.bytesOf(file) }));
  });
  return { files, extents };
}

/** Returns the equal shards of all ranks. Default: they are named by their content. */
function shardList(
  job: CommonJob & StateJob,
  ranks: number,
  names: Partial<Pick<FileRule, 'fallocate' | 'shards'>> = {},
): FileList {
  const sizes = { kind: 'equal', bytes: shardBytesOf(job) } as const;
  return new FileList({ seed: job.randseed, sizes, ...names, length: ranks * job.shards });
}

/** Returns how many of the files each rank owns. */
function countsOf(written: readonly OwnedFile[], ranks: number): number[] {
  const counts = new Array<number>(ranks).fill(0);
  for (const { owner } of written) counts[owner] = (counts[owner] as number) + 1;
  return counts;
}

function sizesOf(written: readonly OwnedFile[]) {
  return { kind: 'listed', bytes: written.map(({ file }) => file.bytes) } as const;
}

/** Returns the shards' misfit for direct I/O, or null. Shards are moved whole, so their size must fit. */
export function shardMisfit({ shardBytes }: StateJob, misfits: (bytes: number) => boolean): Misfit | null {
  return shardBytes !== null && misfits(shardBytes)
    ? { what: `shards of ${shardBytes} bytes`, word: 'shard_size' }
    : null;
}
