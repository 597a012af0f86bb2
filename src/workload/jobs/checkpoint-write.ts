/** The job kind `checkpoint-write` in the workload language: its fields and rules. */
import {
  type CheckpointWriter,
  type Publishing,
  type Renaming,
  WRITERS,
  type WriterHabits,
} from '../checkpoint-writers.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, duration, flag, size } from '../value-types.js';
import type { BlockShare, Preallocation } from '../values.js';
import type { CommonJob, JobKind } from './job-kind.js';
import { common, fallocate } from './shared-fields.js';
import { commonConditions, commonRules, uncheckable } from './shared-rules.js';
import { type StateJob, stagingRow, stateConditions, stateRows, stateRules } from './state-fields.js';

const AS_WRITER = { absent: 'as the `writer` does' };
const CHUNK_MOST_BYTES = 1024 ** 3;

/** Training checkpoints: each worker is a training process that writes its files, as its writer does. */
export interface CheckpointWriteJob extends CommonJob, StateJob {
  readonly kind: 'checkpoint-write';
  /** Bytes of one write call. */
  readonly bs: readonly BlockShare[];
  /** Checkpoints written in one trial. */
  readonly checkpoints: number;
  /** Number of checkpoints to keep. Older ones are deleted, as in training. */
  readonly keepLast: number;
  /** As the writer does, unless the workload says otherwise; null only before that is settled. */
  readonly fsync: boolean | null;
  readonly fsyncDirectories: boolean | null;
  readonly rename: Renaming | null;
  readonly publish: Publishing | null;
  /** The longest write call; null only before that is settled. */
  readonly chunkBytes: number | null;
  /** Whether training stands still until a checkpoint is written, or only while its state is copied to memory. */
  readonly mode: 'sync' | 'async';
  /** Rate at which a rank copies its state to memory before an asynchronous write. */
  readonly stagingBytesPerSecond: number;
  /** Preallocation of each shard before its first write. */
  readonly fallocate: Preallocation;
  /** Pause between two checkpoints, which represents the training steps. */
  readonly intervalNs: number;
  /** After the writes, read the last checkpoint back and check its content. */
  readonly readBack: boolean;
  /** For the report only: training time between two checkpoints, and the mean time between failures of the whole job. */
  readonly everyNs: number | null;
  readonly mtbfNs: number | null;
}

/** A checkpoint job whose writer's habits are settled. */
export type SettledCheckpointJob = CheckpointWriteJob & {
  readonly [P in keyof WriterHabits]: NonNullable<CheckpointWriteJob[P]>;
};

const { rule, condition } = rulesFor<CheckpointWriteJob>();

export const checkpointWriteKind: JobKind<CheckpointWriteJob> = {
  meaning: 'writes checkpoints in shards, as a training run does',
  rows: {
    writer: stateRows.writer,
    model: stateRows.model,
    params: stateRows.params,
    dtype: stateRows.dtype,
    optimizer: stateRows.optimizer,
    ranks: stateRows.ranks,
    scale: stateRows.scale,
    bs: stateRows.bs,
    chunkBytes: field(
      'chunk',
      size(4096, CHUNK_MOST_BYTES),
      AS_WRITER,
      'Longest write call. Each worker needs a buffer of this size.',
    ),
    numjobs: common.numjobs,
    fallocate,
    shards: stateRows.shards,
    shardBytes: stateRows.shardBytes,
    checkpoints: field('checkpoints', count(1, 100_000), 1, 'Checkpoints written in one trial.'),
    keepLast: field('keep_last', count(1, 100_000), 2, 'Checkpoints to keep. Older ones are deleted, as in training.'),
    mode: field(
      'mode',
      choice(['sync', 'async']),
      'sync',
      '`sync`: training stands still while a checkpoint is written. `async`: only while its state is copied to memory, and while an earlier checkpoint is still being written.',
    ),
    stagingBytesPerSecond: stagingRow,
    intervalNs: field(
      'interval',
      duration(0),
      '0s',
      'Pause between two checkpoints, which represents the training steps. With `mode: async`, the checkpoint is written meanwhile.',
    ),
    everyNs: field(
      'every',
      duration(1),
      { absent: 'the report names no share of an hour' },
      'Training time between two checkpoints of your real training. Only for the report: the share of an hour that checkpoints take.',
    ),
    mtbfNs: field(
      'mtbf',
      duration(1),
      { absent: 'the report names no best interval' },
      'Mean time between failures of your real training. Only for the report: the best interval between checkpoints (Young, Daly).',
    ),
    cache: common.cache,
    direct: common.direct,
    fsync: field('fsync', flag, AS_WRITER, 'fsync each file before it gets its final name.'),
    rename: field(
      'rename',
      choice(['none', 'open', 'closed']),
      AS_WRITER,
      'Write each file under a temporary name, and rename it before its close (`open`) or after it (`closed`).',
    ),
    fsyncDirectories: field('fsync_directories', flag, AS_WRITER, 'fsync the directories of the files.'),
    publish: field(
      'publish',
      choice(['none', 'pointer', 'metadata', 'metadata+pointer', 'directory']),
      AS_WRITER,
      'What the first rank does when all ranks have written. `pointer` overwrites a small file that names the newest checkpoint; `metadata` writes a file with the places of all tensors and renames it; `directory` renames the whole directory.',
    ),
    readBack: field(
      'read_back',
      flag,
      false,
      'After the writes, read the last checkpoint back and check its content.',
      'verify',
    ),
    beside: common.beside,
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
    condition('bs', ['writer'], ({ writer }) =>
      WRITERS[writer].writesState ? `with writer: ${writer}; use chunk to limit its calls` : null,
    ),
    condition('chunkBytes', ['writer'], ({ writer }) =>
      WRITERS[writer].writesState ? null : `with writer: ${writer}, whose calls have the length of bs`,
    ),
    condition('stagingBytesPerSecond', ['mode'], ({ mode }) => (mode === 'async' ? null : 'with mode: sync')),
    ...stateConditions,
    ...commonConditions,
  ],
  rules: [
    ...commonRules,
    ...stateRules,
    rule(['publish', 'writer'], ({ publish, writer }) =>
      publish?.includes('metadata') && !WRITERS[writer].publish.includes('metadata')
        ? { at: ['publish'], message: `${publish} is not possible with writer: ${writer}, which has no metadata file` }
        : null,
    ),
    rule(['direct', 'cache', 'chunkBytes'], ({ direct, cache, chunkBytes }) =>
      (direct || cache === 'direct') && chunkBytes !== null && chunkBytes % 4096 !== 0
        ? { at: ['chunkBytes'], message: 'direct I/O requires a multiple of 4096 bytes' }
        : null,
    ),
    rule(['readBack', 'ioengine'], ({ readBack, ioengine }) => {
      const message = readBack ? uncheckable({ ioengine }) : null;
      return message === null ? null : { at: ['readBack'], message };
    }),
  ],
  settle: (job) => {
    const writer = WRITERS[job['writer'] as CheckpointWriter];
    for (const [habit, value] of Object.entries<unknown>(writer)) {
      if (habit in job) job[habit] ??= value;
    }
    if (writer.writesState) job['bs'] = [{ blockBytes: job['chunkBytes'], share: 1 }];
  },
};
