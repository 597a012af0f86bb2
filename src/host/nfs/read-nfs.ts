/** Reads the current state of an NFS mount: its options, its server and the limits of this client. */
import { readdirSync, readFileSync } from 'node:fs';
import type { NfsMount } from '../../record/nfs-mount.js';
import type { NfsTraffic, NoDelta } from '../../record/nfs-traffic.js';
import { type Mount, mountOf } from '../system/mountinfo.js';
import { type MountStats, parseMountstats, pnfsOf } from './mountstats.js';
import { mountDelta } from './mountstats-delta.js';
import { isEfsTunnel, isNfs, nfsServiceOf, ontapReleaseOf, parseNfsOptions } from './nfs-options.js';

/** Returns the whole number in a file of /proc/sys or /sys, or null when there is none. */
function readNumber(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^\d+$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

/** Returns the path of the file that holds the read-ahead of a mount in KiB. Root can set it there. */
export function readAheadPath({ device }: Pick<Mount, 'device'>): string {
  return `/sys/class/bdi/${device}/read_ahead_kb`;
}

/** Returns the read-ahead of a mount in KiB, or null when the kernel does not report it. */
export function readAheadKibOf(mount: Pick<Mount, 'device'>): number | null {
  return readNumber(readAheadPath(mount));
}

/** Returns the current counters of all NFS mounts. Empty when they cannot be read. */
export function readMountstats(): MountStats[] {
  try {
    return parseMountstats(readFileSync('/proc/self/mountstats', 'utf8'));
  } catch {
    return [];
  }
}

/** Returns the block of a mount, or null. The last of several at one mount point is the visible one. */
export function statsOf(all: readonly MountStats[], mount: Pick<Mount, 'mountPoint' | 'source'>): MountStats | null {
  return all.findLast(({ mountPoint, source }) => mountPoint === mount.mountPoint && source === mount.source) ?? null;
}

/** Returns the names of the tunnel files of Amazon EFS's mount helper. Empty unless run as root. */
function readEfsStateFiles(): string[] {
  try {
    return readdirSync('/run/efs');
  } catch {
    return [];
  }
}

/** Returns the record of a mount, from its line in mountinfo, its block in mountstats and EFS's state files. */
export function describeNfsMount(
  mount: Mount,
  stats: MountStats | null,
  efsStateFiles: readonly string[] = [],
): NfsMount {
  const implementation = stats?.implementation ?? null;
  const readAheadKib = readAheadKibOf(mount);
  return {
    options: parseNfsOptions(mount.superOptions),
    service: isEfsTunnel(mount, efsStateFiles) ? 'efs' : nfsServiceOf(mount.source, implementation),
    serverImplementation: implementation,
    ontapRelease: ontapReleaseOf(implementation),
    pnfs: stats === null ? null : pnfsOf(stats),
    openTransports: stats === null ? null : stats.transports.length,
    readAheadBytes: readAheadKib === null ? null : readAheadKib * 1024,
    limits: {
      tcpSlots: readNumber('/proc/sys/sunrpc/tcp_slot_table_entries'),
      tcpMaxSlots: readNumber('/proc/sys/sunrpc/tcp_max_slot_table_entries'),
      sessionSlots: readNumber('/sys/module/nfs/parameters/max_session_slots'),
    },
  };
}

/** Returns the record of an NFS mount, or null for any other file system. */
export function nfsMountOf(mount: Mount | null): NfsMount | null {
  if (mount === null || !isNfs(mount)) return null;
  return describeNfsMount(mount, statsOf(readMountstats(), mount), readEfsStateFiles());
}

/** An NFS mount's counters at one moment. */
export interface NfsReading {
  readonly mount: Mount;
  readonly stats: MountStats | null;
  /** The time of the monotonic clock. */
  readonly atNs: number;
}

function readingOf(mount: Mount): NfsReading {
  return { mount, stats: statsOf(readMountstats(), mount), atNs: performance.now() * 1e6 };
}

/** Returns the current counters of the NFS mount that contains a path, or null on any other file system. */
export function readNfs(path: string): NfsReading | null {
  const mount = mountOf(path);
  return mount === null || !isNfs(mount) ? null : readingOf(mount);
}

/** Returns the current counters of the same mount. */
// It does not look up the path again, because a server that is gone would not answer.
export function readNfsAgain({ mount }: NfsReading): NfsReading {
  return readingOf(mount);
}

/** Returns the traffic of the mount between two readings, or why it is not available. */
export function trafficBetween(before: NfsReading, after: NfsReading): NfsTraffic | NoDelta {
  return mountDelta(before.stats, after.stats, after.atNs - before.atNs);
}

/** Returns the traffic of the mount since a reading, or why it is not available. */
export function trafficSince(before: NfsReading): NfsTraffic | NoDelta {
  return trafficBetween(before, readNfsAgain(before));
}
