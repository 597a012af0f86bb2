import type { CheckpointRestoreJob } from '../../workload/workload.js';
import { movingNs } from '../assumed-rate.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';
import { shardMisfit, shardShares } from './shards.js';

/** Plans a checkpoint restore: each worker reads its shards once. The shards are data files. */
export function planCheckpointRestore(job: CheckpointRestoreJob): JobPlan {
  return {
    place: 'data',
    readsDataset: false,
    laidOut: true,
    holdsAllFiles: false,
    makesDirectories: false,
    reads: true,
    readsInOrder: true,
    checksContent: job.verify,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: () => shardShares(job),
    scratchFiles: () => 0,
    scratchBytes: () => 0,
    writtenBytes: () => 0,
    movedBytes: (passBytes) => passBytes,
    entryOperations: null,
    expectedTime: (fileBytes, { cold }) => ({ knownNs: 0, estimatedNs: movingNs(cold, fileBytes) }),
    restBytes: () => 0,
    directMisfit: (_, misfits) => shardMisfit(job, misfits),
  };
}
