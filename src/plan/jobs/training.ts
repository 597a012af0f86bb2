import { FeedrateError } from '../../base/errors.js';
import { type BoardShape, boardBytes } from '../../training/board-layout.js';
import { splitCalls } from '../../training/checkpoints/archive-calls.js';
import { type EmulatedRanks, emulatedRanks } from '../../training/checkpoints/model-state.js';
import { type CheckpointFile, filesOfRank } from '../../training/checkpoints/writer-files.js';
import type { DataColumn, DatasetShape } from '../../training/dataset-shape.js';
import { EvenIndex, type SampleIndex } from '../../training/sample-index.js';
import { createSampler, type SamplerSettings } from '../../training/sampler.js';
import type { ScanChoices } from '../../training/scans/format-scan.js';
import { WRITERS, type WriterHabits } from '../../workload/checkpoint-writers.js';
import { formatRow } from '../../workload/data-formats.js';
import { SAVED_BLOCK_BYTES, savesCheckpoints } from '../../workload/jobs/saving-fields.js';
import { prefetchFactorOf, type TrainingJob } from '../../workload/jobs/training.js';
import { meanOfSpread } from '../../workload/time-spread.js';
import { type ExpectedTime, movingNs, type TargetRates } from '../assumed-rate.js';
import type { Files } from '../file-list.js';
import { foundSamples } from '../found-samples.js';
import type { WrittenBesides } from '../plan.js';
import type { SharedFiles } from '../planned-dataset.js';
import { shapedFiles } from '../shaped-files.js';
import { datasetFiles, type Shares } from '../shares.js';
import { WholeFiles } from '../whole-share.js';
import { type JobPlan, NO_QUEUE, UNBOUNDED } from './job-plan.js';

/** Plans a training job: the workers of each accelerator's loader read the files, and one more thread plays the accelerators. */
export function planTraining(job: TrainingJob): JobPlan {
  return {
    place: 'data',
    readsDataset: job.files === null,
    dealsOut: true,
    spreadsRanks: true,
    laidOut: true,
    holdsAllFiles: false,
    makesDirectories: false,
    reads: true,
    readsInOrder: false,
    checksContent: false,
    isSteady: false,
    bounds: UNBOUNDED,
    queue: NO_QUEUE,
    threads: { each: loadersOf(job), besides: saversOf(job) + 1, sharedBytes: boardBytes(boardShapeOf(job)) },
    ...(job.files === null && { samples: { format: job.format, choices: choicesOf(job) } }),
    rate: null,
    madvise: 'normal',
    shares: (armId, dataset) => sharesOf(job, armId, dataset),
    scratchFiles: () => 0,
    scratchBytes: () => 0,
    writtenBytes: () => 0,
    movedBytes: (passBytes) => passBytes * job.epochs,
    entryOperations: null,
    expectedTime: (fileBytes, rates, files) => expectedTime(job, rates, fileBytes, files),
    restBytes: () => 0,
    directMisfit: () => null,
  };
}

/** Returns the workers of each loader. A training process that loads its own batches counts as one. */
export function loadersOf({ readThreads }: Pick<TrainingJob, 'readThreads'>): number {
  return Math.max(1, readThreads);
}

/** Returns the size of the memory that the job's threads share. */
export function boardShapeOf(job: TrainingJob): BoardShape {
  const workers = loadersOf(job);
  const prefetch = prefetchFactorOf(job);
  // Where files are dealt out, a worker takes over the turns of those that have none left.
  const held = formatRow(job.format).access === 'stream' ? workers * prefetch : prefetch;
  // One more for the end of an epoch.
  // Plans of before 2026-11-30 lack both.
  const sharesStorage = (job.sharedBytesPerSecond ?? job.sharedIops ?? null) !== null;
  return { loaders: job.numjobs * workers + saversOf(job), depth: held + 1, sharesStorage };
}

/** Returns the threads that write checkpoints: one for each accelerator. */
function saversOf(job: TrainingJob): number {
  return savesCheckpoints(job) ? job.numjobs : 0;
}

/** Returns how a job's checkpoints are written. Longer calls would need a buffer in every thread. */
export function savingHabits({ writer }: Pick<TrainingJob, 'writer'>): WriterHabits & { readonly direct: false } {
  const { fsync, rename, publish, fsyncDirectories, chunkBytes } = WRITERS[writer];
  return {
    fsync,
    rename,
    publish,
    fsyncDirectories,
    chunkBytes: Math.min(chunkBytes, SAVED_BLOCK_BYTES),
    direct: false,
  };
}

/** Returns the accelerators that save, on all machines and on this one. */
export function savingRanks(job: TrainingJob): EmulatedRanks {
  return emulatedRanks({ ...job, ranks: null });
}

/**
 * Returns the files that an accelerator of this machine writes for a checkpoint: those of its writer, or an equal part of
 * `model_size`. None if other accelerators have all parts of the model.
 */
export function savingFiles(job: TrainingJob, accelerator: number): CheckpointFile[] {
  const { chunkBytes, publish } = savingHabits(job);
  const { total, first, count } = savingRanks(job);
  if (accelerator >= count) return [];
  const rank = first + accelerator;
  if (job.modelBytes === null) {
    const shape = {
      ...job,
      dtype: 'bf16',
      optimizer: 'adam',
      ranks: null,
      direct: false,
      publish,
      chunkBytes,
    } as const;
    return filesOfRank(shape, rank);
  }
  const bytes = Math.ceil(job.modelBytes / total);
  const file = { role: 'state', bytes, isShared: false, calls: () => splitCalls([bytes], chunkBytes) } as const;
  return [{ ...file, name: `rank-${rank}.pt` }];
}

function savedFilesOf(job: TrainingJob): CheckpointFile[] {
  return Array.from({ length: saversOf(job) }, (_, rank) => savingFiles(job, rank)).flat();
}

/** Returns the bytes of one checkpoint, all accelerators of this machine together. */
export function savingBytes(job: TrainingJob): number {
  return savedFilesOf(job).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Returns how often a job saves at most. Those after steps are not known for files that exist, unless the steps are given. */
function savedTimes(job: TrainingJob): number {
  const { stepsBetween, epochsBetween, firstSavedEpoch, epochs, files, totalSteps } = job;
  const ofEpochs =
    files === null ? (totalSteps ?? 0) : epochs * stepsInEpoch(job, new EvenIndex(files, job.samplesPerFile));
  const bySteps = stepsBetween === null ? 0 : Math.floor(Math.min(totalSteps ?? ofEpochs, ofEpochs) / stepsBetween);
  const byEpochs = epochsBetween === null ? 0 : Math.ceil((epochs - firstSavedEpoch + 1) / epochsBetween);
  return bySteps + Math.max(0, byEpochs);
}

/** The part of a machine in a group that deals out one dataset. */
export interface SamplePart {
  /** 0-based. */
  readonly rank: number;
  readonly size: number;
  /** Of the order that all machines have in common. */
  readonly seed: number;
}

/** Returns the place of a machine's first accelerator among those of its group. */
export function firstAccelerator({ numjobs }: Pick<TrainingJob, 'numjobs'>, part: SamplePart | undefined): number {
  return (part?.rank ?? 0) * numjobs;
}

/** Returns how a job's samples are dealt out: to the accelerators of all machines that have a part of them. */
export function samplerSettingsOf(job: TrainingJob, ownSeed: number, part?: SamplePart): SamplerSettings {
  const { size, seed } = part ?? { size: 1, seed: ownSeed };
  return {
    access: formatRow(job.format).access,
    ranks: job.numjobs * size,
    workers: loadersOf(job),
    batchSize: job.batchSize,
    dropLast: job.dropLast,
    shufflesFiles: job.fileShuffle === 'seed',
    shufflesSamples: job.sampleShuffle === 'seed',
    seed,
  };
}

function choicesOf({ recordBytes, samplesPerFile, columnsRead, npzSamples }: TrainingJob): ScanChoices {
  return { recordBytes, samplesPerFile, columnsRead, npzSamples };
}

/** Returns which samples are in which of the files. `found` are those of a job without files of its own. */
export function sampleIndexOf({ files, samplesPerFile, format }: TrainingJob, found: Files): SampleIndex {
  if (files !== null) return new EvenIndex(files, samplesPerFile);
  return foundSamples(format, found);
}

/** Returns the steps of an epoch: as many as all accelerators have a batch for, or, without `drop_last`, as any has. */
export function stepsOf(batches: readonly (number | readonly number[])[], dropLast: boolean): number {
  const each = batches.map((of) => (typeof of === 'number' ? of : of.reduce((sum, own) => sum + own, 0)));
  return each.reduce((a, b) => (dropLast ? Math.min(a, b) : Math.max(a, b)));
}

function sharesOf(job: TrainingJob, armId: string, dataset: SharedFiles | null): Shares {
  const files = job.files === null ? datasetFiles(dataset, armId) : shapedFiles(shapeOf(job, job.files), armId);
  const index = sampleIndexOf(job, files);
  if (stepsInEpoch(job, index) === 0) {
    const { samples } = index;
    const whom = job.numjobs === 1 ? 'the accelerator' : `each of ${job.numjobs} accelerators`;
    const message = `${samples} samples make no batch of ${job.batchSize} for ${whom}`;
    throw new FeedrateError(
      'workload',
      `${armId}: ${message}; use a smaller batch_size (--batch of feed), or more files`,
    );
  }
  const all = new WholeFiles(files, 0, 1, files.length);
  // Every worker may read any file, and the thread that plays the accelerators counts them.
  const extents = Array.from({ length: job.numjobs + saversOf(job) + 1 }, () => all);
  return { files, extents, ...(savesCheckpoints(job) && { written: savedBesides(job) }) };
}

/** An old checkpoint is removed after the next one is complete. */
function savedBesides(job: TrainingJob): WrittenBesides {
  const bytes = savingBytes(job);
  return { files: 2 * savedFilesOf(job).length, bytes: 2 * bytes, writtenBytes: savedTimes(job) * bytes };
}

/** Returns what a job's own data is made of. `files` is their number. */
function shapeOf(job: TrainingJob, files: number): DatasetShape {
  const { format, samplesPerFile, recordStdevBytes, folders, rowGroupSamples, randseed } = job;
  const recordBytes = job.recordBytes ?? 0;
  return {
    format,
    files,
    samplesPerFile,
    recordBytes,
    recordStdevBytes,
    folders,
    rowGroupSamples,
    columns: formatRow(format).hasColumns ? columnsOf(job, recordBytes) : [],
    seed: randseed,
  };
}

/** Columns divide a sample equally. The first of them have the bytes that are left over. */
function columnsOf({ columns, columnsRead }: TrainingJob, recordBytes: number): DataColumn[] {
  return Array.from({ length: columns }, (_, column) => ({
    name: `c${column}`,
    bytes: Math.max(1, Math.floor(recordBytes / columns) + (column < recordBytes % columns ? 1 : 0)),
    isRead: columnsRead === null || column < columnsRead,
  }));
}

/** Returns the steps of the first epoch. */
function stepsInEpoch(job: TrainingJob, index: SampleIndex): number {
  const sampler = createSampler(index, samplerSettingsOf(job, job.randseed));
  sampler.beginEpoch(0);
  return stepsOf(
    Array.from({ length: job.numjobs }, (_, rank) => sampler.batchesOf(rank)),
    job.dropLast,
  );
}

/** Loading overlaps with computing, so the longer of the two counts. Each epoch reads all samples. */
function expectedTime(job: TrainingJob, rates: TargetRates, bytes: number, files: Files): ExpectedTime {
  const steps = stepsInEpoch(job, sampleIndexOf(job, files));
  const share = Math.min(1, (job.totalSteps ?? Number.POSITIVE_INFINITY) / (steps * job.epochs));
  const computingNs = steps * job.epochs * share * meanOfSpread(job.computationTime);
  const workers = job.numjobs * loadersOf(job);
  const readingNs = (warm: boolean): number => {
    const { fileNs, bytesPerSecond } = warm ? rates.warm : rates.cold;
    const parallel = Math.min(workers, warm ? rates.parallelWarm : rates.parallelCold);
    return Math.max((files.length * fileNs) / parallel, (bytes / bytesPerSecond) * 1e9);
  };
  const epochsNs = readingNs(job.cache === 'warm') + (job.epochs - 1) * readingNs(job.cache !== 'cold');
  const savingNs = job.checkpointMode === 'sync' ? movingNs(rates.write, savedTimes(job) * savingBytes(job)) : 0;
  return { knownNs: computingNs, estimatedNs: Math.max(0, epochsNs * share - computingNs) + savingNs };
}
