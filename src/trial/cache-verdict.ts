/** Judges a trial's cache claim by the files' state before the trial and the bytes moved during it. Pure. */
import type { CacheEvidence, IoCounters, Window } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';
import {
  type CacheJudgement,
  type Fetched,
  fetchedFrom,
  judgeOrigin,
  type Moved,
  observedState,
  percent,
} from './cache-origin.js';
import { serverCacheOf } from './server-cache.js';

/** Largest share of the files' bytes that may be in the page cache before a cold trial. */
const COLD_MOST_RESIDENT_SHARE = 0.01;

/** The state of the files before the trial. */
export interface CacheBefore {
  readonly claim: CacheClaim;
  /** Whether the job reads. Without reads there is no cache claim to judge. */
  readonly reads: boolean;
  readonly before: Pick<CacheEvidence, 'residentBytesBefore' | 'fileBytes' | 'residencySource' | 'evictedBy'>;
  /** Why the files could not be evicted; null when they were evicted or did not need to be. */
  readonly problem: string | null;
  /** Whether the kernel counts the job's reads as reads of files. Those through mapped memory are not. Default: yes. */
  readonly countsReads?: boolean;
  /** Whether several workers may read the same file. One copy of it is all that the storage has to send. Default: no. */
  readonly sharesFiles?: boolean;
  /** Whether this run wrote or read the same data before, so that a server may have kept it. Default: no. */
  readonly touchedBefore?: boolean;
}

/** The counters of a target whose device traffic is not counted. */
export const UNKNOWN_DEVICE: IoCounters = {
  processDeviceReadBytes: null,
  processDeviceWriteBytes: null,
  blockDevice: null,
  blockReadBytes: null,
  blockWriteBytes: null,
};
/** The evidence when nothing was inspected before the trial. */
export const UNPREPARED = { residentBytesBefore: null, fileBytes: 0, residencySource: null, evictedBy: null };

/**
 * Returns the verdict on a cache claim, from the bytes read and where they came from. `preparation` and `moved` are
 * null when the trial failed before they were known.
 * @param besideReadBytes what the job beside the trial's read at the same time. Default: nothing
 */
export function judgeCache(
  claim: CacheClaim,
  preparation: CacheBefore | null,
  window: Window,
  moved: Moved | null,
  besideReadBytes = 0,
): CacheEvidence {
  const asked = { readBytes: window.totalReadBytes, countsReads: preparation?.countsReads ?? true, besideReadBytes };
  const fetched = moved === null ? null : fetchedFrom(moved, asked);
  const judgement: CacheJudgement =
    preparation === null || fetched === null
      ? { verdict: 'none', detail: 'the trial failed before its cache state could be checked' }
      : judge(preparation, window.totalReadBytes, fetched);
  return {
    claim,
    ...judgement,
    ...serverCacheOf({ claim, ...judgement }, preparation, fetched, window.totalReadBytes),
    ...(preparation?.reads === true && fetched !== null
      ? originOfReads(window.totalReadBytes, fetched)
      : { observed: null }),
    ...(preparation?.before ?? UNPREPARED),
    applicationReadBytes: window.totalReadBytes,
    applicationWriteBytes: window.totalWriteBytes,
    ...(moved?.device ?? UNKNOWN_DEVICE),
    ...wireFields(moved?.wire),
  };
}

function originOfReads(readBytes: number, fetched: Fetched): Pick<CacheEvidence, 'observed' | 'othersReadBytes'> {
  const observed = observedState(readBytes, fetched);
  return typeof fetched.bytes === 'string' ? { observed } : { observed, othersReadBytes: fetched.othersReadBytes };
}

function wireFields(wire: Moved['wire']): Pick<CacheEvidence, 'wireReceivedBytes' | 'wireSentBytes'> {
  if (wire === undefined) return {};
  return { wireReceivedBytes: wire?.receivedBytes ?? null, wireSentBytes: wire?.sentBytes ?? null };
}

/** Returns whether files were in the page cache before a trial that was to find none there. */
export function wereInMemory({
  residentBytesBefore,
  fileBytes,
}: Pick<CacheEvidence, 'residentBytesBefore' | 'fileBytes'>): boolean {
  return residentBytesBefore !== null && residentBytesBefore > fileBytes * COLD_MOST_RESIDENT_SHARE;
}

function judge(preparation: CacheBefore, readBytes: number, fetched: Fetched): CacheJudgement {
  const { claim, reads, before, problem } = preparation;
  if (claim === 'as-is') return { verdict: 'none', detail: 'no cache state was claimed' };
  if (!reads) return { verdict: 'none', detail: 'the job does not read, so there is no cache state to check' };
  if (readBytes === 0) return { verdict: 'unproven', detail: 'nothing was read' };
  const resident = before.residentBytesBefore;
  if (claim === 'cold' && resident !== null && wereInMemory(before)) {
    const why = problem === null ? 'eviction failed (the file system is in memory, or the pages are in use)' : problem;
    return {
      verdict: 'contradicted',
      detail: `${percent(resident / before.fileBytes)} of the files' bytes were in the page cache before the trial: ${why}`,
    };
  }
  const isAllResident = resident !== null && resident >= before.fileBytes;
  const distinctBytes = preparation.sharesFiles === true ? Math.min(readBytes, before.fileBytes) : readBytes;
  return judgeOrigin(claim, distinctBytes, fetched, isAllResident);
}
