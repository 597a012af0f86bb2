/** The job kind `metadata` in the workload language: its fields and rules. */
import { blocks } from '../composite-types.js';
import { capabilitiesOf, ENGINES, type Engine } from '../engines.js';
import { ENTRY_OPERATIONS, type EntryOperation, entryOperations } from '../entry-operations.js';
import { field } from '../row.js';
import { rulesFor } from '../rules.js';
import { choice, count, duration, flag, size } from '../value-types.js';
import type { CommonJob, JobKind } from './job-kind.js';
import { common } from './shared-fields.js';
import { commonConditions } from './shared-rules.js';

/** Creates, looks up and removes many entries of directories, each operation in a phase of its own, as mdtest does. */
export interface MetadataJob extends CommonJob {
  readonly kind: 'metadata';
  readonly operations: readonly EntryOperation[];
  readonly items: 'files' | 'directories';
  /** Items of each worker. */
  readonly nrfiles: number;
  /** Whether the workers share one tree of directories. */
  readonly directories: 'shared' | 'per-worker';
  /** Levels of directories below the top of a tree. Only those of the last level have items. */
  readonly depth: number;
  /** Directories in each directory above the last level. */
  readonly branch: number;
  /** In each phase after `create`, a worker takes the items of the worker this many places further on. */
  readonly stride: number;
  /** Bytes written to each new file. */
  readonly filesizeBytes: number;
  /** Create files with O_EXCL. */
  readonly exclusive: boolean;
  readonly fsync: boolean;
  /** fsync each directory at the end of a phase that changes it. */
  readonly fsyncDirectories: boolean;
  /** How often the phases are repeated in one trial. */
  readonly passes: number;
  /** Longest time of each phase; null = until each item is done. */
  readonly runtimeNs: number | null;
}

const GIB = 1024 ** 3;
const MILLION = 1_000_000;
/** More directories would take longer to make than what is measured. */
const LEAVES_MAX = 100_000;

/** Returns the number of directories that have items in one tree. */
export function leavesOf({ branch, depth }: Pick<MetadataJob, 'branch' | 'depth'>): number {
  return branch ** depth;
}

const able = (Object.keys(ENGINES) as Engine[]).filter(
  (name) => ENGINES[name].worksOnEntries && ENGINES[name].help !== null,
);

const { rule, condition } = rulesFor<MetadataJob>();
const KIND = 'with kind: metadata';

export const metadataKind: JobKind<MetadataJob> = {
  meaning: 'creates, looks up, lists, renames and removes many files or directories, as mdtest does',
  rows: {
    operations: field(
      'operations',
      entryOperations,
      ENTRY_OPERATIONS.join(':'),
      'Operations to measure. Each is a phase: all workers begin it together, and the next one begins when the last worker is done. Without `create`, the items are created before the measurement.',
    ),
    items: field(
      'items',
      choice(['files', 'directories']),
      'files',
      'Type of the entries. A directory is made with mkdir and removed with rmdir.',
    ),
    bs: field('bs', blocks, '1MiB', 'Bytes per write call, for `filesize`.'),
    numjobs: common.numjobs,
    nrfiles: field('nrfiles', count(1, MILLION), 1000, 'Items of each worker (mdtest’s `-n`).'),
    directories: field(
      'directories',
      choice(['shared', 'per-worker']),
      'shared',
      'Whether all workers use the same directories, or each has its own (mdtest’s `-u`).',
    ),
    depth: field(
      'depth',
      count(0, 32),
      0,
      'Levels of directories below the top (mdtest’s `-z`). The items are in those of the last level.',
    ),
    branch: field(
      'branch',
      count(1, LEAVES_MAX),
      1,
      'Directories in each directory above the last level (mdtest’s `-b`). `depth: 1` and `branch: 16` spread the items over 16 directories.',
    ),
    stride: field(
      'stride',
      count(0, 1023),
      0,
      'In each phase after `create`, let every worker take the items of the worker this many places further on than in the phase before (mdtest’s `-N`). Workers of one machine share its caches all the same.',
    ),
    filesizeBytes: field(
      'filesize',
      size(0, GIB),
      0,
      'Bytes written to each new file, as part of `create` (mdtest’s `-w`).',
    ),
    exclusive: field(
      'exclusive',
      flag,
      false,
      'Create files with O_EXCL, as cp does. Over NFS 3 this replaces a LOOKUP before each CREATE by a SETATTR after it. An `nfs://` target always does so.',
    ),
    fsync: field('fsync', flag, false, 'fsync each new file before it is closed, as part of `create`.'),
    fsyncDirectories: field(
      'fsync_dirs',
      flag,
      false,
      'fsync each directory at the end of a phase that changed it. This is part of the phase.',
    ),
    passes: field(
      'passes',
      count(1, 100_000),
      1,
      'How often the phases are repeated in one trial, each time with new items.',
    ),
    runtimeNs: field(
      'runtime',
      duration(1),
      { absent: 'until every item is done' },
      'Longest time of each phase. The phases after `create` take the items that exist by then.',
    ),
    cache: common.cache,
    direct: common.direct,
    beside: common.beside,
    randseed: common.randseed,
    ioengine: common.ioengine,
    simulatedLatencyNs: common.simulatedLatencyNs,
    simulatedBytesPerSecond: common.simulatedBytesPerSecond,
  },
  conditions: [
    condition('cache', [], ({ cache }) =>
      cache === 'as-is'
        ? null
        : `${KIND}, whose attributes and names are in caches of the kernel that feedrate does not control; compare mount options (actimeo=0, lookupcache=none), or use an nfs:// target`,
    ),
    condition('direct', [], ({ direct }) => (direct ? KIND : null)),
    condition('bs', ['filesizeBytes'], ({ filesizeBytes }) => (filesizeBytes === 0 ? `${KIND} and filesize: 0` : null)),
    condition('filesizeBytes', ['items', 'operations'], ({ items, operations, filesizeBytes }) =>
      filesizeBytes === 0 ? null : noFile(items, operations),
    ),
    condition('exclusive', ['items', 'operations'], ({ items, operations, exclusive }) =>
      exclusive ? noFile(items, operations) : null,
    ),
    condition('fsync', ['items', 'operations'], ({ items, operations, fsync }) =>
      fsync ? noFile(items, operations) : null,
    ),
    condition('branch', ['depth'], ({ depth, branch }) => (depth === 0 && branch > 1 ? 'with depth: 0' : null)),
    condition('stride', ['numjobs', 'operations'], ({ numjobs, operations, stride }) => {
      if (stride === 0) return null;
      if (stride % numjobs === 0) return `with numjobs: ${numjobs}, because each worker then takes its own items`;
      return operations.every((operation) => operation === 'create') ? 'with operations: create' : null;
    }),
    ...commonConditions,
  ],
  rules: [
    rule(['ioengine'], ({ ioengine }) =>
      capabilitiesOf(ioengine).worksOnEntries
        ? null
        : {
            at: ['ioengine'],
            message: `${ioengine} does not work on directory entries; leave ioengine out, or use ${able.join(', ')}`,
          },
    ),
    rule(['depth', 'branch', 'nrfiles'], (job) => {
      const leaves = leavesOf(job);
      if (leaves > LEAVES_MAX)
        return {
          at: ['branch', 'depth'],
          message: `makes ${leaves} directories with depth: ${job.depth}; at most ${LEAVES_MAX}`,
        };
      return leaves > job.nrfiles
        ? {
            at: ['nrfiles', 'branch', 'depth'],
            message: `${job.nrfiles} items cannot fill ${leaves} directories; use more nrfiles, or a smaller branch or depth`,
          }
        : null;
    }),
  ],
};

/** Returns why no file is created in the measurement, or null. */
function noFile(items: MetadataJob['items'], operations: readonly EntryOperation[]): string | null {
  if (items === 'directories') return 'with items: directories';
  return operations.includes('create') ? null : 'without create in operations';
}
