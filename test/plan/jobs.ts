/** Jobs and workloads made by hand, for the tests of the plan. */
import { filesOf } from '../../src/plan/arm-files.js';
import type { Arm, ArmFiles, DataFile, Extent } from '../../src/plan/plan.js';
import type { FileLocation } from '../../src/workload/location.js';
import type {
  CheckpointRestoreJob,
  CheckpointWriteJob,
  Field,
  GeneratedDataset,
  IoJob,
  Job,
  JobDeclaration,
  SmallFilesJob,
  Workload,
} from '../../src/workload/workload.js';
import * as plain from '../support/jobs.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;

/** What the plans of these tests have in common besides the plain settings. */
const PLANNED = { randseed: 42, refillBuffers: true } as const;
const LARGE_SHARDS = { randseed: 42, shardBytes: 10 * MIB, bs: plain.blocks(MIB) } as const;

export const ioJob = (changes: Partial<IoJob> = {}): IoJob => plain.ioJob({ ...PLANNED, ...changes });

export const smallFilesJob = (changes: Partial<SmallFilesJob> = {}): SmallFilesJob =>
  plain.smallFilesJob({ randseed: 42, verify: false, ...changes });

export const checkpointWriteJob = (changes: Partial<CheckpointWriteJob> = {}): CheckpointWriteJob =>
  plain.checkpointWriteJob({ ...LARGE_SHARDS, ...changes });

export const checkpointRestoreJob = (changes: Partial<CheckpointRestoreJob> = {}): CheckpointRestoreJob =>
  plain.checkpointRestoreJob({ ...LARGE_SHARDS, verify: false, ...changes });

export function armOf(spec: Job, id = 'job', target = 'data'): Arm {
  return { id, job: id, target, factors: [], spec, words: {}, thresholds: [] };
}

export function datasetOf(nrfiles: number, minBytes: number, maxBytes = minBytes, seed = 7): GeneratedDataset {
  return {
    kind: 'generated',
    nrfiles,
    filesizeMinBytes: minBytes,
    filesizeMaxBytes: maxBytes,
    seed,
    fallocate: 'none',
  };
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
    trials: { sessions: 1, rounds: 3, warmup: 1, filesets: 1, order: 'shuffled' },
    dataset: null,
    jobs,
    thresholds: [],
    seed: 42,
    ...changes,
  };
}

/** The files of an arm as lists, which they are not while a plan is made. */
export interface ListedFiles extends Omit<ArmFiles, 'files' | 'extents'> {
  readonly files: DataFile[];
  readonly extents: Extent[][];
}

export function listedFilesOf(...asked: Parameters<typeof filesOf>): ListedFiles {
  const { files, extents, ...rest } = filesOf(...asked);
  return { ...rest, files: [...files], extents: extents.map((share) => [...share]) };
}
