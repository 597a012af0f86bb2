import { FeedrateError } from '../../base/errors.js';
import type { SmallFilesJob } from '../../workload/workload.js';
import type { TargetRates } from '../assumed-rate.js';
import { FileList, type JobFiles } from '../file-list.js';
import { FoundFiles } from '../found-files.js';
import type { SharedFiles } from '../planned-dataset.js';
import { datasetFiles, dealOut, ownFiles, type Shares } from '../shares.js';
import { type JobPlan, NO_QUEUE } from './job-plan.js';
import { timedBounds, timedJob } from './timed.js';

/** Plans a job that reads many files whole: its own data files, or those of the dataset. */
export function planSmallFiles(job: SmallFilesJob): JobPlan {
  return {
    place: 'data',
    readsDataset: job.nrfiles === null,
    laidOut: true,
    holdsAllFiles: false,
    makesDirectories: false,
    reads: true,
    readsInOrder: false,
    checksContent: job.verify,
    isSteady: true,
    bounds: timedBounds(job),
    queue: NO_QUEUE,
    rate: null,
    madvise: 'normal',
    shares: (armId, dataset) => sharesOf(job, armId, dataset),
    scratchFiles: () => 0,
    scratchBytes: () => 0,
    writtenBytes: () => 0,
    movedBytes: (passBytes) => passBytes,
    entryOperations: null,
    expectedTime: (fileBytes, rates, { length }) => timedJob(job, readingNs(job, rates, fileBytes, length)),
    restBytes: () => 0,
    directMisfit: (files, misfits) => {
      const bytes = firstSize(files, misfits);
      const word = files instanceof FoundFiles ? 'dataset.include' : 'filesize';
      return bytes === null ? null : { what: `a file of ${bytes} bytes`, word };
    },
  };
}

/** Every file is opened and read whole. Workers share the files. */
function readingNs({ cache, numjobs }: SmallFilesJob, rates: TargetRates, bytes: number, files: number): number {
  const isWarm = cache === 'warm';
  const parallel = Math.min(numjobs, isWarm ? rates.parallelWarm : rates.parallelCold);
  const { fileNs, bytesPerSecond } = isWarm ? rates.warm : rates.cold;
  return Math.max((files * fileNs) / parallel, (bytes / bytesPerSecond) * 1e9);
}

function firstSize(files: JobFiles, isWanted: (bytes: number) => boolean): number | null {
  if (files instanceof FileList && files.rule.sizes.kind === 'equal')
    return isWanted(files.rule.sizes.bytes) ? files.rule.sizes.bytes : null;
  for (let place = 0; place < files.length; place++) if (isWanted(files.bytesOf(place))) return files.bytesOf(place);
  return null;
}

function sharesOf(job: SmallFilesJob, armId: string, dataset: SharedFiles | null): Shares {
  const { nrfiles, filesizeBytes, numjobs, randseed } = job;
  if (nrfiles !== null && filesizeBytes !== null) {
    const sizes = { kind: 'equal', bytes: filesizeBytes } as const;
    return ownFiles({ sizes, each: nrfiles, workers: numjobs, seed: randseed });
  }
  const all = datasetFiles(dataset, armId);
  const files = all instanceof FoundFiles ? all.sized(0, job.maxFilesizeBytes ?? undefined) : all;
  if (files.length < numjobs) {
    const message = `${numjobs} workers cannot share ${files.length} files, because files are read whole`;
    throw new FeedrateError('workload', `${armId}: ${message}; use fewer numjobs or more nrfiles in the dataset`);
  }
  return dealOut(files, numjobs);
}
