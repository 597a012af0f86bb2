/** Judges the cache state that a trial claimed, from what was found before it and what moved meanwhile. Pure. */
import type { NfsTraffic, NoDelta, TcpCount } from '../record/nfs-traffic.js';
import type { CacheEvidence, IoCounters, Window } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';

/** A cold or direct trial must have fetched at least this part of what it read from the device. */
const COLD_LEAST_SHARE = 0.9;
/** A warm trial must not have fetched more than this part from the device. */
const WARM_MOST_SHARE = 0.05;
/** Of the files' bytes, the most that may be in the page cache before a cold trial. */
const COLD_MOST_RESIDENT_SHARE = 0.01;

/** What was found before the trial. */
export interface CacheBefore {
  readonly claim: CacheClaim;
  /** Whether the job reads at all; a cache state of bytes that nobody reads is no claim. */
  readonly reads: boolean;
  readonly before: Pick<CacheEvidence, 'residentBytesBefore' | 'fileBytes' | 'residencySource' | 'evictedBy'>;
  /** Why the files could not be evicted; null when they were, or did not have to be. */
  readonly problem: string | null;
}

/** What came from the storage and went to it during a trial. */
export interface Moved {
  readonly device: IoCounters;
  /** A word says why an NFS mount's counters tell nothing; null on other file systems. */
  readonly nfs: NfsTraffic | NoDelta | null;
  /** Of libnfs alone: what its connections carried; null where the kernel does not tell. */
  readonly wire?: TcpCount | null;
}

/** Where nothing counts what reaches a device. */
export const UNKNOWN_DEVICE: IoCounters = {
  processDeviceReadBytes: null,
  processDeviceWriteBytes: null,
  blockDevice: null,
  blockReadBytes: null,
  blockWriteBytes: null,
};
/** Where nothing was found out before the trial. */
export const UNPREPARED = { residentBytesBefore: null, fileBytes: 0, residencySource: null, evictedBy: null };

/** What an NFS mount exchanged with its server, where that is known. */
export function exchanged({ nfs }: Moved): NfsTraffic | null {
  return typeof nfs === 'string' ? null : nfs;
}

type CacheJudgement = Pick<CacheEvidence, 'verdict' | 'detail'>;

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/**
 * Holds the claim against the bytes that were read and where they came from. `preparation` and
 * `moved` are null when the trial failed before they were known.
 */
export function judgeCache(
  claim: CacheClaim,
  preparation: CacheBefore | null,
  window: Window,
  moved: Moved | null,
): CacheEvidence {
  const fetched = moved === null ? null : fetchedFrom(moved);
  const known = preparation?.reads === true && typeof fetched?.bytes === 'number' && window.totalReadBytes > 0;
  const share = known ? (fetched.bytes as number) / window.totalReadBytes : null;
  const judgement: CacheJudgement =
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

function judge(preparation: CacheBefore, readBytes: number, fetched: Fetched): CacheJudgement {
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
 * Of libnfs its connections' own count. On NFS mounts the mount's count of what the server sent, to all processes.
 * Elsewhere the process's own count, which knows only its own bytes; the device's is the fallback where that one is
 * closed to us. Where no device is found (memory, layered file systems) a count of zero means nothing, but bytes that
 * were counted did come from one.
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
  preparation: CacheBefore,
): CacheJudgement {
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
