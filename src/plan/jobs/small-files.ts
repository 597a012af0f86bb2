import { FeedrateError } from '../../base/errors.js';
import type { Dataset, SmallFilesJob } from '../../workload/workload.js';
import { assumedNs } from '../assumed-rate.js';
import { datasetFiles, dealOut, ownFiles, type Shares } from '../shares.js';
import { type JobPlan, NO_QUEUE } from './job-plan.js';
import { timedBounds, timedJob } from './timed.js';

/** Plans a job that reads many files whole: its own data files, or those of the dataset. */
export function planSmallFiles(job: SmallFilesJob): JobPlan {
  return {
    place: 'data',
    laidOut: true,
    holdsAllFiles: false,
    makesDirectories: false,
    reads: true,
    checksContent: job.verify,
    isSteady: true,
    bounds: timedBounds(job),
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: (armId, dataset) => sharesOf(job, armId, dataset),
    scratchBytes: () => 0,
    writtenBytes: () => 0,
    movedBytes: (passBytes) => passBytes,
    expectedTime: (fileBytes) => timedJob(job, assumedNs(fileBytes)),
    restBytes: () => 0,
    directMisfit: (files, misfits) => {
      const file = files.find(({ bytes }) => misfits(bytes));
      return file === undefined ? null : { what: `a file of ${file.bytes} bytes`, word: 'filesize' };
    },
  };
}

function sharesOf(job: SmallFilesJob, armId: string, dataset: Dataset | null): Shares {
  const { nrfiles, filesizeBytes, numjobs, randseed } = job;
  if (nrfiles !== null && filesizeBytes !== null) {
    return ownFiles(new Array<number>(nrfiles).fill(filesizeBytes), numjobs, randseed);
  }
  const files = datasetFiles(dataset, armId);
  if (files.length < numjobs) {
    const message = `${numjobs} workers cannot share ${files.length} files, because files are read whole`;
    throw new FeedrateError('workload', `${armId}: ${message}; use fewer numjobs or more nrfiles in the dataset`);
  }
  return dealOut(files, numjobs);
}
