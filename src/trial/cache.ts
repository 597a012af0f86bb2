/** The cache state that a trial claims: brought about before it, and judged after it. */

import { type EvictResult, evict, readEvidence, warmInStretches } from '../host/files/page-cache.js';
import { storeOf } from '../host/files/store-of.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import type { NoDelta } from '../host/nfs/mountstats-delta.js';
import { type NfsReading, readNfs, trafficSince } from '../host/nfs/read-nfs.js';
import { delta, type IoCounters, snapshot } from '../host/system/io-counters.js';
import type { TcpCount } from '../host/system/tcp-socket.js';
import type { NfsTraffic } from '../record/nfs-traffic.js';
import type { CacheEvidence, Window } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';

/** A cold or direct trial must have fetched at least this part of what it read from the device. */
const COLD_LEAST_SHARE = 0.9;
/** A warm trial must not have fetched more than this part from the device. */
const WARM_MOST_SHARE = 0.05;
/** Of the files' bytes, the most that may be in the page cache before a cold trial. */
const COLD_MOST_RESIDENT_SHARE = 0.01;

/** What was found before the trial, kept until the end of it. */
export interface CachePreparation {
  readonly claim: CacheClaim;
  readonly reads: boolean;
  readonly before: Pick<CacheEvidence, 'residentBytesBefore' | 'fileBytes' | 'residencySource' | 'evictedBy'>;
  readonly problem: string | null;
  readonly counters: IoCounters;
  readonly nfs: NfsReading | null;
  readonly targetPath: string;
}

/** What came from the storage and went to it during a trial. */
export interface Moved {
  readonly device: IoCounters;
  /** A word says why an NFS mount's counters tell nothing; null on other file systems. */
  readonly nfs: NfsTraffic | NoDelta | null;
  /** Of libnfs alone: what its connections carried; null where the kernel does not tell. */
  readonly wire?: TcpCount | null;
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
    ...{ claim, reads, targetPath, problem: null, nfs: null },
    before: { ...UNPREPARED, fileBytes },
    counters: UNKNOWN_DEVICE,
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

/** What an NFS mount exchanged with its server, where that is known. */
export function exchanged({ nfs }: Moved): NfsTraffic | null {
  return typeof nfs === 'string' ? null : nfs;
}

type Judgement = Pick<CacheEvidence, 'verdict' | 'detail'>;

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

const UNKNOWN_DEVICE: IoCounters = {
  processDeviceReadBytes: null,
  processDeviceWriteBytes: null,
  blockDevice: null,
  blockReadBytes: null,
  blockWriteBytes: null,
};
const UNPREPARED = { residentBytesBefore: null, fileBytes: 0, residencySource: null, evictedBy: null };

/**
 * Holds the claim against the bytes that were read and where they came from. `preparation` and
 * `moved` are null when the trial failed before they were known.
 */
export function judgeCache(
  claim: CacheClaim,
  preparation: CachePreparation | null,
  window: Window,
  moved: Moved | null,
): CacheEvidence {
  const fetched = moved === null ? null : fetchedFrom(moved);
  const known = preparation?.reads === true && typeof fetched?.bytes === 'number' && window.totalReadBytes > 0;
  const share = known ? (fetched.bytes as number) / window.totalReadBytes : null;
  const judgement: Judgement =
    preparation === null || fetched === null
      ? { verdict: 'none', detail: 'the trial failed before its cache state could be judged' }
      : judge(preparation, window.totalReadBytes, fetched);
  return {
    claim,
    ...judgement,
    observed: share === null ? null : share >= COLD_LEAST_SHARE ? 'cold' : share <= WARM_MOST_SHARE ? 'warm' : 'mixed',
    ...(preparation?.before ?? UNPREPARED),
    applicationReadBytes: window.totalReadBytes,
    applicationWriteBytes: window.totalWriteBytes,
    ...(moved?.device ?? UNKNOWN_DEVICE),
    ...wireFields(moved?.wire),
  };
}

function wireFields(wire: Moved['wire']): Pick<CacheEvidence, 'wireReceivedBytes' | 'wireSentBytes'> {
  if (wire === undefined) return {};
  return { wireReceivedBytes: wire?.receivedBytes ?? null, wireSentBytes: wire?.sentBytes ?? null };
}

function judge(preparation: CachePreparation, readBytes: number, fetched: Fetched): Judgement {
  const { claim, reads, before, problem } = preparation;
  if (claim === 'as-is') return { verdict: 'none', detail: 'no cache state was claimed' };
  if (!reads) return { verdict: 'none', detail: 'the job reads nothing, so there is nothing to claim' };
  if (readBytes === 0) return { verdict: 'unproven', detail: 'nothing was read' };
  const resident = before.residentBytesBefore;
  if (claim === 'cold' && resident !== null && resident > before.fileBytes * COLD_MOST_RESIDENT_SHARE) {
    const why = problem === null ? 'they could not be evicted (a file system in memory, or pages in use)' : problem;
    return {
      verdict: 'contradicted',
      detail: `${percent(resident / before.fileBytes)} of the files were in the page cache: ${why}`,
    };
  }
  return judgeByOrigin(claim, readBytes, fetched, preparation);
}

/** What was read from the storage, and what it is called; a sentence says why it is not known. */
interface Fetched {
  readonly bytes: number | string;
  readonly storage: 'server' | 'device';
}

/**
 * Of libnfs its connections' own count. On NFS mounts the mount's count of what the server sent, to all processes. Elsewhere the process's own count, which knows
 * only its own bytes; the device's is the fallback where that one is closed to us. Where no device is found (memory,
 * layered file systems) a count of zero means nothing, but bytes that were counted did come from one.
 */
function fetchedFrom({ device, nfs, wire }: Moved): Fetched {
  if (wire !== undefined) {
    const unknown = 'libnfs keeps nothing, but this kernel does not tell what its connections carried';
    return { bytes: wire?.receivedBytes ?? unknown, storage: 'server' };
  }
  if (nfs !== null) return { bytes: serverReadBytes(nfs), storage: 'server' };
  const own = device.processDeviceReadBytes;
  const known = device.blockDevice === null ? (own !== null && own > 0 ? own : null) : (own ?? device.blockReadBytes);
  return { bytes: known ?? 'the target has no block device whose reads could be counted', storage: 'device' };
}

function serverReadBytes(nfs: NonNullable<Moved['nfs']>): number | string {
  if (nfs === 'remounted') return 'the target was mounted anew during the trial, and its counters began at zero';
  if (nfs === 'missing') return '/proc/self/mountstats does not show the target';
  return nfs.bytes?.serverReadBytes ?? 'this kernel counts no bytes of NFS mounts';
}

function judgeByOrigin(
  claim: 'cold' | 'warm' | 'direct',
  readBytes: number,
  { bytes, storage }: Fetched,
  preparation: CachePreparation,
): Judgement {
  const resident = preparation.before.residentBytesBefore;
  if (typeof bytes === 'string') {
    if (claim === 'warm' && resident !== null && resident >= preparation.before.fileBytes) {
      return { verdict: 'proven', detail: 'all of the files were in the page cache' };
    }
    return { verdict: 'unproven', detail: bytes };
  }
  const share = bytes / readBytes;
  const detail = `${percent(share)} of the bytes read came from the ${storage}`;
  const kept = claim === 'warm' ? share <= WARM_MOST_SHARE : share >= COLD_LEAST_SHARE;
  return { verdict: kept ? 'proven' : 'contradicted', detail };
}
