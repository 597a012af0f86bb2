import { FeedrateError } from '../../base/errors.js';
import type { ReplayJob } from '../../workload/jobs/replay.js';
import { movingNs } from '../assumed-rate.js';
import type { SharedFiles } from '../planned-dataset.js';
import type { Shares } from '../shares.js';
import { TracedFiles } from '../traced-files.js';
import { WholeFiles } from '../whole-share.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';

/** Plans a replay: every worker may open each of the trace's files, and writes its own ones in the scratch directory. */
export function planReplay(job: ReplayJob): JobPlan {
  return {
    place: 'data',
    readsDataset: true,
    laidOut: true,
    holdsAllFiles: false,
    makesDirectories: false,
    reads: true,
    readsInOrder: false,
    checksContent: false,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: (armId, dataset) => sharesOf(job, armId, dataset),
    scratchFiles: () => 0,
    scratchBytes: () => 0,
    writtenBytes: () => 0,
    movedBytes: (passBytes) => passBytes,
    entryOperations: null,
    expectedTime: (fileBytes, rates, files) => ({
      knownNs: 0,
      estimatedNs: movingNs(job.cache === 'warm' ? rates.warm : rates.cold, fileBytes, files.length),
    }),
    restBytes: () => 0,
    directMisfit: () => null,
  };
}

function sharesOf({ numjobs }: ReplayJob, armId: string, dataset: SharedFiles | null): Shares {
  if (!(dataset instanceof TracedFiles)) throw new FeedrateError('workload', `${armId}: there is no trace to replay`);
  const { files, trace, written } = dataset;
  const threads = trace.head.threads.length;
  if (threads !== numjobs) {
    const message = `numjobs: ${numjobs}, but the trace has ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    throw new FeedrateError('workload', `${armId}: ${message}; use numjobs: ${threads}`);
  }
  const extents = Array.from({ length: numjobs }, () => new WholeFiles(files, 0, 1, files.length));
  return { files, extents, ...(written && { written }) };
}
