/** Builds the files of an arm, and each worker's part of them. Used by all job kinds. */
import { FeedrateError } from '../base/errors.js';
import { createPrng } from '../base/prng.js';
import type { Dataset, Preallocation } from '../workload/workload.js';
import type { ArmFiles, DataFile, Extent } from './plan.js';

const FILES_PER_FOLDER = 1000;
const CONTENT_SEEDS = 2 ** 53;

/** The files of an arm, and one list of extents per worker. */
export type Shares = Pick<ArmFiles, 'files' | 'extents'>;

/** Returns this file's counterpart in another set: same size, other path and content. */
export function inSet(file: DataFile, fileset: number): DataFile {
  const contentSeed = createPrng(file.contentSeed, fileset).nextBelow(CONTENT_SEEDS);
  return { ...file, path: `set${fileset}/${file.path}`, contentSeed };
}

/**
 * Returns files of these sizes for each worker. The files of worker w follow those of worker w - 1, so a job with fewer
 * workers uses the same first files.
 */
export function ownFiles(
  sizes: readonly number[],
  workers: number,
  seed: number,
  fallocate: Preallocation = 'none',
): Shares {
  const files: DataFile[] = [];
  for (let worker = 0; worker < workers; worker++)
    for (const bytes of sizes) files.push(dataFile(seed, files.length, bytes, fallocate));
  return lazily(files, workers, (file) => Math.floor(file / sizes.length));
}

/** The files of each dataset, which all arms share. */
const datasets = new WeakMap<Dataset, readonly DataFile[]>();

/** Returns the files of the dataset. Throws `FeedrateError('workload')` when there is no dataset. */
export function datasetFiles(dataset: Dataset | null, armId: string): readonly DataFile[] {
  if (dataset === null) {
    throw new FeedrateError(
      'workload',
      `${armId}: there is nothing to read; add size to the job or a dataset to the workload`,
    );
  }
  const known = datasets.get(dataset);
  if (known !== undefined) return known;
  const { nrfiles, filesizeMinBytes, filesizeMaxBytes, seed, fallocate } = dataset;
  const sizes = filesizeMaxBytes - filesizeMinBytes + 1;
  const files = Array.from({ length: nrfiles }, (_, index) => {
    const bytes = sizes === 1 ? filesizeMinBytes : filesizeMinBytes + createPrng(seed, index).nextBelow(sizes);
    return dataFile(seed, index, bytes, fallocate);
  });
  datasets.set(dataset, files);
  return files;
}

/**
 * Returns a data file. Preallocated files may be placed differently, so their names differ; their content is the same.
 */
function dataFile(seed: number, index: number, bytes: number, fallocate: Preallocation): DataFile {
  const folder = String(Math.floor(index / FILES_PER_FOLDER)).padStart(3, '0');
  const path = `s${seed}/${folder}/${String(index).padStart(6, '0')}-${bytes}`;
  const contentSeed = createPrng(seed, index, bytes).nextBelow(CONTENT_SEEDS);
  return fallocate === 'none'
    ? { path, bytes, contentSeed }
    : { path: `${path}-${fallocate}`, bytes, contentSeed, fallocate };
}

function wholeFile(files: readonly DataFile[], file: number): Extent {
  return { file, startBytes: 0, lengthBytes: (files[file] as DataFile).bytes };
}

/**
 * Distributes shared files among workers: whole files in turn if there is at least one per worker, otherwise a range of
 * every file. Throws `FeedrateError('workload')` when a worker would get nothing.
 */
export function shareOut(files: readonly DataFile[], workers: number, blockBytes: number, armId: string): Shares {
  if (files.length >= workers) return dealOut(files, workers);
  return { files, extents: divideAll(files, workers, blockBytes, armId) };
}

function divideAll(files: readonly DataFile[], workers: number, blockBytes: number, armId: string): Extent[][] {
  const shares = Array.from({ length: workers }, (): Extent[] => []);
  files.forEach((_, file) => {
    divide(files, file, workers, blockBytes).forEach((extent, i) => {
      // Each file starts with the next worker, so that uneven parts balance out.
      if (extent.lengthBytes > 0) shares[(i + file) % workers]?.push(extent);
    });
  });
  if (shares.every((share) => share.length > 0)) return shares;
  const message = `the dataset has fewer blocks of ${blockBytes} bytes than the job has workers (${workers})`;
  throw new FeedrateError('workload', `${armId}: ${message}; use fewer numjobs, a smaller bs or a larger dataset`);
}

/** Distributes whole files: worker w gets the files w, w + workers, … */
export function dealOut(files: readonly DataFile[], workers: number): Shares {
  return lazily(files, workers, (file) => file % workers);
}

/** Returns shares of whole files. The extents are made when they are asked for: a plan needs only the files. */
function lazily(files: readonly DataFile[], workers: number, workerOf: (file: number) => number): Shares {
  let made: Extent[][] | undefined;
  const make = (): Extent[][] => {
    const shares = Array.from({ length: workers }, (): Extent[] => []);
    files.forEach((_, file) => {
      shares[workerOf(file)]?.push(wholeFile(files, file));
    });
    return shares;
  };
  return {
    files,
    get extents() {
      made ??= make();
      return made;
    },
  };
}

/** Divides a file into contiguous parts of whole blocks. A rest shorter than a block goes to the last part. */
function divide(files: readonly DataFile[], file: number, parts: number, blockBytes: number): Extent[] {
  const { bytes } = files[file] as DataFile;
  const blocks = Math.floor(bytes / blockBytes);
  const startOf = (part: number) => Math.floor((blocks * part) / parts) * blockBytes;
  return Array.from({ length: parts }, (_, part) => {
    const startBytes = startOf(part);
    const endBytes = part === parts - 1 ? bytes : startOf(part + 1);
    return { file, startBytes, lengthBytes: endBytes - startBytes };
  });
}
