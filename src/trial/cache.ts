/** Prepares the cache state that a trial claims, and counts the traffic during the trial. See also cache-verdict.ts. */
import { ownFileStatus } from '../host/files/own-file.js';
import { type EvictResult, evictInSteps, evidenceInSteps, warmInStretches } from '../host/files/page-cache.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { type NfsReading, readNfs, trafficSince } from '../host/nfs/read-nfs.js';
import { delta, snapshot } from '../host/system/io-counters.js';
import type { Paths } from '../plan/file-list.js';
import type { TcpCount } from '../record/nfs-traffic.js';
import type { IoCounters } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';
import type { Moved } from './cache-origin.js';
import { type CacheBefore, UNKNOWN_DEVICE, UNPREPARED } from './cache-verdict.js';
import { LayoutStopped, yieldUnless } from './data-file.js';
import type { PreparingStep, WorkProgress } from './events.js';
import { WorkMeter } from './work-meter.js';

/** The state before the trial, kept until its end. */
export interface CachePreparation extends CacheBefore {
  readonly counters: IoCounters;
  readonly nfs: NfsReading | null;
  readonly targetPath: string;
}

export interface CacheRequest {
  readonly claim: CacheClaim;
  /** Absolute paths of the trial's files that already have content. */
  readonly paths: Paths;
  readonly targetPath: string;
  /** Whether the job reads. Without reads there is no cache state to prepare. */
  readonly reads: boolean;
  readonly dropCaches: boolean;
  /** Remounts the target before a cold trial; null: evict only. */
  readonly remount: (() => Promise<void>) | null;
  /** Whether the kernel counts the job's reads as reads of files. */
  readonly countsReads: boolean;
  /** Whether several workers may read the same file. */
  readonly sharesFiles: boolean;
  /** Whether this run wrote or read the same data before. */
  readonly touchedBefore: boolean;
  readonly stopped: () => boolean;
  /** Called some times a second while files are evicted or read. */
  readonly progress: (step: PreparingStep, work: WorkProgress) => void;
  /** Bytes of the files, for progress. */
  readonly totalBytes: number;
}

/** Evicts or reads the files as the claim requires, then records what the page cache holds. */
export async function prepareCache(request: CacheRequest): Promise<CachePreparation> {
  const { claim, paths, targetPath, reads } = request;
  if (isNfsUrl(targetPath)) return withoutCache(request);
  // Direct reads bypass the cache but still find dirty pages in it, so those are evicted as well.
  const evicts = reads && (claim === 'cold' || claim === 'direct');
  const anew = evicts && claim === 'cold' && paths.length > 0 ? request.remount : null;
  const eviction = evicts ? await evictionOf(request, anew !== null) : null;
  // Files are not inspected after a remount: opening them would refill the attribute and name caches.
  const evidence = anew === null ? null : { ...(await inSteps(request, null, evidenceInSteps(paths))), ...UNSEEN };
  await anew?.();
  if (reads && claim === 'warm') await warm(request);
  return {
    claim,
    reads,
    before: {
      ...(evidence ?? (await inSteps(request, null, evidenceInSteps(paths)))),
      evictedBy: eviction?.evictedBy ?? null,
    },
    problem: eviction?.problem ?? null,
    countsReads: request.countsReads,
    sharesFiles: request.sharesFiles,
    touchedBefore: request.touchedBefore,
    counters: snapshot({ path: targetPath }),
    nfs: readNfs(targetPath),
    targetPath,
  };
}

const UNSEEN = { residentBytesBefore: null, residencySource: null };

/** Evicts the files, unless a remount follows: unmounting writes back and drops everything anyway. */
async function evictionOf(request: CacheRequest, remounts: boolean): Promise<EvictResult> {
  const { claim, paths, dropCaches } = request;
  const drops = dropCaches && claim === 'cold';
  if (!remounts) return inSteps(request, 'eviction', evictInSteps(paths, { dropCaches: drops }));
  const { evictedBy, problem } = drops
    ? await inSteps(request, 'eviction', evictInSteps(paths, { dropCaches: true }))
    : { evictedBy: null, problem: null };
  return { evictedBy: evictedBy === null ? 'remount' : `${evictedBy}+remount`, problem };
}

/** Time between two reports of progress, ms. */
const TELL_EVERY_MS = 100;

/**
 * Goes through files step by step, so that progress is shown and a stop request is heard. Throws `LayoutStopped` after one.
 * @param step null: the steps take no time worth telling
 */
async function inSteps<T>(request: CacheRequest, step: PreparingStep | null, steps: Generator<void, T>): Promise<T> {
  const tell = tellerOf(request, step);
  for (let files = 1; ; files++) {
    const { done, value } = steps.next();
    if (done) return value as T;
    tell(files, 0);
    await yieldUnless(request.stopped);
  }
}

function tellerOf({ paths, totalBytes, progress }: CacheRequest, step: PreparingStep | null) {
  // Only warming moves bytes; the time of the rest is that of the files.
  const meter = new WorkMeter({ totalFiles: paths.length, totalBytes: step === 'warming' ? totalBytes : 0 });
  let toldMs = performance.now();
  return (files: number, bytes: number): void => {
    if (step === null || performance.now() - toldMs < TELL_EVERY_MS) return;
    toldMs = performance.now();
    progress(step, meter.at(files, bytes));
  };
}

/** Returns the preparation for libnfs, which caches nothing on this machine: nothing to evict, no page cache to ask. */
function withoutCache({ claim, paths, targetPath, reads, countsReads, touchedBefore }: CacheRequest): CachePreparation {
  let fileBytes = paths.totalBytes ?? 0;
  if (paths.totalBytes === undefined) for (const path of paths) fileBytes += ownFileStatus(path)?.bytes ?? 0;
  return {
    claim,
    reads,
    before: { ...UNPREPARED, fileBytes },
    problem: null,
    countsReads,
    touchedBefore,
    counters: UNKNOWN_DEVICE,
    nfs: null,
    targetPath,
  };
}

/**
 * Evicts data files that a session with cold trials wrote. Otherwise it would start with their pages in memory, unlike
 * other sessions. Errors are ignored: each cold trial evicts and checks its own files.
 */
export async function beginCold(paths: Iterable<string>, stopped: () => boolean): Promise<void> {
  try {
    for (const _ of evictInSteps(paths, { dropCaches: false })) await yieldUnless(stopped);
  } catch (thrown) {
    if (thrown instanceof LayoutStopped) throw thrown;
  }
}

/** Reads the files into the page cache. Throws `LayoutStopped` after a stop request. */
async function warm(request: CacheRequest): Promise<void> {
  const tell = tellerOf(request, 'warming');
  let doneBytes = 0;
  for (const { bytes, files } of warmInStretches(request.paths)) {
    doneBytes += bytes;
    tell(files, doneBytes);
    await yieldUnless(request.stopped);
  }
}

/** Returns the preparation with counters of this moment: what other preparations moved after it does not count. */
export function countedFromNow(preparation: CachePreparation): CachePreparation {
  const { targetPath } = preparation;
  if (isNfsUrl(targetPath)) return preparation;
  return { ...preparation, counters: snapshot({ path: targetPath }), nfs: readNfs(targetPath) };
}

/**
 * Returns the traffic since `prepareCache`. Call it right after the trial, before files are removed. On NFS it reads
 * only files in /proc and never the target's path, so a dead server cannot block it.
 * @param wire the bytes that libnfs workers counted
 */
export function movedSince({ counters, nfs, targetPath }: CachePreparation, wire?: TcpCount | null): Moved {
  if (isNfsUrl(targetPath)) return { device: counters, nfs: null, wire: wire ?? null };
  return {
    nfs: nfs === null ? null : trafficSince(nfs),
    device: delta(counters, snapshot(nfs === null ? { path: targetPath } : null)),
  };
}
