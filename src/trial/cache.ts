/** The cache state that a trial claims: brought about before it, and judged after it. */
import { delta, type IoCounters, snapshot } from '../host/io-counters.js';
import { evict, readEvidence, warmInStretches } from '../host/page-cache.js';
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
  readonly stopped: () => boolean;
}

/** Evicts or reads the files as claimed, then looks at what the page cache really holds. */
export async function prepareCache(request: CacheRequest): Promise<CachePreparation> {
  const { claim, paths, targetPath, reads, dropCaches, stopped } = request;
  // Direct reads bypass the cache but find dirty pages in it, so those go as well.
  const evicts = reads && (claim === 'cold' || claim === 'direct');
  const eviction = evicts ? evict(paths, { dropCaches: dropCaches && claim === 'cold' }) : null;
  if (reads && claim === 'warm') await warmUntil(paths, stopped);
  return {
    claim,
    reads,
    before: { ...readEvidence(paths), evictedBy: eviction?.evictedBy ?? null },
    problem: eviction?.problem ?? null,
    counters: snapshot({ path: targetPath }),
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

/** What reached the device during the trial. Taken at once after it, before files are removed. */
export function deviceBytesSince(preparation: CachePreparation): IoCounters {
  return delta(preparation.counters, snapshot({ path: preparation.targetPath }));
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
 * `device` are null when the trial failed before they were known.
 */
export function judgeCache(
  claim: CacheClaim,
  preparation: CachePreparation | null,
  window: Window,
  device: IoCounters | null,
): CacheEvidence {
  const judgement: Judgement =
    preparation === null || device === null
      ? { verdict: 'none', detail: 'the trial failed before its cache state could be judged' }
      : judge(preparation, window.totalReadBytes, device);
  return {
    claim,
    ...judgement,
    ...(preparation?.before ?? UNPREPARED),
    applicationReadBytes: window.totalReadBytes,
    applicationWriteBytes: window.totalWriteBytes,
    ...(device ?? UNKNOWN_DEVICE),
  };
}

function judge(preparation: CachePreparation, readBytes: number, device: IoCounters): Judgement {
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
  return judgeByDevice(claim, readBytes, deviceReadBytes(device), preparation);
}

/**
 * The process's own count knows only its own bytes; the device's is the fallback where that one is
 * closed to us. Where no device is found (network, memory, layered file systems) a count of zero
 * means nothing, but bytes that were counted did come from one.
 */
function deviceReadBytes(device: IoCounters): number | null {
  const own = device.processDeviceReadBytes;
  if (device.blockDevice === null) return own !== null && own > 0 ? own : null;
  return own ?? device.blockReadBytes;
}

function judgeByDevice(
  claim: 'cold' | 'warm' | 'direct',
  readBytes: number,
  fetched: number | null,
  preparation: CachePreparation,
): Judgement {
  const resident = preparation.before.residentBytesBefore;
  if (fetched === null) {
    if (claim === 'warm' && resident !== null && resident >= preparation.before.fileBytes) {
      return { verdict: 'proven', detail: 'all of the files were in the page cache' };
    }
    return { verdict: 'unproven', detail: 'the target has no block device whose reads could be counted' };
  }
  const share = fetched / readBytes;
  const detail = `${percent(share)} of the bytes read came from the device`;
  const kept = claim === 'warm' ? share <= WARM_MOST_SHARE : share >= COLD_LEAST_SHARE;
  return { verdict: kept ? 'proven' : 'contradicted', detail };
}
