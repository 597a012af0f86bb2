import { FeedrateError } from '../../base/errors.js';
import type { IoJob } from '../../workload/workload.js';
import type { TargetRates } from '../assumed-rate.js';
import { largestBlockBytes, meanBlockBytes } from '../blocks.js';
import type { SizeRule } from '../file-list.js';
import { FoundFiles } from '../found-files.js';
import { isRandom, restBytes } from '../patterns.js';
import type { SharedFiles } from '../planned-dataset.js';
import { bytesOf, firstPart } from '../share-part.js';
import { datasetFiles, ownFiles, type Shares, shareOut } from '../shares.js';
import type { JobPlan, Rate } from './job-plan.js';
import { timedBounds, timedJob } from './timed.js';

/** Plans a job in the style of fio: operations of a pattern on its own files or, if it only reads, on the dataset. */
export function planIo(job: IoJob): JobPlan {
  const { rw } = job;
  const isWritten = rw !== 'read' && rw !== 'randread';
  const laidOut = rw !== 'write';
  return {
    place: isWritten ? 'scratch' : 'data',
    readsDataset: typeof job.sizeBytes !== 'number',
    laidOut,
    holdsAllFiles: true,
    makesDirectories: false,
    reads: rw !== 'write' && rw !== 'randwrite',
    readsInOrder: rw === 'read',
    checksContent: job.verify,
    isSteady: true,
    bounds: timedBounds(job),
    // Threads cannot pause together for think time as a queue does, so a job with think time cannot use them.
    queue: { depth: job.iodepth, byThreads: job.thinktimeNs === 0 },
    rate: rateOf(job),
    madvise: job.madvise,
    shares: (armId, dataset) => sharesOf(job, armId, dataset),
    scratchFiles: (files) => files,
    scratchBytes: (fileBytes) => fileBytes,
    writtenBytes: (fileBytes) => (laidOut ? fileBytes : 0) + overwrittenBytes(job, fileBytes),
    movedBytes: (fileBytes) => movedBytes(job, fileBytes),
    entryOperations: null,
    expectedTime: (fileBytes, rates) => timedJob(job, transferNs(job, fileBytes, rates)),
    // A rest behind the last whole block of a file is left out with direct I/O.
    directMisfit: () => null,
    restBytes: (extents) => restBytes(job, extents),
  };
}

function rateOf(job: IoJob): Rate | null {
  const { rateIops, rateBytesPerSecond, rateProcess } = job;
  if (rateIops === null && rateBytesPerSecond === null) return null;
  const share = rateShare(job);
  return {
    operationsPerSecond: rateIops === null ? null : rateIops * share,
    bytesPerSecond: rateBytesPerSecond === null ? null : rateBytesPerSecond * share,
    random: rateProcess === 'poisson',
  };
}

/** Returns the share of its rate that a job can reach with its pauses, if operations took no time. */
function rateShare(job: IoJob): number {
  const { rateIops, rateBytesPerSecond, rateIgnoreThinktime, thinktimeNs, thinktimeBlocks } = job;
  const meanBytes = meanBlockBytes(job);
  const intervalNs = Math.max(
    rateIops === null ? 0 : 1e9 / rateIops,
    rateBytesPerSecond === null ? 0 : (meanBytes / rateBytesPerSecond) * 1e9,
  );
  const pauseNs = thinktimeNs / thinktimeBlocks;
  return intervalNs / (rateIgnoreThinktime ? intervalNs + pauseNs : Math.max(intervalNs, pauseNs));
}

function sharesOf(job: IoJob, armId: string, dataset: SharedFiles | null): Shares {
  const blockBytes = largestBlockBytes(job);
  if (typeof job.sizeBytes === 'number') {
    const sizes = fileSizes(job.sizeBytes, job.nrfiles, blockBytes, armId);
    const { nrfiles: each, numjobs: workers, randseed: seed, fallocate } = job;
    return ownFiles({ sizes, each, workers, seed, fallocate });
  }
  return partsOf(job, armId, datasetShares(job, armId, dataset), blockBytes);
}

/** Returns each worker's share of the dataset, as a whole. */
function datasetShares(job: IoJob, armId: string, dataset: SharedFiles | null): Shares {
  const blockBytes = largestBlockBytes(job);
  const files = datasetFiles(dataset, armId);
  if (files instanceof FoundFiles) return shareOut(readable(job, armId, files), job.numjobs, blockBytes, armId);
  const { smallestBytes: smallest } = files.sums;
  if (smallest < blockBytes) {
    const message = `the dataset has a file of ${smallest} bytes, too short for a block of ${blockBytes} bytes`;
    throw new FeedrateError('workload', `${armId}: ${message}; use a smaller bs or a larger filesize`);
  }
  return shareOut(files, job.numjobs, blockBytes, armId);
}

/** Returns the parts of the shares that a job reads. Throws `FeedrateError('workload')` when one has no block. */
function partsOf(job: IoJob, armId: string, shares: Shares, blockBytes: number): Shares {
  const { sizeBytes, ioSizeBytes } = job;
  const ofShare = typeof sizeBytes === 'object' && sizeBytes !== null ? sizeBytes.share : 1;
  const ofPass = typeof ioSizeBytes === 'object' && ioSizeBytes !== null ? ioSizeBytes.share : 1;
  if (ofShare === 1 && ofPass === 1) return shares;
  const extents = shares.extents.map((all) => firstPart(all, ofShare, blockBytes));
  for (const part of extents) {
    const [first] = part;
    // A file that exists may be shorter than a block.
    if (first !== undefined && bytesOf(part) * ofPass >= Math.min(blockBytes, first.lengthBytes)) continue;
    const word = ofPass < 1 ? 'io_size' : 'size';
    const message = `${word} leaves a worker less than a block of ${blockBytes} bytes`;
    throw new FeedrateError('workload', `${armId}: ${message}; use a larger percentage, a smaller bs or fewer numjobs`);
  }
  return { files: shares.files, extents };
}

/**
 * Returns the files that a job can read: all but empty ones or, at random offsets and with direct I/O, those that have a
 * whole block. Throws `FeedrateError('workload')` when there are none.
 */
function readable(job: IoJob, armId: string, files: FoundFiles): FoundFiles {
  const wholeBytes = isRandom(job) || job.direct ? largestBlockBytes(job) : 1;
  const leastBytes = Math.max(wholeBytes, job.minFilesizeBytes ?? 0);
  const used = files.sized(leastBytes);
  if (used.length > 0) return used;
  if (leastBytes > wholeBytes) {
    const longest = `the longest of ${files.length} files has ${files.sums.longestBytes} bytes`;
    throw new FeedrateError('workload', `${armId}: ${longest}, less than min_filesize; use a smaller min_filesize`);
  }
  const message =
    wholeBytes === 1
      ? `all ${files.length} files of the dataset are empty`
      : `the longest of ${files.length} files has ${files.sums.longestBytes} bytes, less than a block of ${wholeBytes}`;
  throw new FeedrateError('workload', `${armId}: ${message}; use a smaller bs, kind: small-files or other files`);
}

/**
 * Returns the sizes of the files that `sizeBytes` is divided into. Each file has whole blocks. If blocks cannot be
 * divided evenly, the first files have one more (as in fio). A rest shorter than a block goes to the last file. The
 * files have `sizeBytes` bytes in all, and as many blocks as a single file would have.
 */
function fileSizes(sizeBytes: number, nrfiles: number, blockBytes: number, armId: string): SizeRule {
  const blocks = Math.floor(sizeBytes / blockBytes);
  if (blocks < nrfiles) {
    const message = `a size of ${sizeBytes} bytes has no block of ${blockBytes} bytes for each of ${nrfiles} files`;
    throw new FeedrateError('workload', `${armId}: ${message}; use a larger size, a smaller bs or fewer nrfiles`);
  }
  const blocksEach = Math.floor(blocks / nrfiles);
  const longer = blocks % nrfiles;
  const restBytes = sizeBytes % blockBytes;
  if (nrfiles === 1 || (longer === 0 && restBytes === 0)) return { kind: 'equal', bytes: sizeBytes / nrfiles };
  return { kind: 'divided', files: nrfiles, blockBytes, blocksEach, longer, restBytes };
}

/** Returns the bytes that the measured part moves, unless it runs for a time. `fileBytes` are those of all workers. */
function movedBytes({ sizeBytes, ioSizeBytes, numjobs, timeBased }: IoJob, fileBytes: number): number {
  const passBytes = typeof sizeBytes === 'object' && sizeBytes !== null ? fileBytes * sizeBytes.share : fileBytes;
  if (ioSizeBytes === null || timeBased) return passBytes;
  return typeof ioSizeBytes === 'number' ? ioSizeBytes * numjobs : passBytes * ioSizeBytes.share;
}

/** Returns the bytes that the measured part writes. */
function overwrittenBytes(job: IoJob, fileBytes: number): number {
  const writeShare = job.rw === 'write' || job.rw === 'randwrite' ? 1 : 1 - job.rwmixread / 100;
  return Math.ceil(movedBytes(job, fileBytes) * writeShare);
}

/**
 * Returns the time to move the job's bytes, ns: at the slowest of the target's rate and the job's own rates, plus pauses.
 * A job that catches up makes its pauses part of the time that its rate takes.
 */
function transferNs(job: IoJob, fileBytes: number, rates: TargetRates): number {
  const bytesEach = movedBytes(job, fileBytes) / job.numjobs;
  const operationsEach = bytesEach / meanBlockBytes(job);
  const pausesNs = (operationsEach / job.thinktimeBlocks) * job.thinktimeNs;
  const atByteRateNs = job.rateBytesPerSecond === null ? 0 : (bytesEach / job.rateBytesPerSecond) * 1e9;
  const atOperationRateNs = job.rateIops === null ? 0 : (operationsEach / job.rateIops) * 1e9;
  const movingNs = storageNs(job, bytesEach * job.numjobs, rates);
  const atRateNs = Math.max(atByteRateNs, atOperationRateNs);
  return job.rateIgnoreThinktime ? pausesNs + Math.max(movingNs, atRateNs) : Math.max(pausesNs + movingNs, atRateNs);
}

/** Returns the time that the storage takes: for the bytes, or for so many small operations if that is longer. */
function storageNs(job: IoJob, bytes: number, rates: TargetRates): number {
  const { rw, cache, iodepth, numjobs } = job;
  const isWarm = cache === 'warm';
  const isWritten = rw !== 'read' && rw !== 'randread';
  const rate = isWritten ? rates.write : isWarm ? rates.warm : rates.cold;
  const parallel = Math.min(numjobs * iodepth, isWarm ? rates.parallelWarm : rates.parallelCold);
  const operations = isRandom(job) ? bytes / meanBlockBytes(job) : 0;
  return Math.max((bytes / rate.bytesPerSecond) * 1e9, (operations * rate.randomNs) / parallel);
}
