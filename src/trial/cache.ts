/** Brings about the cache state that a trial claims, and counts what moves while it lasts. Judging is in cache-verdict.ts. */
import { type EvictResult, evict, readEvidence, warmInStretches } from '../host/files/page-cache.js';
import { storeOf } from '../host/files/store-of.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { type NfsReading, readNfs, trafficSince } from '../host/nfs/read-nfs.js';
import { delta, snapshot } from '../host/system/io-counters.js';
import type { TcpCount } from '../record/nfs-traffic.js';
import type { IoCounters } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';
import { type CacheBefore, type Moved, UNKNOWN_DEVICE, UNPREPARED } from './cache-verdict.js';

/** What was found before the trial, kept until the end of it. */
export interface CachePreparation extends CacheBefore {
  readonly counters: IoCounters;
  readonly nfs: NfsReading | null;
  readonly targetPath: string;
}

export interface CacheRequest {
  readonly claim: CacheClaim;
  /** The trial's files that exist and hold content, absolute. */
  readonly paths: readonly string[];
  readonly targetPath: string;
  /** Whether the job reads at all; a cache state of bytes that nobody reads is no claim. */
  readonly reads: boolean;
  readonly dropCaches: boolean;
  /** Mounts the target anew before a cold trial; null: evict only. */
  readonly remount: (() => Promise<void>) | null;
  readonly stopped: () => boolean;
}

/** Evicts or reads the files as claimed, then looks at what the page cache really holds. */
export async function prepareCache(request: CacheRequest): Promise<CachePreparation> {
  const { claim, paths, targetPath, reads, stopped } = request;
  if (isNfsUrl(targetPath)) return withoutCache(request);
  // Direct reads bypass the cache but find dirty pages in it, so those go as well.
  const evicts = reads && (claim === 'cold' || claim === 'direct');
  const anew = evicts && claim === 'cold' && paths.length > 0 ? request.remount : null;
  const eviction = evicts ? evictionOf(request, anew !== null) : null;
  // After a remount nobody asks about the files: to open them would fill the caches of attributes and names again.
  const evidence = anew === null ? null : { ...readEvidence(paths), ...UNSEEN };
  await anew?.();
  if (reads && claim === 'warm') await warmUntil(paths, stopped);
  return {
    claim,
    reads,
    before: { ...(evidence ?? readEvidence(paths)), evictedBy: eviction?.evictedBy ?? null },
    problem: eviction?.problem ?? null,
    counters: snapshot({ path: targetPath }),
    nfs: readNfs(targetPath),
    targetPath,
  };
}

const UNSEEN = { residentBytesBefore: null, residencySource: null };

/** A remount takes the place of eviction file by file: unmounting writes back and lets go of everything. */
function evictionOf({ claim, paths, dropCaches }: CacheRequest, remounts: boolean): EvictResult {
  const drops = dropCaches && claim === 'cold';
  if (!remounts) return evict(paths, { dropCaches: drops });
  const { evictedBy, problem } = drops ? evict(paths, { dropCaches: true }) : { evictedBy: null, problem: null };
  return { evictedBy: evictedBy === null ? 'remount' : `${evictedBy}+remount`, problem };
}

/** libnfs keeps nothing on this machine: there is nothing to evict, and no page cache to ask. */
function withoutCache({ claim, paths, targetPath, reads }: CacheRequest): CachePreparation {
  const fileBytes = paths.reduce((sum, path) => sum + (storeOf(path).statusBehind(path)?.bytes ?? 0), 0);
  return {
    claim,
    reads,
    before: { ...UNPREPARED, fileBytes },
    problem: null,
    counters: UNKNOWN_DEVICE,
    nfs: null,
    targetPath,
  };
}

/**
 * Evicts all data files of a session with cold trials, so that each session begins like the others: the one that laid
 * them out has their pages in memory. Each cold trial evicts its own files and proves it, so nothing rests on this.
 */
export function beginCold(paths: readonly string[]): void {
  try {
    evict(paths, { dropCaches: false });
  } catch {}
}

/** Reads the files; a stop is heard in between. */
async function warmUntil(paths: readonly string[], stopped: () => boolean): Promise<void> {
  for (const _ of warmInStretches(paths)) {
    await new Promise((resolve) => setImmediate(resolve));
    if (stopped()) return;
  }
}

/**
 * Taken at once after the trial, before files are removed. A server that is gone is not asked. `wire`: what workers of
 * libnfs counted.
 */
export function movedSince({ counters, nfs, targetPath }: CachePreparation, wire?: TcpCount | null): Moved {
  if (isNfsUrl(targetPath)) return { device: counters, nfs: null, wire: wire ?? null };
  return {
    nfs: nfs === null ? null : trafficSince(nfs),
    device: delta(counters, snapshot(nfs === null ? { path: targetPath } : null)),
  };
}
