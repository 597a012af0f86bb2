/** Chooses how much data `feedrate feed` lays out, and how long its trials are. */
import type { AcceleratorModel } from '../training/accelerator-model.js';
import { DATA_FORMATS } from '../workload/data-formats.js';
import type { TargetRates } from './assumed-rate.js';
import { fits } from './space.js';

/** What the data may take. */
export interface FeedRoom {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Of a file system in memory: what may be used of it. Null for any other one. */
  readonly memoryBytes: number | null;
  /** Null for engines that touch no files: their data take no space and no time. */
  readonly rates: TargetRates | null;
  readonly budgetNs: number;
}

/** Generated data of a model. */
export interface FeedData {
  readonly files: number;
  readonly samplesPerFile: number;
  readonly samples: number;
  readonly bytes: number;
  /** Such as `the free space`: what keeps the data smaller than the trials would use; null if nothing does. */
  readonly limitedBy: string | null;
}

/** The part of the time that laying out data may take. */
const LAYOUT_PART = 0.3;
/** Steps that a trial has if the data and the time permit. Fewer make AU depend on the loader's stock. */
export const WANTED_STEPS = 50;
/** A trial with short steps takes so long, to be longer than a hiccup of the machine. */
const TRIAL_NS = 3e9;
/** Several readers together are so much faster than one, as far as one can know beforehand. */
const PARALLEL = 8;
const MEMORY_PART = 0.25;
const FREE_PART = 0.5;
/** Data that nothing has to hold. */
const VIRTUAL_STEPS = 1024;
const VIRTUAL_SAMPLES = 1_000_000;
/** Files with many samples are about as large as those of published datasets. */
const SHARD_BYTES = 64 * 2 ** 20;
/** More files would take longer to evict than to read. */
const FILES_MAX = 200_000;

/** Returns how many steps a trial has, so that it is long enough, if the data suffices. `stock`: batches made in advance. */
export function wantedSteps(computeNs: number, stock: number): number {
  return Math.max(WANTED_STEPS, 4 * stock, Math.ceil(TRIAL_NS / computeNs)) + 2 * stock;
}

/** Returns the samples of one generated file of this model, at most as many as `samples`. */
function samplesOfFile({ format, recordBytes, samplesPerFile }: AcceleratorModel, samples: number): number {
  if (!DATA_FORMATS[format].manySamples) return 1;
  const most = Math.max(1, Math.floor(SHARD_BYTES / recordBytes));
  return Math.max(1, Math.min(samplesPerFile === 1 ? most : samplesPerFile, most, Math.ceil(samples / 16)));
}

/** Returns the data to lay out. Its size is a power of two of samples, so that the data of an earlier time is used again. */
export function feedData(model: AcceleratorModel, room: FeedRoom): FeedData {
  const { recordBytes, batchSize, computeNs, readThreads } = model;
  const { rates } = room;
  if (rates === null) {
    const samples = Math.max(VIRTUAL_STEPS, Math.min(VIRTUAL_SAMPLES, VIRTUAL_STEPS * batchSize));
    return dataOf(model, samples, null);
  }
  const trialNs = wantedSteps(computeNs, 2 * readThreads) * computeNs;
  const wantedBytes = Math.max(PARALLEL * rates.cold.bytesPerSecond * (trialNs / 1e9), 64 * batchSize * recordBytes);
  const fileBytes = recordBytes * samplesOfFile(model, wantedBytes / recordBytes);
  const nsOfFile = rates.layout.fileNs + (fileBytes / rates.layout.bytesPerSecond) * 1e9;
  const limits: readonly (readonly [bytes: number, why: string])[] = [
    [((room.budgetNs * LAYOUT_PART) / nsOfFile) * fileBytes, 'the time'],
    [freeFor(room), 'the free space'],
    ...(room.memoryBytes === null ? [] : [[room.memoryBytes * MEMORY_PART, 'the memory'] as const]),
    [FILES_MAX * fileBytes, 'the number of files'],
  ];
  const [leastBytes, why] = limits.reduce((least, each) => (each[0] < least[0] ? each : least));
  const bytes = Math.min(wantedBytes, leastBytes);
  const samples = 2 ** Math.floor(Math.log2(Math.max(1, bytes / recordBytes)));
  return dataOf(model, samples, leastBytes < wantedBytes ? why : null);
}

function freeFor({ freeBytes, totalBytes }: FeedRoom): number {
  const { marginBytes } = fits({ dataBytes: 0, scratchBytes: 0 }, { freeBytes, totalBytes });
  return Math.max(0, (freeBytes - marginBytes) * FREE_PART);
}

function dataOf(model: AcceleratorModel, samples: number, limitedBy: string | null): FeedData {
  const samplesPerFile = samplesOfFile(model, samples);
  const files = Math.ceil(samples / samplesPerFile);
  const all = files * samplesPerFile;
  return { files, samplesPerFile, samples: all, bytes: all * model.recordBytes, limitedBy };
}
