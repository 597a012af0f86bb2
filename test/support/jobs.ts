/** Jobs of every kind with plain settings, but for the changes. */
import { ENTRY_OPERATIONS } from '../../src/workload/entry-operations.js';
import type { StateJob } from '../../src/workload/jobs/state-fields.js';
import type {
  CheckpointRestoreJob,
  CheckpointWriteJob,
  CommonJob,
  IoJob,
  MetadataJob,
  SmallFilesJob,
  TrainingJob,
} from '../../src/workload/workload.js';

/** Bytes of each shard of the checkpoints below. */
export const SHARD_BYTES = 256 * 1024 + 1000;

/** Plain shards instead of the state of a model. */
const SHARDS: StateJob & Pick<CommonJob, 'bs'> = {
  writer: 'shards',
  model: null,
  params: null,
  dtype: 'bf16',
  optimizer: 'adam',
  ranks: null,
  scale: { share: 1 },
  shards: 2,
  shardBytes: SHARD_BYTES,
  bs: blocks(65_536),
};

const COMMON: Omit<CommonJob, 'bs'> = {
  ioengine: 'psync',
  numjobs: 1,
  cache: 'as-is',
  direct: false,
  beside: null,
  randseed: 1,
  simulatedLatencyNs: 100_000,
  simulatedBytesPerSecond: null,
};

/** One pass of 4 KiB random reads, but for the changes. */
export function ioJob(changes: Partial<IoJob> = {}): IoJob {
  return {
    ...COMMON,
    kind: 'io',
    rw: 'randread',
    rwmixread: 50,
    bs: blocks(4096),
    bsWrite: null,
    iodepth: 1,
    madvise: 'normal',
    fallocate: 'none',
    sizeBytes: null,
    nrfiles: 1,
    minFilesizeBytes: null,
    ioSizeBytes: null,
    runtimeNs: null,
    timeBased: false,
    rampTimeNs: 0,
    fsync: 0,
    fdatasync: 0,
    endFsync: false,
    randomDistribution: { type: 'random' },
    norandommap: false,
    rateBytesPerSecond: null,
    rateIops: null,
    rateProcess: 'linear',
    rateIgnoreThinktime: false,
    thinktimeNs: 0,
    thinktimeBlocks: 1,
    verify: false,
    refillBuffers: false,
    ...changes,
  };
}

/** Five checkpoints of two shards of 256 KiB and a bit, the last two kept. */
export function checkpointWriteJob(changes: Partial<CheckpointWriteJob> = {}): CheckpointWriteJob {
  return {
    ...COMMON,
    ...SHARDS,
    kind: 'checkpoint-write',
    checkpoints: 5,
    keepLast: 2,
    fsync: true,
    fsyncDirectories: true,
    rename: 'closed',
    publish: 'none',
    chunkBytes: 1024 ** 2,
    mode: 'sync',
    stagingBytesPerSecond: 25e9,
    everyNs: null,
    mtbfNs: null,
    fallocate: 'none',
    intervalNs: 0,
    readBack: false,
    ...changes,
  };
}

export function checkpointRestoreJob(changes: Partial<CheckpointRestoreJob> = {}): CheckpointRestoreJob {
  return {
    ...COMMON,
    ...SHARDS,
    kind: 'checkpoint-restore',
    reader: 'read',
    verify: true,
    ...changes,
  };
}

/** One pass over small files, in calls of 4 KiB. */
export function smallFilesJob(changes: Partial<SmallFilesJob> = {}): SmallFilesJob {
  return {
    ...COMMON,
    kind: 'small-files',
    bs: blocks(4096),
    runtimeNs: null,
    timeBased: false,
    rampTimeNs: 0,
    shuffle: true,
    nrfiles: null,
    filesizeBytes: null,
    maxFilesizeBytes: null,
    verify: true,
    ...changes,
  };
}

/** Every operation on ten empty files of each worker in one directory. */
export function metadataJob(changes: Partial<MetadataJob> = {}): MetadataJob {
  return {
    ...COMMON,
    kind: 'metadata',
    bs: blocks(4096),
    operations: ENTRY_OPERATIONS,
    items: 'files',
    nrfiles: 10,
    directories: 'shared',
    depth: 0,
    branch: 1,
    stride: 0,
    filesizeBytes: 0,
    exclusive: false,
    fsync: false,
    fsyncDirectories: false,
    passes: 1,
    runtimeNs: null,
    ...changes,
  };
}

/** An epoch of 40 raw samples of 1 kB for one accelerator, which two workers load in batches of 4. */
export function trainingJob(changes: Partial<TrainingJob> = {}): TrainingJob {
  return {
    ...COMMON,
    kind: 'training',
    bs: blocks(262_144),
    format: 'raw',
    reader: 'format',
    files: 40,
    samplesPerFile: 1,
    recordBytes: 1000,
    recordStdevBytes: 0,
    folders: 0,
    rowGroupSamples: 1024,
    columns: 1,
    columnsRead: null,
    npzSamples: 'file',
    batchSize: 4,
    readThreads: 2,
    prefetchFactor: null,
    prefetchSize: null,
    computationTime: { type: 'constant', ns: 10_000_000 },
    preprocessTime: { type: 'constant', ns: 0 },
    preprocessBy: 'sleep',
    handOverTime: { type: 'constant', ns: 0 },
    epochs: 1,
    totalSteps: null,
    fileShuffle: 'seed',
    sampleShuffle: 'seed',
    dropLast: true,
    inOrder: true,
    persistentWorkers: false,
    sharedBytesPerSecond: null,
    sharedIops: null,
    stepsBetween: null,
    epochsBetween: null,
    firstSavedEpoch: 1,
    modelBytes: null,
    model: null,
    params: null,
    scale: { share: 1 },
    writer: 'torch-save',
    checkpointMode: 'sync',
    stagingBytesPerSecond: 25e9,
    ...changes,
  };
}

/** `bs` of one length. */
export function blocks(blockBytes: number): IoJob['bs'] {
  return [{ blockBytes, share: 1 }];
}
