/** The status of a mount that a start script makes. `notebook/` writes the script, `host/` reads its status files. */

/** One JSON file per mount. It is on a tmpfs that only root can write to, so no status outlives a restart. */
export const STATUS_DIRECTORY = '/run/feedrate-mount';

/** The log of the start script. */
export const MOUNT_LOG = '/var/log/feedrate-mount.log';

/** The version of the status files. */
export const STATUS_FORMAT = 1;

export interface MountStatus {
  readonly name: string;
  readonly source: string;
  /** The source that the kernel shows: the name of the first mount of the export. Empty until it is mounted. */
  readonly shownSource: string;
  readonly mountPoint: string;
  /** The options as requested. */
  readonly options: string;
  readonly state: 'working' | 'mounted' | 'failed';
  /** The number of attempts so far. 0 if it was mounted already. */
  readonly tries: number;
  /** Each option that was negotiated differently than requested, such as `rsize is 65536 instead of 1048576`. */
  readonly differences: readonly string[];
  /** Anything else worth knowing, such as files that the mount hides. */
  readonly notes: readonly string[];
  /** `ok`, `skipped`, or the message of the failure. Empty until the test ran. */
  readonly writeTest: string;
  /** Why it failed, and what to do. Empty otherwise. */
  readonly reason: string;
  readonly hint: string;
  /** The start of the machine and the process that wrote the status. */
  readonly bootId: string;
  readonly pid: number;
  /** When it was written, UTC. */
  readonly changedAt: string;
}
