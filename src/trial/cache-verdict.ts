/** Judges a trial's cache claim by the files' state before the trial and the bytes moved during it. Pure. */
import type { NfsTraffic, NoDelta, TcpCount } from '../record/nfs-traffic.js';
import type { CacheEvidence, IoCounters, Window } from '../record/trial-record.js';
import type { CacheClaim } from '../workload/workload.js';

/** A cold or direct trial must have fetched at least this part of what it read from the device. */
const COLD_LEAST_SHARE = 0.9;
/** A warm trial must not have fetched more than this part from the device. */
const WARM_MOST_SHARE = 0.05;
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
}

/** The traffic between client and storage during a trial. */
export interface Moved {
  readonly device: IoCounters;
  /** The NFS mount's traffic, or the reason why it is unknown; null on other file systems. */
  readonly nfs: NfsTraffic | NoDelta | null;
  /** libnfs only: the bytes that its connections carried; null if the kernel does not report them. */
  readonly wire?: TcpCount | null;
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

/** Returns the traffic between an NFS mount and its server; null when unknown and on other file systems. */
export function exchanged({ nfs }: Moved): NfsTraffic | null {
  return typeof nfs === 'string' ? null : nfs;
}

type CacheJudgement = Pick<CacheEvidence, 'verdict' | 'detail'>;

/** Smaller shares would be shown as 0.0 %. */
const LEAST_SHOWN_SHARE = 0.001;

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/**
 * Returns the verdict on a cache claim, from the bytes read and where they came from. `preparation` and `moved` are
 * null when the trial failed before they were known.
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
      ? { verdict: 'none', detail: 'the trial failed before its cache state could be checked' }
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
  if (!reads) return { verdict: 'none', detail: 'the job does not read, so there is no cache state to check' };
  if (readBytes === 0) return { verdict: 'unproven', detail: 'nothing was read' };
  const resident = before.residentBytesBefore;
  if (claim === 'cold' && resident !== null && resident > before.fileBytes * COLD_MOST_RESIDENT_SHARE) {
    const why = problem === null ? 'eviction failed (the file system is in memory, or the pages are in use)' : problem;
    return {
      verdict: 'contradicted',
      detail: `${percent(resident / before.fileBytes)} of the files' bytes were in the page cache before the trial: ${why}`,
    };
  }
  return judgeByOrigin(claim, readBytes, fetched, preparation);
}

/** The bytes read from the storage, or a sentence that says why they are unknown. */
interface Fetched {
  readonly bytes: number | string;
  readonly storage: 'server' | 'device';
}

/**
 * Returns the bytes fetched from the storage, by the best counter available:
 * - libnfs: the count of its own connections;
 * - NFS mounts: the mount's count of bytes that the server sent, for all processes;
 * - others: the count of this process or, if that is not readable, of the block device.
 *
 * Without a block device (memory, layered file systems) a count of zero proves nothing. A higher count does come from a
 * device.
 */
function fetchedFrom({ device, nfs, wire }: Moved): Fetched {
  if (wire !== undefined) {
    const unknown = 'libnfs has no cache, but this kernel does not report how many bytes its connections carried';
    return { bytes: wire?.receivedBytes ?? unknown, storage: 'server' };
  }
  if (nfs !== null) return { bytes: serverReadBytes(nfs), storage: 'server' };
  const own = device.processDeviceReadBytes;
  const known = device.blockDevice === null ? (own !== null && own > 0 ? own : null) : (own ?? device.blockReadBytes);
  return { bytes: known ?? 'the target has no block device on which to count reads', storage: 'device' };
}

function serverReadBytes(nfs: NonNullable<Moved['nfs']>): number | string {
  if (nfs === 'remounted') return 'the target was remounted during the trial, which reset its counters';
  if (nfs === 'missing') return '/proc/self/mountstats does not show the target';
  return nfs.bytes?.serverReadBytes ?? 'this kernel does not count the bytes of NFS mounts';
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
      return { verdict: 'proven', detail: 'all files were in the page cache before the trial' };
    }
    return { verdict: 'unproven', detail: bytes };
  }
  const share = bytes / readBytes;
  const detail = originOf(share, storage);
  const kept = claim === 'warm' ? share <= WARM_MOST_SHARE : share >= COLD_LEAST_SHARE;
  return { verdict: kept ? 'proven' : 'contradicted', detail };
}

/** Returns the sentence for the storage's share of the bytes read. Read-ahead can raise it above 1. */
function originOf(share: number, storage: Fetched['storage']): string {
  if (share === 0) return `nothing was read from the ${storage}`;
  if (share < LEAST_SHOWN_SHARE) return `less than 0.1 % of the bytes were read from the ${storage}`;
  const rounded = Math.round(share * 100);
  if (rounded > 100) return `the ${storage} delivered ${rounded - 100} % more bytes than the job read`;
  if (rounded === 100) return `every byte was read from the ${storage}`;
  return `${percent(share)} of the bytes were read from the ${storage}`;
}
