/** An NFS mount as it is now: its options, its server, and what of this client bounds it. */
import { readdirSync, readFileSync } from 'node:fs';
import type { NfsMount } from '../../record/nfs-mount.js';
import type { NfsTraffic, NoDelta } from '../../record/nfs-traffic.js';
import { type Mount, mountOf } from '../system/mountinfo.js';
import { type MountStats, parseMountstats, pnfsOf } from './mountstats.js';
import { mountDelta } from './mountstats-delta.js';
import { isEfsTunnel, isNfs, nfsServiceOf, ontapReleaseOf, parseNfsOptions } from './nfs-options.js';

/** A file of one whole number, as /proc/sys and /sys have; null when it is not there. */
function readNumber(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^\d+$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

/** Where the read-ahead of a mount is kept, KiB; it can be set there, too. */
export function readAheadPath({ device }: Pick<Mount, 'device'>): string {
  return `/sys/class/bdi/${device}/read_ahead_kb`;
}

/** Null where the kernel does not tell. */
export function readAheadKibOf(mount: Pick<Mount, 'device'>): number | null {
  return readNumber(readAheadPath(mount));
}

/** The NFS mounts' counters now; none where they cannot be read. */
export function readMountstats(): MountStats[] {
  try {
    return parseMountstats(readFileSync('/proc/self/mountstats', 'utf8'));
  } catch {
    return [];
  }
}

/** The block of a mount: of several at one mount point, the last is on top. */
export function statsOf(all: readonly MountStats[], mount: Pick<Mount, 'mountPoint' | 'source'>): MountStats | null {
  return all.findLast(({ mountPoint, source }) => mountPoint === mount.mountPoint && source === mount.source) ?? null;
}

/** Where Amazon EFS's mount helper keeps a file for each of its tunnels; only root may look. */
function readEfsStateFiles(): string[] {
  try {
    return readdirSync('/run/efs');
  } catch {
    return [];
  }
}

/** What the record keeps of a mount, from its line in mountinfo, its block in mountstats and EFS's state files. */
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

/** The NFS mount of a target now; null on any other file system. */
export function nfsMountOf(mount: Mount | null): NfsMount | null {
  if (mount === null || !isNfs(mount)) return null;
  return describeNfsMount(mount, statsOf(readMountstats(), mount), readEfsStateFiles());
}

/** An NFS mount's counters at one moment. */
export interface NfsReading {
  readonly mount: Mount;
  readonly stats: MountStats | null;
  /** By the monotonic clock. */
  readonly atNs: number;
}

function readingOf(mount: Mount): NfsReading {
  return { mount, stats: statsOf(readMountstats(), mount), atNs: performance.now() * 1e6 };
}

/** The counters of the NFS mount that a path lies on, now; null on any other file system. */
export function readNfs(path: string): NfsReading | null {
  const mount = mountOf(path);
  return mount === null || !isNfs(mount) ? null : readingOf(mount);
}

/** The same mount's counters now. The path is not asked again: a server that is gone would not answer. */
export function readNfsAgain({ mount }: NfsReading): NfsReading {
  return readingOf(mount);
}

/** What the mount did between two readings. */
export function trafficBetween(before: NfsReading, after: NfsReading): NfsTraffic | NoDelta {
  return mountDelta(before.stats, after.stats, after.atNs - before.atNs);
}

/** What the mount did since then. */
export function trafficSince(before: NfsReading): NfsTraffic | NoDelta {
  return trafficBetween(before, readNfsAgain(before));
}
