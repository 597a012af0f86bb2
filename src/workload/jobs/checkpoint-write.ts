/** The job kind `checkpoint-write` in the workload language: its fields and rules. */
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { count, duration, flag } from '../value-types.js';
import type { BlockShare, Preallocation } from '../values.js';
import type { CommonJob, JobKind, ShardedJob } from './job-kind.js';
import { common, fallocate, sharded } from './shared-fields.js';
import { commonConditions, commonRules, shardRules, uncheckable } from './shared-rules.js';

/** A training checkpoint: each worker writes shards, makes them durable, then publishes them. */
export interface CheckpointWriteJob extends CommonJob, ShardedJob {
  readonly kind: 'checkpoint-write';
  /** Bytes of one write call. */
  readonly bs: readonly BlockShare[];
  /** Checkpoints written in one trial. */
  readonly checkpoints: number;
  /** Number of checkpoints to keep. Older ones are deleted, as in training. */
  readonly keepLast: number;
  /** fsync each shard before its rename. */
  readonly fsync: boolean;
  /** Preallocation of each shard before its first write. */
  readonly fallocate: Preallocation;
  /** Pause between two checkpoints, which represents the training steps. */
  readonly intervalNs: number;
  /** After the writes, read the last checkpoint back and check its content. */
  readonly readBack: boolean;
}

const { rule, condition } = rulesFor<CheckpointWriteJob>();

export const checkpointWriteKind: JobKind<CheckpointWriteJob> = {
  meaning: 'writes checkpoints in shards, as a training run does',
  rows: {
    bs: sharded.bs,
    numjobs: common.numjobs,
    fallocate,
    shards: sharded.shards,
    shardBytes: sharded.shardBytes,
    checkpoints: field('checkpoints', count(1, 100_000), 1, 'Checkpoints written in one trial.'),
    keepLast: field('keep_last', count(1, 100_000), 2, 'Checkpoints to keep. Older ones are deleted, as in training.'),
    intervalNs: field(
      'interval',
      duration(0),
      '0s',
      'Pause between two checkpoints, which represents the training steps.',
    ),
    cache: common.cache,
    direct: common.direct,
    fsync: field('fsync', flag, true, 'fsync each shard before its rename.'),
    readBack: field(
      'read_back',
      flag,
      false,
      'After the writes, read the last checkpoint back and check its content.',
      'verify',
    ),
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: [
    condition('cache', [], ({ cache }) =>
      cache === 'cold' || cache === 'warm'
        ? 'with kind: checkpoint-write, which does not read while it is measured'
        : null,
    ),
    condition('intervalNs', ['checkpoints'], ({ intervalNs, checkpoints }) =>
      intervalNs > 0 && checkpoints === 1 ? 'with a single checkpoint; set checkpoints' : null,
    ),
    ...commonConditions,
  ],
  rules: [
    ...commonRules,
    ...shardRules,
    rule(['readBack', 'ioengine'], ({ readBack, ioengine }) => {
      const message = readBack ? uncheckable({ ioengine }) : null;
      return message === null ? null : { at: ['readBack'], message };
    }),
  ],
};
