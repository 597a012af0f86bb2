/** Builds the files of an arm, and each worker's part of them. Used by all job kinds. */
import { FeedrateError } from '../base/errors.js';
import type { GeneratedDataset, Preallocation } from '../workload/workload.js';
import { FileList, type JobFiles, type SizeRule } from './file-list.js';
import { FoundFiles } from './found-files.js';
import type { ArmFiles, Extent } from './plan.js';
import type { SharedFiles } from './planned-dataset.js';
import { TracedFiles } from './traced-files.js';
import { WholeFiles } from './whole-share.js';

/** The files of an arm, and one list of extents per worker. */
export type Shares = Pick<ArmFiles, 'files' | 'extents' | 'written'>;

/** A worker's own files: their sizes, and how many there are. */
export interface OwnFiles {
  readonly sizes: SizeRule;
  readonly each: number;
  readonly workers: number;
  readonly seed: number;
  readonly fallocate?: Preallocation;
}

/**
 * Returns `each` files of these sizes for each worker. The files of worker w follow those of worker w - 1, so a job with
 * fewer workers uses the same first files.
 */
export function ownFiles({ sizes, each, workers, seed, fallocate = 'none' }: OwnFiles): Shares {
  const files = new FileList({ seed, sizes, fallocate, length: each * workers });
  return {
    files,
    extents: Array.from({ length: workers }, (_, worker) => new WholeFiles(files, worker * each, 1, each)),
  };
}

/** The files of each dataset, which all arms share. */
const datasets = new WeakMap<GeneratedDataset, FileList>();

/** Returns the files of the dataset. Throws `FeedrateError('workload')` when there is no dataset. */
export function datasetFiles(dataset: SharedFiles | null, armId: string): FileList | FoundFiles {
  if (dataset === null) {
    throw new FeedrateError(
      'workload',
      `${armId}: there is nothing to read; add size to the job or a dataset to the workload`,
    );
  }
  if (dataset instanceof FoundFiles) return dataset;
  if (dataset instanceof TracedFiles) return dataset.files;
  const known = datasets.get(dataset);
  if (known !== undefined) return known;
  const { nrfiles, filesizeMinBytes: minBytes, filesizeMaxBytes: maxBytes, seed, fallocate } = dataset;
  const sizes: SizeRule =
    minBytes === maxBytes ? { kind: 'equal', bytes: minBytes } : { kind: 'drawn', minBytes, maxBytes };
  const files = new FileList({ seed, sizes, fallocate, length: nrfiles });
  datasets.set(dataset, files);
  return files;
}

/**
 * Distributes shared files among workers: whole files in turn if there is at least one per worker, otherwise a range of
 * every file. Throws `FeedrateError('workload')` when a worker would get nothing.
 */
export function shareOut(files: FileList | FoundFiles, workers: number, blockBytes: number, armId: string): Shares {
  if (files.length >= workers) return dealOut(files, workers);
  return { files, extents: divideAll(files, workers, blockBytes, armId) };
}

function divideAll(files: JobFiles, workers: number, blockBytes: number, armId: string): Extent[][] {
  const shares = Array.from({ length: workers }, (): Extent[] => []);
  for (let file = 0; file < files.length; file++) {
    divide(files, file, workers, blockBytes).forEach((extent, i) => {
      // Each file starts with the next worker, so that uneven parts balance out.
      if (extent.lengthBytes > 0) shares[(i + file) % workers]?.push(extent);
    });
  }
  if (shares.every((share) => share.length > 0)) return shares;
  const message = `the dataset has fewer blocks of ${blockBytes} bytes than the job has workers (${workers})`;
  throw new FeedrateError('workload', `${armId}: ${message}; use fewer numjobs, a smaller bs or a larger dataset`);
}

/** Distributes whole files: worker w gets the files w, w + workers, … */
export function dealOut(files: FileList | FoundFiles, workers: number): Shares {
  const each = (worker: number): number => Math.max(0, Math.ceil((files.length - worker) / workers));
  return {
    files,
    extents: Array.from({ length: workers }, (_, worker) => new WholeFiles(files, worker, workers, each(worker))),
  };
}

/** Divides a file into contiguous parts of whole blocks. A rest shorter than a block goes to the last part. */
function divide(files: JobFiles, file: number, parts: number, blockBytes: number): Extent[] {
  const bytes = files.bytesOf(file);
  const blocks = Math.floor(bytes / blockBytes);
  const startOf = (part: number) => Math.floor((blocks * part) / parts) * blockBytes;
  return Array.from({ length: parts }, (_, part) => {
    const startBytes = startOf(part);
    const endBytes = part === parts - 1 ? bytes : startOf(part + 1);
    return { file, startBytes, lengthBytes: endBytes - startBytes };
  });
}
