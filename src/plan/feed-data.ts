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

/** The most generated data that a trial may read. Trials lay out and read only what they need of it. */
export interface FeedData {
  readonly files: number;
  readonly samplesPerFile: number;
  readonly samples: number;
  readonly bytes: number;
  /** What keeps it from being more, such as `the free space`; null if nothing does. */
  readonly limitedBy: string | null;
}

/** The part of the time that laying out data may take. */
const LAYOUT_PART = 0.3;
/** Steps that count in a trial, at least, and the time of a trial with short steps, which outlasts a hiccup of the machine. */
const LEAST_STEPS = 20;
const TRIAL_NS = 3e9;
const MEMORY_PART = 0.25;
const FREE_PART = 0.5;
/** Files with many samples are about as large as those of published datasets. */
const SHARD_BYTES = 64 * 2 ** 20;
/** More files would take longer to evict than to read. */
const FILES_MAX = 200_000;

/**
 * Returns how many steps a trial has if the data suffices. `stock`: batches that a loader makes in advance. As many steps do
 * not count at each end.
 */
export function wantedSteps(computeNs: number, stock: number): number {
  return Math.max(LEAST_STEPS, 4 * stock, Math.ceil(TRIAL_NS / computeNs)) + 2 * stock;
}

/** Returns the samples of one generated file of this model. */
function samplesOfFile({ format, recordBytes, samplesPerFile }: AcceleratorModel): number {
  if (!DATA_FORMATS[format].manySamples) return 1;
  const most = Math.max(1, Math.floor(SHARD_BYTES / recordBytes));
  return samplesPerFile === 1 ? most : Math.min(samplesPerFile, most);
}

/** Returns the most data that there is room and time for. */
export function feedData(model: AcceleratorModel, room: FeedRoom): FeedData {
  const { rates } = room;
  const samplesPerFile = samplesOfFile(model);
  const fileBytes = model.recordBytes * samplesPerFile;
  const dataOf = (files: number, limitedBy: string | null): FeedData => {
    const samples = files * samplesPerFile;
    return { files, samplesPerFile, samples, bytes: files * fileBytes, limitedBy };
  };
  if (rates === null) return dataOf(FILES_MAX, null);
  const nsOfFile = rates.layout.fileNs + (fileBytes / rates.layout.bytesPerSecond) * 1e9;
  const limits: readonly (readonly [files: number, why: string])[] = [
    [FILES_MAX, 'the number of files'],
    [(room.budgetNs * LAYOUT_PART) / nsOfFile, 'the time'],
    [freeFor(room) / fileBytes, 'the free space'],
    ...(room.memoryBytes === null ? [] : [[(room.memoryBytes * MEMORY_PART) / fileBytes, 'the memory'] as const]),
  ];
  const [files, why] = limits.reduce((least, each) => (each[0] < least[0] ? each : least));
  return dataOf(Math.floor(files), why);
}

function freeFor({ freeBytes, totalBytes }: FeedRoom): number {
  const { marginBytes } = fits({ dataSpaceBytes: 0, scratchSpaceBytes: 0 }, { freeBytes, totalBytes });
  return Math.max(0, (freeBytes - marginBytes) * FREE_PART);
}
