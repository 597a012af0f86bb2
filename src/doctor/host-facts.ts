/** The facts that this machine knows about a target. */
import type { NfsMount } from '../record/nfs-mount.js';
import type { TargetEnvironment } from '../record/run-record.js';
import { Fact } from './facts.js';

/** The directory, its file system and its mount. */
export const TARGET = new Fact<TargetEnvironment>('target');

export const MEMORY = new Fact<{ readonly bytes: number }>('memory');

/** The inodes of the file system. They do not apply where it makes them as it needs them. */
export const INODES = new Fact<{ readonly used: number; readonly total: number }>('inodes');

/** An NFS mount, with what its calls took since it was mounted. */
export const NFS = new Fact<{
  readonly mount: NfsMount;
  /** Null where the kernel does not show them. */
  readonly calls: NfsCallTotals | null;
}>('NFS mount');

/** Sums over all calls of a mount. */
export interface NfsCallTotals {
  readonly calls: number;
  readonly transmissions: number;
  readonly timeouts: number;
  /** Waiting to be sent. */
  readonly queueMs: number;
  /** On the wire and at the server. */
  readonly roundTripMs: number;
}

/** A short measurement; it does not apply where nothing was to be measured. */
export const PROBE = new Fact<MountProbe>('probe');

export interface MountProbe {
  /** One thread that reads 1 MiB at a time; null when the page cache kept what was written. */
  readonly streamBytesPerSecond: number | null;
  /** Only on NFS. A 4 KiB read with O_DIRECT, median, and the round trip of its call. */
  readonly smallReadNs: number | null;
  readonly roundTripNs: number | null;
  /** Only on NFS. An open and a close, median, and the calls that they make. */
  readonly openNs: number | null;
  readonly callsPerOpen: number | null;
}
