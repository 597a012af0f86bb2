/** Planning shared by the checkpoint job kinds. */
import type { ShardedJob } from '../../workload/jobs/job-kind.js';
import type { CommonJob } from '../../workload/workload.js';
import { type OwnFiles, ownFiles, type Shares } from '../shares.js';
import type { Misfit } from './job-plan.js';

/** Returns the shards of each worker. Default: they are named by their content. */
export function shardShares(
  { shards: each, shardBytes: bytes, numjobs: workers, randseed: seed }: CommonJob & ShardedJob,
  names: Pick<OwnFiles, 'fallocate' | 'isSharded'> = {},
): Shares {
  return ownFiles({ sizes: { kind: 'equal', bytes }, each, workers, seed, ...names });
}

/** Returns the shards' misfit for direct I/O, or null. Shards are moved whole, so their size must fit. */
export function shardMisfit({ shardBytes }: ShardedJob, misfits: (bytes: number) => boolean): Misfit | null {
  return misfits(shardBytes) ? { what: `shards of ${shardBytes} bytes`, word: 'shard_size' } : null;
}
