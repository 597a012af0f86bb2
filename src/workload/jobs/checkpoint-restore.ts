/** The job kind `checkpoint-restore` in the workload language. */
import type { BlockShare } from '../values.js';
import type { CommonJob, JobKind, ShardedJob } from './job-kind.js';
import { common, sharded, verify } from './shared-fields.js';
import { commonConditions, commonRules, shardRules, verifyRule } from './shared-rules.js';

/** Restart of a training run: each worker reads its shards from start to end. */
export interface CheckpointRestoreJob extends CommonJob, ShardedJob {
  readonly kind: 'checkpoint-restore';
  /** Bytes of one read call. */
  readonly bs: readonly BlockShare[];
  readonly verify: boolean;
}

export const checkpointRestoreKind: JobKind<CheckpointRestoreJob> = {
  meaning: 'reads a checkpoint, as a restarted training run does',
  rows: {
    bs: sharded.bs,
    numjobs: common.numjobs,
    shards: sharded.shards,
    shardBytes: sharded.shardBytes,
    cache: common.cache,
    direct: common.direct,
    verify,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: commonConditions,
  rules: [...commonRules, ...shardRules, verifyRule],
};
