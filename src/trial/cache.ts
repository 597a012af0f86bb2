/** Prepares the cache state that a trial claims, and counts the traffic during the trial. See also cache-verdict.ts. */
import { ownFileStatus } from '../host/files/own-file.js';
import { type EvictResult, evict, readEvidence, warmInStretches } from '../host/files/page-cache.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { type NfsReading, readNfs, trafficSince } from '../host/nfs/read-nfs.js';
import { delta, snapshot } from '../host/system/io-counters.js';
import type { Paths } from '../plan/file-list.js';
import type { TcpCount } from '../record/nfs-traffic.js';
import type { IoCounters } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';
import type { Moved } from './cache-origin.js';
import { type CacheBefore, UNKNOWN_DEVICE, UNPREPARED } from './cache-verdict.js';

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
  /** Whether this run wrote or read the same data before. */
  readonly touchedBefore: boolean;
  readonly stopped: () => boolean;
}

/** Evicts or reads the files as the claim requires, then records what the page cache holds. */
export async function prepareCache(request: CacheRequest): Promise<CachePreparation> {
  const { claim, paths, targetPath, reads, stopped } = request;
  if (isNfsUrl(targetPath)) return withoutCache(request);
  // Direct reads bypass the cache but still find dirty pages in it, so those are evicted as well.
  const evicts = reads && (claim === 'cold' || claim === 'direct');
  const anew = evicts && claim === 'cold' && paths.length > 0 ? request.remount : null;
  const eviction = evicts ? evictionOf(request, anew !== null) : null;
  // Files are not inspected after a remount: opening them would refill the attribute and name caches.
  const evidence = anew === null ? null : { ...readEvidence(paths), ...UNSEEN };
  await anew?.();
  if (reads && claim === 'warm') await warmUntil(paths, stopped);
  return {
    claim,
    reads,
    before: { ...(evidence ?? readEvidence(paths)), evictedBy: eviction?.evictedBy ?? null },
    problem: eviction?.problem ?? null,
    countsReads: request.countsReads,
    touchedBefore: request.touchedBefore,
    counters: snapshot({ path: targetPath }),
    nfs: readNfs(targetPath),
    targetPath,
  };
}

const UNSEEN = { residentBytesBefore: null, residencySource: null };

/** Evicts the files, unless a remount follows: unmounting writes back and drops everything anyway. */
function evictionOf({ claim, paths, dropCaches }: CacheRequest, remounts: boolean): EvictResult {
  const drops = dropCaches && claim === 'cold';
  if (!remounts) return evict(paths, { dropCaches: drops });
  const { evictedBy, problem } = drops ? evict(paths, { dropCaches: true }) : { evictedBy: null, problem: null };
  return { evictedBy: evictedBy === null ? 'remount' : `${evictedBy}+remount`, problem };
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
 * Evicts all data files of a session that has cold trials. Otherwise the session that laid out the files would start
 * with their pages in memory, unlike the others. Errors are ignored: each cold trial evicts and checks its own files.
 */
export function beginCold(paths: Paths): void {
  try {
    evict(paths, { dropCaches: false });
  } catch {}
}

/** Reads the files into the page cache, and returns early after a stop request. */
async function warmUntil(paths: Paths, stopped: () => boolean): Promise<void> {
  for (const _ of warmInStretches(paths)) {
    await new Promise((resolve) => setImmediate(resolve));
    if (stopped()) return;
  }
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
