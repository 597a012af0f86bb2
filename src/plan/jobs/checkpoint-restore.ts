import { RESTORE_READERS } from '../../workload/checkpoint-writers.js';
import type { CheckpointRestoreJob } from '../../workload/workload.js';
import { movingNs } from '../assumed-rate.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';
import { restoredShares, shardMisfit } from './shards.js';

/** Plans a checkpoint restore: each worker reads its files once. They are data files. */
export function planCheckpointRestore(job: CheckpointRestoreJob): JobPlan {
  const { threads } = RESTORE_READERS[job.reader];
  return {
    place: 'data',
    readsDataset: false,
    spreadsRanks: true,
    laidOut: true,
    holdsAllFiles: false,
    makesDirectories: false,
    reads: true,
    readsInOrder: true,
    sharesFiles: true,
    checksContent: job.verify,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: () => restoredShares(job),
    ...(threads > 1 && { threads: { each: threads, besides: 0, sharedBytes: 0 } }),
    scratchFiles: () => 0,
    scratchBytes: () => 0,
    writtenBytes: () => 0,
    movedBytes: () => readBytes(job),
    entryOperations: null,
    expectedTime: (_, { cold }) => ({ knownNs: 0, estimatedNs: movingNs(cold, readBytes(job)) }),
    restBytes: () => 0,
    directMisfit: (_, misfits) => shardMisfit(job, misfits),
  };
}

/** Returns the bytes that all workers read together. Several may read the same file. */
function readBytes(job: CheckpointRestoreJob): number {
  let bytes = 0;
  for (const share of restoredShares(job).extents) for (const { lengthBytes } of share) bytes += lengthBytes;
  return bytes;
}
