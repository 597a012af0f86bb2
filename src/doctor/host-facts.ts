/** The facts that this machine knows about a target. */
import type { NfsMount } from '../record/nfs-mount.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { Fact } from './facts.js';

/** The directory, its file system and its mount. */
export const TARGET = new Fact<TargetEnvironment>('target');

export const MEMORY = new Fact<{ readonly bytes: number }>('memory');

/** The inodes of the file system. Does not apply to file systems that create inodes on demand. */
export const INODES = new Fact<{ readonly used: number; readonly total: number }>('inodes');

/** An NFS mount, with the totals of its calls since it was mounted. */
export const NFS = new Fact<{
  readonly mount: NfsMount;
  /** Null if the kernel does not report them. */
  readonly calls: NfsCallTotals | null;
}>('NFS mount');

/** How an NFS mount can be mounted with other options. Does not apply to other file systems. */
export const MOUNTING = new Fact<Mounting>('mounting');

export interface Mounting {
  readonly source: string;
  readonly mountPoint: string;
  /** The options of the mount as mount(8) accepts them, in the kernel's order. */
  readonly options: readonly string[];
  /** How to change the options if a command cannot, because another program makes the mount. Null: a command can. */
  readonly managed: string | null;
}

/** Where the calls of the file system end. Local disks are on this machine, and so are tunnels and proxies to a server. */
export const SERVER = new Fact<ServerPlace>('server');

export type ServerPlace = 'this machine' | 'another machine';

/** Totals over all calls of a mount. */
export interface NfsCallTotals {
  readonly calls: number;
  readonly transmissions: number;
  readonly timeouts: number;
  /** Time spent waiting to be sent. */
  readonly queueMs: number;
  /** Time on the wire and in the server. */
  readonly roundTripMs: number;
}

/** A short measurement. Does not apply if measuring was not requested. */
export const PROBE = new Fact<MountProbe>('probe');

export interface MountProbe {
  /** One thread that reads 1 MiB at a time; null if the data stayed in the page cache. */
  readonly streamBytesPerSecond: number | null;
  /** NFS only: a 4 KiB read with O_DIRECT and the round trip of its call (means, because the mount counts only sums). */
  readonly smallReadNs: number | null;
  readonly roundTripNs: number | null;
  /** NFS only: an open and a close (median), and the mean number of calls that they make. */
  readonly openNs: number | null;
  readonly callsPerOpen: number | null;
}
