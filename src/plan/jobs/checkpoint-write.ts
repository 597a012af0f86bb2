import type { CheckpointWriteJob } from '../../workload/workload.js';
import { movingNs } from '../assumed-rate.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';
import { shardMisfit, writtenShares } from './shards.js';

/** Plans checkpoint writes: each worker creates its files for one checkpoint after another, in scratch directories. */
export function planCheckpointWrite(job: CheckpointWriteJob): JobPlan {
  const { checkpoints, keepLast } = job;
  return {
    place: 'scratch',
    readsDataset: false,
    spreadsRanks: true,
    laidOut: false,
    holdsAllFiles: false,
    makesDirectories: true,
    // `readBack` reads after the measured part.
    reads: false,
    readsInOrder: false,
    checksContent: job.readBack,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: () => writtenShares(job),
    // An old checkpoint is removed only after the new one is complete, so one more than `keepLast` exists.
    scratchFiles: (files) => files * Math.min(checkpoints, keepLast + 1),
    scratchBytes: (fileBytes) => fileBytes * Math.min(checkpoints, keepLast + 1),
    writtenBytes: (fileBytes) => fileBytes * checkpoints,
    movedBytes: (passBytes) => passBytes * checkpoints,
    entryOperations: null,
    expectedTime: (fileBytes, { write, warm }, { length: files }) => ({
      knownNs: (checkpoints - 1) * job.intervalNs,
      estimatedNs:
        movingNs(write, fileBytes * checkpoints, files * checkpoints) + (job.readBack ? movingNs(warm, fileBytes) : 0),
    }),
    restBytes: () => 0,
    directMisfit: (_, misfits) => shardMisfit(job, misfits),
  };
}
