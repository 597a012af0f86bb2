import type { EntryOperation } from '../../workload/entry-operations.js';
import { leavesOf, type MetadataJob } from '../../workload/jobs/metadata.js';
import { ASSUMED_ENTRY_OPERATIONS_PER_SECOND } from '../assumed-rate.js';
import { ownFiles } from '../shares.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';

/** Plans a metadata job: each worker creates its items in scratch directories, and works on their names and attributes. */
export function planMetadata(job: MetadataJob): JobPlan {
  const { nrfiles, numjobs, passes, filesizeBytes } = job;
  return {
    place: 'scratch',
    laidOut: false,
    holdsAllFiles: false,
    makesDirectories: true,
    reads: false,
    readsInOrder: false,
    checksContent: false,
    readsDataset: false,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: () =>
      ownFiles({ sizes: { kind: 'equal', bytes: filesizeBytes }, each: nrfiles, workers: numjobs, seed: job.randseed }),
    scratchFiles: (files) => files + directoriesOf(job),
    scratchBytes: (fileBytes) => fileBytes,
    writtenBytes: (fileBytes) => fileBytes * passes,
    movedBytes: () => 0,
    entryOperations: passes * numjobs * job.operations.reduce((sum, each) => sum + operationsOf(job, each), 0),
    expectedTime: () => ({ knownNs: 0, estimatedNs: expectedNs(job) }),
    restBytes: () => 0,
    directMisfit: () => null,
  };
}

/** Returns how many operations a worker does in a phase. */
function operationsOf(job: MetadataJob, operation: EntryOperation): number {
  return operation === 'readdir' ? leavesOf(job) : job.nrfiles;
}

/** Returns the time of all phases, and of the items that are created and removed outside of them, ns. */
function expectedNs(job: MetadataJob): number {
  const { operations, nrfiles, passes } = job;
  const timeOf = (count: number): number => (count / ASSUMED_ENTRY_OPERATIONS_PER_SECOND) * 1e9;
  const measuredNs = operations.reduce(
    (sum, each) => sum + Math.min(timeOf(operationsOf(job, each)), job.runtimeNs ?? Number.POSITIVE_INFINITY),
    0,
  );
  const outside = (['create', 'unlink'] as const).filter((each) => !operations.includes(each)).length;
  return passes * (measuredNs + outside * timeOf(nrfiles));
}

/** Returns how many directories the workers' trees have. */
function directoriesOf({ branch, depth, directories, numjobs }: MetadataJob): number {
  const trees = directories === 'shared' ? 1 : numjobs;
  let level = 1;
  let each = 1;
  for (let at = 0; at < depth; at++) {
    level *= branch;
    each += level;
  }
  return trees * each;
}
