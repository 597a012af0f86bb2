/** Jobs and workloads made by hand, for the tests of the plan. */
import type { Arm } from '../../src/plan/plan.js';
import type { FileLocation } from '../../src/workload/location.js';
import type {
  CheckpointRestoreJob,
  CheckpointWriteJob,
  CommonJob,
  Dataset,
  Field,
  IoJob,
  Job,
  JobDeclaration,
  SmallFilesJob,
  Workload,
} from '../../src/workload/workload.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

const COMMON: CommonJob = {
  ioengine: 'psync',
  numjobs: 1,
  cache: 'as-is',
  direct: false,
  randseed: 42,
  simulatedLatencyNs: 0,
  simulatedBytesPerSecond: null,
};
const BLOCK_4K = [{ blockBytes: 4 * KIB, share: 1 }];

export function ioJob(changes: Partial<IoJob> = {}): IoJob {
  return {
    ...COMMON,
    kind: 'io',
    rw: 'randread',
    rwmixread: 50,
    bs: BLOCK_4K,
    iodepth: 1,
    sizeBytes: null,
    nrfiles: 1,
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
    thinktimeNs: 0,
    thinktimeBlocks: 1,
    verify: false,
    refillBuffers: true,
    ...changes,
  };
}

export function smallFilesJob(changes: Partial<SmallFilesJob> = {}): SmallFilesJob {
  return {
    ...COMMON,
    kind: 'small-files',
    bs: BLOCK_4K,
    runtimeNs: null,
    timeBased: false,
    rampTimeNs: 0,
    shuffle: true,
    nrfiles: null,
    filesizeBytes: null,
    verify: false,
    ...changes,
  };
}

export function checkpointWriteJob(changes: Partial<CheckpointWriteJob> = {}): CheckpointWriteJob {
  return {
    ...COMMON,
    kind: 'checkpoint-write',
    shards: 2,
    shardBytes: 10 * MIB,
    bs: [{ blockBytes: MIB, share: 1 }],
    checkpoints: 5,
    keepLast: 2,
    fsync: true,
    intervalNs: 0,
    readBack: false,
    ...changes,
  };
}

export function checkpointRestoreJob(changes: Partial<CheckpointRestoreJob> = {}): CheckpointRestoreJob {
  return {
    ...COMMON,
    kind: 'checkpoint-restore',
    shards: 2,
    shardBytes: 10 * MIB,
    bs: [{ blockBytes: MIB, share: 1 }],
    verify: false,
    ...changes,
  };
}

export function armOf(spec: Job, id = 'job', target = 'data'): Arm {
  return { id, job: id, target, factors: [], spec, thresholds: [] };
}

export function datasetOf(nrfiles: number, minBytes: number, maxBytes = minBytes, seed = 7): Dataset {
  return { nrfiles, filesizeMinBytes: minBytes, filesizeMaxBytes: maxBytes, seed };
}

const HERE: FileLocation = { source: 'job.yaml', line: 3, column: 5 };

/** A field whose levels are labelled like their values. */
function fieldOf(word: string, values: readonly unknown[]): Field {
  return { word, levels: values.map((value) => ({ label: String(value), value, location: HERE })) };
}

/** A declaration with these levels, keyed by property; the word of a property is the property itself. */
export function declarationOf(name: string, levels: Readonly<Record<string, readonly unknown[]>> = {}): JobDeclaration {
  const fields = new Map(Object.entries(levels).map(([property, values]) => [property, fieldOf(property, values)]));
  return { name, kind: 'io', location: HERE, fields, thresholds: [] };
}

export function workloadOf(jobs: readonly JobDeclaration[], changes: Partial<Workload> = {}): Workload {
  return {
    name: 'test',
    description: '',
    trials: { sessions: 1, rounds: 3, warmup: 1 },
    dataset: null,
    jobs,
    thresholds: [],
    seed: 42,
    ...changes,
  };
}
