/** Finds out how many of a trial's bytes came from the storage, and judges the cache claim by them. Pure. */
import { formatBytes } from '../base/units.js';
import type { NfsTraffic, NoDelta, TcpCount } from '../record/nfs-traffic.js';
import type { CacheEvidence, IoCounters } from '../record/trial-record.js';

/** A cold or direct trial must have fetched at least this part of what it read from the storage. */
const COLD_LEAST_SHARE = 0.9;
/** A warm trial must not have fetched more than this part from the storage. */
const WARM_MOST_SHARE = 0.05;
/** A counter of all programs that is not above the job's own bytes by more than this share shows no others. */
const NOTICED_SHARE = 0.05;
/** Smaller shares would be shown as 0.0 %. */
const LEAST_SHOWN_SHARE = 0.001;

/** The traffic between client and storage during a trial. */
export interface Moved {
  readonly device: IoCounters;
  /** The NFS mount's traffic, or the reason why it is unknown; null on other file systems. */
  readonly nfs: NfsTraffic | NoDelta | null;
  /** libnfs only: the bytes that its connections carried; null if the kernel does not report them. */
  readonly wire?: TcpCount | null;
}

/** Returns the traffic between an NFS mount and its server; null when unknown and on other file systems. */
export function exchanged({ nfs }: Moved): NfsTraffic | null {
  return typeof nfs === 'string' ? null : nfs;
}

/** What is said of a claim, and why. */
export type CacheJudgement = Pick<CacheEvidence, 'verdict' | 'detail'>;

/** The bytes that came from the storage. */
export interface Fetched {
  /** Or a sentence that says why they are unknown. */
  readonly bytes: number | string;
  readonly storage: 'server' | 'device';
  /** Bytes that other programs read from the same storage meanwhile; null when they cannot be told apart. */
  readonly othersReadBytes: number | null;
  /** Whether `bytes` includes those of other programs. */
  readonly includesOthers: boolean;
  /** Bytes that the job beside the trial's asked for at the same time. Part of `bytes`, and not of `othersReadBytes`. */
  readonly besideReadBytes: number;
  /** Why the storage may deliver more than a job reads. */
  readonly surplus: string;
}

/** What the job asked for. */
interface ReadRequest {
  readonly readBytes: number;
  /** Whether the kernel counts these as reads of files. */
  readonly countsReads: boolean;
  /** What the job beside it asked for; infinite if that does not limit what was fetched for it. */
  readonly besideReadBytes: number;
}

const READ_AHEAD = 'read-ahead and metadata';

/**
 * Returns the bytes fetched from the storage, by the best counter available:
 * - libnfs: the count of its own connections;
 * - NFS mounts: the mount's count of bytes that the server sent, for all programs. The mount also counts what programs
 *   asked for; what this job did not ask for, others did;
 * - others: the count of this process or, if that is not readable, of the block device for all programs.
 *
 * Without a block device (memory, layered file systems) a count of zero proves nothing. A higher count does come from a
 * device.
 */
export function fetchedFrom({ device, nfs, wire }: Moved, asked: ReadRequest): Fetched {
  if (wire !== undefined) {
    const unknown = 'libnfs has no cache, but this kernel does not report how many bytes its connections carried';
    const bytes = wire?.receivedBytes ?? unknown;
    return {
      bytes,
      storage: 'server',
      othersReadBytes: 0,
      includesOthers: false,
      besideReadBytes: 0,
      surplus: 'headers',
    };
  }
  if (nfs !== null) {
    const counted = typeof nfs === 'string' ? null : nfs.bytes;
    const ownBytes = (asked.countsReads ? asked.readBytes : 0) + asked.besideReadBytes;
    return {
      bytes: serverReadBytes(nfs),
      storage: 'server',
      othersReadBytes:
        counted === null ? null : Math.max(0, counted.normalReadBytes + counted.directReadBytes - ownBytes),
      includesOthers: true,
      besideReadBytes: asked.besideReadBytes,
      surplus: READ_AHEAD,
    };
  }
  const { processDeviceReadBytes: own, blockReadBytes: all, blockDevice } = device;
  const known = blockDevice === null ? (own !== null && own > 0 ? own : null) : (own ?? all);
  return {
    bytes: known ?? 'the target has no block device on which to count reads',
    storage: 'device',
    othersReadBytes: own === null || all === null ? null : Math.max(0, all - own),
    includesOthers: own === null,
    besideReadBytes: asked.besideReadBytes,
    surplus: READ_AHEAD,
  };
}

function serverReadBytes(nfs: NonNullable<Moved['nfs']>): number | string {
  if (nfs === 'remounted') return 'the target was remounted during the trial, which reset its counters';
  if (nfs === 'missing') return '/proc/self/mountstats does not show the target';
  return nfs.bytes?.serverReadBytes ?? 'this kernel does not count the bytes of NFS mounts';
}

/** The least and the most of the job's bytes that can have come from the storage, as shares of what it read. */
interface OriginShares {
  readonly least: number;
  readonly most: number;
}

function sharesOf(readBytes: number, fetched: Fetched): OriginShares | null {
  const { bytes, othersReadBytes, includesOthers, besideReadBytes } = fetched;
  if (typeof bytes === 'string' || readBytes === 0) return null;
  const most = bytes / readBytes;
  const leastOf = (others: number) => Math.max(0, bytes - others - besideReadBytes) / readBytes;
  if (!includesOthers) return { least: leastOf(0), most };
  if (othersReadBytes !== null) return { least: leastOf(othersReadBytes), most };
  // All programs together: nobody else is seen if it fits the job's own bytes.
  return { least: most > 1 + NOTICED_SHARE || besideReadBytes > 0 ? 0 : most, most };
}

type Origin = NonNullable<CacheEvidence['observed']>;

function stateOf(share: number): Origin {
  return share >= COLD_LEAST_SHARE ? 'cold' : share <= WARM_MOST_SHARE ? 'warm' : 'mixed';
}

/** Returns where the bytes came from; null when it is unknown or other programs' reads leave it open. */
export function observedState(readBytes: number, fetched: Fetched): Origin | null {
  const shares = sharesOf(readBytes, fetched);
  return shares === null || stateOf(shares.least) !== stateOf(shares.most) ? null : stateOf(shares.most);
}

/**
 * Returns the verdict by the origin of the bytes. Bytes of other programs never prove or contradict a claim: if it holds
 * with them and not without them, or the reverse, it is unproven.
 */
export function judgeOrigin(
  claim: 'cold' | 'warm' | 'direct',
  readBytes: number,
  fetched: Fetched,
  isAllResident: boolean,
): CacheJudgement {
  const shares = sharesOf(readBytes, fetched);
  if (shares === null) {
    return claim === 'warm' && isAllResident
      ? { verdict: 'proven', detail: 'all files were in the page cache before the trial' }
      : { verdict: 'unproven', detail: String(fetched.bytes) };
  }
  const holds = (share: number) => (claim === 'warm' ? share <= WARM_MOST_SHARE : share >= COLD_LEAST_SHARE);
  const isKept = holds(shares.most);
  if (isKept !== holds(shares.least)) return { verdict: 'unproven', detail: openQuestion(readBytes, fetched) };
  // The end of the range that decides: a cold claim needs enough bytes from the storage, a warm one few enough.
  const isLeast = isKept === (claim !== 'warm');
  const bound = shares.most - shares.least < LEAST_SHOWN_SHARE ? '' : isLeast ? 'at least ' : 'at most ';
  return {
    verdict: isKept ? 'proven' : 'contradicted',
    detail: `${originOf(isLeast ? shares.least : shares.most, bound, fetched)}${othersText(readBytes, fetched)}`,
  };
}

function openQuestion(readBytes: number, { bytes, storage, othersReadBytes, besideReadBytes }: Fetched): string {
  if (besideReadBytes > 0)
    return `the ${storage} delivered ${formatBytes(Number(bytes))} to the job and the one beside it, and the job read ${formatBytes(readBytes)}; the system does not show which part was the job's`;
  const sent = `the ${storage} delivered ${formatBytes(Number(bytes))} to all programs, and the job read ${formatBytes(readBytes)}`;
  return othersReadBytes === null
    ? `${sent}; the system does not show which part was the job's`
    : `${sent}; other programs asked for ${formatBytes(othersReadBytes)} of their own`;
}

/** Names other programs that read from the same storage, if they read enough to matter. */
function othersText(readBytes: number, { storage, othersReadBytes }: Fetched): string {
  if (othersReadBytes === null || othersReadBytes < NOTICED_SHARE * readBytes) return '';
  return storage === 'server'
    ? `; other programs asked the mount for ${formatBytes(othersReadBytes)} meanwhile`
    : `; other programs read ${formatBytes(othersReadBytes)} from the device meanwhile`;
}

export const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Returns the sentence for the storage's share of the bytes read. `bound` is `at least `, `at most ` or empty. */
function originOf(share: number, bound: string, { storage, surplus }: Fetched): string {
  if (share === 0) return `nothing was read from the ${storage}`;
  if (share < LEAST_SHOWN_SHARE) return `less than 0.1 % of the bytes were read from the ${storage}`;
  const rounded = Math.round(share * 100);
  if (rounded > 100)
    return `the ${storage} delivered ${bound}${rounded - 100} % more bytes than the job read (${surplus})`;
  if (rounded === 100) return `every byte was read from the ${storage}`;
  return `${bound}${percent(share)} of the bytes were read from the ${storage}`;
}
