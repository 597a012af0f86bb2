import { unreachable } from '../base/assert.js';
import { FeedrateError } from '../base/errors.js';
import { createPrng } from '../base/prng.js';
import type { CheckpointWriteJob, Dataset, IoJob, Job, Preallocation, SmallFilesJob } from '../workload/workload.js';
import { largestBlockBytes } from './mix.js';
import type { Arm, ArmFiles, DataFile, Extent } from './plan.js';

const FILES_PER_FOLDER = 1000;
const CONTENT_SEEDS = 2 ** 53;

/**
 * The files that an arm works on, and who works on which part.
 *
 * Jobs that only read work on data files, which are named by their content and so serve every arm
 * and run that wants the same ones. Jobs that write get files of their own for each trial: filled
 * beforehand for random and mixed writes, which overwrite real data, and new for sequential writes
 * and checkpoints, which create theirs.
 *
 * @param fileset which of the equal sets of data files, 0-based; scratch files have no sets
 * Throws `FeedrateError('workload')` when files, blocks and workers cannot be matched.
 */
export function filesOf(arm: Arm, dataset: Dataset | null, fileset = 0): ArmFiles {
  const place = placeOf(arm.spec);
  const { files, extents } = sharesOf(arm, dataset);
  const isFirst = fileset === 0 || place.place === 'scratch';
  return { ...place, files: isFirst ? files : files.map((file) => inSet(file, fileset)), extents };
}

/** Engines without I/O need no files. */
export function touchesFiles({ spec }: Pick<Arm, 'spec'>): boolean {
  return spec.ioengine !== 'null' && spec.ioengine !== 'simulated';
}

/** Whether the arm reads files of the data directory, of which there are sets. */
export function readsDataFiles(arm: Arm): boolean {
  return touchesFiles(arm) && placeOf(arm.spec).place === 'data';
}

function placeOf(spec: Job): Pick<ArmFiles, 'place' | 'laidOut'> {
  if (spec.kind === 'checkpoint-write') return { place: 'scratch', laidOut: false };
  if (spec.kind !== 'io' || spec.rw === 'read' || spec.rw === 'randread') return { place: 'data', laidOut: true };
  return { place: 'scratch', laidOut: spec.rw !== 'write' };
}

type Shares = Pick<ArmFiles, 'files' | 'extents'>;

function sharesOf({ id, spec }: Arm, dataset: Dataset | null): Shares {
  switch (spec.kind) {
    case 'io':
      return ioFiles(spec, id, dataset);
    case 'small-files':
      return smallFiles(spec, id, dataset);
    case 'checkpoint-restore':
      return ownFiles(new Array<number>(spec.shards).fill(spec.shardBytes), spec.numjobs, spec.randseed);
    case 'checkpoint-write':
      return checkpointFiles(spec);
    default:
      return unreachable(spec);
  }
}

/** The file that has this one's part in another set: as long, elsewhere, and of other content. */
function inSet(file: DataFile, fileset: number): DataFile {
  const contentSeed = createPrng(file.contentSeed, fileset).nextBelow(CONTENT_SEEDS);
  return { ...file, path: `set${fileset}/${file.path}`, contentSeed };
}

function ioFiles(job: IoJob, armId: string, dataset: Dataset | null): Shares {
  const blockBytes = largestBlockBytes(job.bs);
  if (job.sizeBytes !== null) {
    const sizes = fileSizes(job.sizeBytes, job.nrfiles, blockBytes, armId);
    return ownFiles(sizes, job.numjobs, job.randseed, job.fallocate);
  }
  const files = datasetFiles(dataset, armId);
  const smallest = files.reduce((least, { bytes }) => Math.min(least, bytes), Number.POSITIVE_INFINITY);
  if (smallest < blockBytes) {
    const message = `the dataset has a file of ${smallest} bytes, too short for a block of ${blockBytes} bytes`;
    throw new FeedrateError('workload', `${armId}: ${message}; use a smaller bs or a larger filesize`);
  }
  return { files, extents: shareOut(files, job.numjobs, blockBytes, armId) };
}

function smallFiles(job: SmallFilesJob, armId: string, dataset: Dataset | null): Shares {
  const { nrfiles, filesizeBytes, numjobs, randseed } = job;
  if (nrfiles !== null && filesizeBytes !== null) {
    return ownFiles(new Array<number>(nrfiles).fill(filesizeBytes), numjobs, randseed);
  }
  const files = datasetFiles(dataset, armId);
  if (files.length < numjobs) {
    const message = `${numjobs} workers cannot share ${files.length} files, which are read whole`;
    throw new FeedrateError('workload', `${armId}: ${message}; use fewer numjobs or more nrfiles in the dataset`);
  }
  return { files, extents: dealOut(files, numjobs) };
}

/**
 * Sizes of the files that `sizeBytes` is divided into: whole blocks, one more for the first files
 * when they cannot be divided evenly (as fio does), and the rest that is shorter than a block at the
 * end of the last file. So the files hold `sizeBytes` exactly, and as many blocks as one file would.
 */
function fileSizes(sizeBytes: number, nrfiles: number, blockBytes: number, armId: string): number[] {
  const blocks = Math.floor(sizeBytes / blockBytes);
  if (blocks < nrfiles) {
    const message = `a size of ${sizeBytes} bytes has no block of ${blockBytes} bytes for each of ${nrfiles} files`;
    throw new FeedrateError('workload', `${armId}: ${message}; use a larger size, a smaller bs or fewer nrfiles`);
  }
  const blocksEach = Math.floor(blocks / nrfiles);
  const sizes = Array.from({ length: nrfiles }, (_, i) => (blocksEach + (i < blocks % nrfiles ? 1 : 0)) * blockBytes);
  sizes[nrfiles - 1] = (sizes[nrfiles - 1] as number) + (sizeBytes % blockBytes);
  return sizes;
}

/** Files of these sizes for each worker; worker w's come after those of w - 1, so fewer workers use the same first files. */
function ownFiles(sizes: readonly number[], workers: number, seed: number, fallocate: Preallocation = 'none'): Shares {
  const files: DataFile[] = [];
  const extents = Array.from({ length: workers }, () =>
    sizes.map((bytes): Extent => {
      files.push(dataFile(seed, files.length, bytes, fallocate));
      return wholeFile(files, files.length - 1);
    }),
  );
  return { files, extents };
}

function checkpointFiles({ numjobs, shards, shardBytes, randseed, fallocate }: CheckpointWriteJob): Shares {
  const shares = ownFiles(new Array<number>(shards).fill(shardBytes), numjobs, randseed, fallocate);
  const files = shares.files.map((file, i) => {
    const worker = String(Math.floor(i / shards)).padStart(4, '0');
    const shard = String(i % shards).padStart(3, '0');
    return { ...file, path: `worker-${worker}/shard-${shard}.pt` };
  });
  return { ...shares, files };
}

function datasetFiles(dataset: Dataset | null, armId: string): DataFile[] {
  if (dataset === null) {
    throw new FeedrateError(
      'workload',
      `${armId}: neither the job nor the workload says what to read; add size or a dataset`,
    );
  }
  const { nrfiles, filesizeMinBytes, filesizeMaxBytes, seed, fallocate } = dataset;
  const sizes = filesizeMaxBytes - filesizeMinBytes + 1;
  return Array.from({ length: nrfiles }, (_, index) => {
    const bytes = sizes === 1 ? filesizeMinBytes : filesizeMinBytes + createPrng(seed, index).nextBelow(sizes);
    return dataFile(seed, index, bytes, fallocate);
  });
}

/** Files that were preallocated lie otherwise on the disk, so they have names of their own; their content is the same. */
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

/** Shared files to workers: whole files in turn when there is one for each, else ranges of every file. */
function shareOut(files: readonly DataFile[], workers: number, blockBytes: number, armId: string): Extent[][] {
  if (files.length >= workers) return dealOut(files, workers);
  const shares = Array.from({ length: workers }, (): Extent[] => []);
  files.forEach((_, file) => {
    divide(files, file, workers, blockBytes).forEach((extent, i) => {
      // Each file begins with the next worker, so that what cannot be divided evenly evens out.
      if (extent.lengthBytes > 0) shares[(i + file) % workers]?.push(extent);
    });
  });
  if (shares.every((share) => share.length > 0)) return shares;
  const message = `the dataset has fewer blocks of ${blockBytes} bytes than the job has workers (${workers})`;
  throw new FeedrateError('workload', `${armId}: ${message}; use fewer numjobs, a smaller bs or a larger dataset`);
}

/** Worker w gets the files w, w + workers, … */
function dealOut(files: readonly DataFile[], workers: number): Extent[][] {
  const shares = Array.from({ length: workers }, (): Extent[] => []);
  files.forEach((_, file) => {
    shares[file % workers]?.push(wholeFile(files, file));
  });
  return shares;
}

/** Contiguous parts of a file in whole blocks; the end that is shorter than a block goes to the last part. */
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
