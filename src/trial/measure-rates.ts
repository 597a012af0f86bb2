/** Measures for a second or two how fast a target is, with files that are removed again. */
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createOwnDirectory, removeOwnDirectory } from '../host/files/own-directory.js';
import { evict, readEvidence } from '../host/files/page-cache.js';
import { below, storeOf } from '../host/files/store-of.js';
import { HeldTarget } from '../host/held-target.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import type { MoveRate, TargetRates } from '../plan/expected-time.js';
import type { DataFile, Target } from '../plan/plan.js';
import type { WorkProgress } from './events.js';
import { layOutFiles } from './lay-out-files.js';
import { meanNs } from './mean-of-steps.js';

const KIB = 2 ** 10;
const MIB = 2 ** 20;
/** Enough small files for all threads of a layout. */
const SMALL = { folders: 8, filesEach: 250, bytes: 4 * KIB };
const LARGE = { files: 2, bytes: 32 * MIB };
/** Small files that are synced one by one, and small files and random blocks that are read. */
const SYNCED_FILES = 8;
const READ_FILES = 64;
/** Small files that are evicted in one go; those that are read are among the first of them. */
const EVICTED_FILES = 100;
const RANDOM_READS = 64;
const BLOCK_BYTES = MIB;
/** A slow target is judged by what it reads in this time. */
const MOST_READING_NS = 1e9;
/** Storage answers so many readers at once. More is typical of servers and SSDs; the time limit of a job hides the rest. */
const PARALLEL_COLD = 8;

/**
 * A disk slows down once its caches and its credits are used up. Of a run that writes much, so great a part is written in
 * advance, in files of so many bytes, for so long at most.
 */
const SUSTAINED = { part: 1 / 16, mostBytes: 2 ** 30, fileBytes: 64 * MIB, mostSeconds: 2 } as const;

/** The bytes that the probe writes, at least and at most. */
export const PROBE_BYTES =
  SMALL.folders * SMALL.filesEach * SMALL.bytes + LARGE.files * LARGE.bytes + SYNCED_FILES * SMALL.bytes;
export const MOST_PROBE_BYTES = PROBE_BYTES + SUSTAINED.mostBytes;

/** The files that the probe writes. */
export const PROBE_FILES = SMALL.folders * SMALL.filesEach + LARGE.files + SYNCED_FILES;

/**
 * Measures a target that this user may write to. Throws as `layOutFiles` does, and errors of Node's shape. What it wrote
 * is removed in any case.
 * @param plannedBytes what the run will write. Default: unknown, so the rate is that of a short write
 */
export async function measureRates(target: Target, stopped: () => boolean, plannedBytes = 0): Promise<TargetRates> {
  const runId = `probe-${randomUUID().slice(0, 8)}`;
  const held = new HeldTarget(target, false, undefined);
  const directory = createOwnDirectory(target, runId, 'scratch');
  try {
    return await measureIn(directory, target, plannedBytes, stopped);
  } finally {
    removeOwnDirectory(directory, runId);
    held.release();
  }
}

async function measureIn(
  directory: string,
  target: Target,
  plannedBytes: number,
  stopped: () => boolean,
): Promise<TargetRates> {
  const layOut = (files: readonly DataFile[]) => secondHalfNs({ directory, heldPath: target.path, files, stopped });
  const small = filesIn('small', SMALL.folders, SMALL.filesEach, SMALL.bytes);
  const smallNs = await layOut(small);
  const syncedNs = await layOut(filesIn('synced', 1, SYNCED_FILES, SMALL.bytes));
  const large = filesIn('large', 1, LARGE.files, LARGE.bytes);
  const largeBytes = LARGE.files * LARGE.bytes;
  const shortRate = (largeBytes / (await layOut(large))) * 1e9;
  const pathOf = ({ path }: DataFile) => below(directory, path);
  const read = { small: small.slice(0, READ_FILES).map(pathOf), large: large.map(pathOf) };
  const evictNs = isNfsUrl(target.path) ? 0 : await evictionNs(small.map(pathOf), read.large);
  const cold = await readRate(read);
  const warm = await readRate(read);
  const sustained = filesIn('sustained', 1, sustainedFiles(plannedBytes, shortRate), SUSTAINED.fileBytes);
  const sustainedBytes = sustained.length * SUSTAINED.fileBytes;
  const bytesPerSecond = sustained.length === 0 ? shortRate : (sustainedBytes / (await layOut(sustained))) * 1e9;
  return {
    // The bytes of small files are part of their time.
    layout: { fileNs: smallNs / small.length, bytesPerSecond, randomNs: 0 },
    write: { fileNs: syncedNs / SYNCED_FILES, bytesPerSecond, randomNs: 0 },
    cold,
    warm,
    evictNs,
    // Removes the files that were measured.
    removeNs: await removalNs(directory),
    parallelCold: PARALLEL_COLD,
    parallelWarm: availableParallelism(),
  };
}

/** Returns how many files show the rate of a run that writes so much; 0: those that were written before are enough. */
export function sustainedFiles(plannedBytes: number, bytesPerSecond: number): number {
  const { part, mostBytes, fileBytes, mostSeconds } = SUSTAINED;
  const bytes = Math.min(plannedBytes * part, mostBytes, bytesPerSecond * mostSeconds);
  return bytes < 2 * LARGE.files * LARGE.bytes ? 0 : Math.floor(bytes / fileBytes);
}

function filesIn(name: string, folders: number, filesEach: number, bytes: number): DataFile[] {
  return Array.from({ length: folders * filesEach }, (_, index) => {
    const path = `${name}-${Math.floor(index / filesEach)}/${index}`;
    return { path, bytes, contentSeed: index };
  });
}

/** Returns the time that the removal of a small file takes. */
async function removalNs(directory: string): Promise<number> {
  const folders = Array.from({ length: SMALL.folders }, (_, folder) => below(directory, `small-${folder}`));
  const store = storeOf(directory);
  return (await meanNs(folders, (folder) => store.removeTree(folder))) / SMALL.filesEach;
}

/** Returns the time that the eviction of a small file and its proof take, as before a cold trial, which does many at a time. */
async function evictionNs(small: readonly string[], large: readonly string[]): Promise<number> {
  const groups = Array.from({ length: small.length / EVICTED_FILES }, (_, group) =>
    small.slice(group * EVICTED_FILES, (group + 1) * EVICTED_FILES),
  );
  const groupNs = await meanNs(groups, dropped, MOST_READING_NS);
  dropped(large);
  return groupNs / EVICTED_FILES;
}

function dropped(paths: readonly string[]): void {
  evict(paths, { dropCaches: false });
  readEvidence(paths);
}

/** Returns the time of a layout without the start of its threads, which a long layout does not notice. */
async function secondHalfNs(layout: {
  readonly directory: string;
  readonly heldPath: string;
  readonly files: readonly DataFile[];
  readonly stopped: () => boolean;
}): Promise<number> {
  const { files, stopped } = layout;
  const totals = { totalFiles: files.length, totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  const startMs = performance.now();
  let first: { readonly atMs: number; readonly fraction: number } | null = null;
  const progress = ({ fraction }: WorkProgress) => {
    first ??= { atMs: performance.now(), fraction };
  };
  await layOutFiles({ ...layout, ...totals, passingDirectory: null }, { progress, stopped });
  const endMs = performance.now();
  const { atMs, fraction } = first ?? { atMs: startMs, fraction: 0 };
  // A first report that comes late leaves too little to judge by.
  if (fraction > 0.5) return (endMs - startMs) * 1e6;
  return ((endMs - atMs) / (1 - fraction)) * 1e6;
}

/** Reads small files whole, one large file at random places, and the other one in its order. */
async function readRate({
  small,
  large,
}: {
  readonly small: readonly string[];
  readonly large: readonly string[];
}): Promise<MoveRate> {
  const [inOrder = '', atRandom = ''] = large;
  const fileNs = await meanNs(small, readStart, MOST_READING_NS);
  const pages = LARGE.bytes / SMALL.bytes;
  // A stride that is prime to the number of pages reaches them in no order that read-ahead would follow.
  const places = Array.from({ length: RANDOM_READS }, (_, index) => ((index * 1237 + 611) % pages) * SMALL.bytes);
  const randomNs = await readAt(atRandom, SMALL.bytes, places);
  const blocks = Array.from({ length: LARGE.bytes / BLOCK_BYTES }, (_, index) => index * BLOCK_BYTES);
  const blockNs = await readAt(inOrder, BLOCK_BYTES, blocks);
  return { fileNs, bytesPerSecond: (BLOCK_BYTES / blockNs) * 1e9, randomNs };
}

const READING = { write: false, create: false, direct: false } as const;

function readStart(path: string): void {
  const store = storeOf(path);
  const handle = store.open(path, READING);
  try {
    store.read(handle, new Uint8Array(SMALL.bytes), 0);
  } finally {
    store.close(handle);
  }
}

/** Returns the mean time of reads at these offsets. */
async function readAt(path: string, bytes: number, offsets: readonly number[]): Promise<number> {
  const store = storeOf(path);
  const handle = store.open(path, READING);
  try {
    const buffer = new Uint8Array(bytes);
    return await meanNs(offsets, (offset) => store.read(handle, buffer, offset), MOST_READING_NS);
  } finally {
    store.close(handle);
  }
}
