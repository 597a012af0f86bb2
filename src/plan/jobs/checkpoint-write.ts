import type { CheckpointWriteJob } from '../../workload/workload.js';
import { assumedNs } from '../assumed-rate.js';
import type { Shares } from '../shares.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';
import { shardMisfit, shardShares } from './shards.js';

/** Plans checkpoint writes: each worker creates its shards for one checkpoint after another, in scratch directories. */
export function planCheckpointWrite(job: CheckpointWriteJob): JobPlan {
  const { checkpoints, keepLast } = job;
  return {
    place: 'scratch',
    laidOut: false,
    holdsAllFiles: false,
    makesDirectories: true,
    // `readBack` reads after the measured part.
    reads: false,
    checksContent: job.readBack,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: () => sharesOf(job),
    // An old checkpoint is removed only after the new one is complete, so one more than `keepLast` exists.
    scratchBytes: (fileBytes) => fileBytes * Math.min(checkpoints, keepLast + 1),
    writtenBytes: (fileBytes) => fileBytes * checkpoints,
    movedBytes: (passBytes) => passBytes * checkpoints,
    expectedTime: (fileBytes) => ({
      knownNs: (checkpoints - 1) * job.intervalNs,
      estimatedNs: assumedNs(fileBytes * checkpoints + (job.readBack ? fileBytes : 0)),
    }),
    restBytes: () => 0,
    directMisfit: (_, misfits) => shardMisfit(job, misfits),
  };
}

function sharesOf(job: CheckpointWriteJob): Shares {
  const shards = shardShares(job, job.fallocate);
  const files = shards.files.map((file, i) => {
    const worker = String(Math.floor(i / job.shards)).padStart(4, '0');
    const shard = String(i % job.shards).padStart(3, '0');
    return { ...file, path: `worker-${worker}/shard-${shard}.pt` };
  });
  return {
    files,
    get extents() {
      return shards.extents;
    },
  };
}
