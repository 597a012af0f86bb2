/** Planning shared by the checkpoint job kinds. */
import { modelState } from '../../training/checkpoints/model-state.js';
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
import { FileList } from '../file-list.js';
import { type OwnFiles, ownFiles, type Shares } from '../shares.js';
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
  const { shardBytes, shards, direct } = job;
  const state = shardBytes === null ? modelState(job) : null;
  if (state === null) return shardBytes as number;
  const { scale, numjobs } = job;
  const wholeBytes = state.stateBytes / ranksOf(state.grid) / shards;
  const scaledBytes =
    typeof scale === 'number' ? Math.min(wholeBytes, scale / numjobs / shards) : wholeBytes * scale.share;
  const bytes = Math.ceil(scaledBytes);
  return direct ? Math.ceil(bytes / DIRECT_BYTES) * DIRECT_BYTES : bytes;
}

/** Returns the equal shards of each worker. Default: they are named by their content. */
function shardShares(job: CommonJob & StateJob, names: Pick<OwnFiles, 'fallocate' | 'isSharded'> = {}): Shares {
  const { shards: each, numjobs: workers, randseed: seed } = job;
  return ownFiles({ sizes: { kind: 'equal', bytes: shardBytesOf(job) }, each, workers, seed, ...names });
}

/** Returns the files that each worker writes. The program names them. */
export function writtenShares(job: CheckpointWriteJob): Shares {
  const { fallocate, numjobs, randseed: seed } = job;
  if (!WRITERS[job.writer].writesState) return shardShares(job, { fallocate, isSharded: true });
  const written = filesOfRanks(checkpointShape(job));
  const files = new FileList({ seed, sizes: sizesOf(written), fallocate, shards: 1, length: written.length });
  const extents = Array.from({ length: numjobs }, (_, worker) => {
    const first = written.findIndex(({ owner }) => owner === worker);
    const own = written.filter(({ owner }) => owner === worker).length;
    return new WholeFiles(files, Math.max(0, first), 1, own);
  });
  return { files, extents };
}

/** Returns the files that each worker reads. Files of a model that several ranks need are read by each of them. */
export function restoredShares(job: CheckpointRestoreJob): Shares {
  const { numjobs, randseed: seed } = job;
  const state = modelState(job);
  if (state === null || !WRITERS[job.writer].writesState) return shardShares(job);
  const written = filesOfRanks(checkpointShape(job));
  const files = new FileList({ seed, sizes: sizesOf(written), length: written.length });
  const extents = Array.from({ length: numjobs }, (_, rank) =>
    restoredBy(rank, written, state).map((file) => ({ file, startBytes: 0, lengthBytes: files.bytesOf(file) })),
  );
  return { files, extents };
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
