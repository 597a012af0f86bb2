/** Planning shared by the checkpoint job kinds. */
import type { ShardedJob } from '../../workload/jobs/job-kind.js';
import type { CommonJob, Preallocation } from '../../workload/workload.js';
import { ownFiles, type Shares } from '../shares.js';
import type { Misfit } from './job-plan.js';

/** Returns the shards of each worker. */
export function shardShares(
  { shards, shardBytes, numjobs, randseed }: CommonJob & ShardedJob,
  fallocate: Preallocation = 'none',
): Shares {
  return ownFiles(new Array<number>(shards).fill(shardBytes), numjobs, randseed, fallocate);
}

/** Returns the shards' misfit for direct I/O, or null. Shards are moved whole, so their size must fit. */
export function shardMisfit({ shardBytes }: ShardedJob, misfits: (bytes: number) => boolean): Misfit | null {
  return misfits(shardBytes) ? { what: `shards of ${shardBytes} bytes`, word: 'shard_size' } : null;
}
