/** The record of an NFS mount: the options that client and server negotiated, not those that were typed. */

/** The options as negotiated: nfs(5), and nfs_show_mount_options of the kernel's fs/nfs/super.c. null = not shown. */
export interface NfsOptions {
  /** `3`, `4.0`, `4.1`, `4.2`. */
  readonly version: string | null;
  /** The largest READ, rsize. */
  readonly readBytes: number | null;
  /** The largest WRITE, wsize. */
  readonly writeBytes: number | null;
  /** nconnect; the kernel shows it only where it was set, so 1 otherwise. */
  readonly connections: number;
  /** `tcp`, `tcp6`, `udp`, `rdma`. */
  readonly transport: string | null;
  /** The kernel shows no port where it is 2049, and for version 4 always. */
  readonly port: number | null;
  /** `sys`, `krb5`, `krb5i`, `krb5p`. */
  readonly security: string | null;
  readonly recovery: 'hard' | 'soft' | 'softerr' | null;
  /** timeo: the time until a request is sent again. */
  readonly timeoutNs: number | null;
  /** retrans. */
  readonly retransmissions: number | null;
  /** How long attributes are cached; the kernel's defaults if it shows nothing. */
  readonly attributeCache: {
    readonly fileMinNs: number;
    readonly fileMaxNs: number;
    readonly directoryMinNs: number;
    readonly directoryMaxNs: number;
  };
  /** False with `noac`. */
  readonly attributeCaching: boolean;
  /** False with `nocto`: opening a file does not ask the server whether it changed. */
  readonly closeToOpen: boolean;
  readonly lookupCache: 'all' | 'positive' | 'none';
  /** `none`, `flock`, `posix`, `all`. */
  readonly localLock: string | null;
  readonly serverAddress: string | null;
  readonly clientAddress: string | null;
  /** Whether FS-Cache keeps pages on a local disk. */
  readonly localDiskCache: boolean;
}

/** The kind of server, as far as the client can detect. */
export type NfsService = 'fsx-ontap' | 'ontap' | 'efs' | 'fsx' | 'other';

export interface NfsMount {
  /**
   * Absent: the kernel, with a mount. `libnfs 4 (libnfs.so.13)`: in user space, without a mount and without any cache.
   */
  readonly client?: string;
  readonly options: NfsOptions;
  readonly service: NfsService;
  /** impl_id: name, domain and date that a 4.1+ server may give itself; null when it gave none. */
  readonly serverImplementation: string | null;
  /** `9.14.1` of an ONTAP server that says so. */
  readonly ontapRelease: string | null;
  /** As mountstats words it: `not configured`, `LAYOUT_NFSV4_1_FILES`; null for versions without pNFS. */
  readonly pnfs: string | null;
  /** Transports that exist now: one per connection; null where mountstats is unreadable. */
  readonly openTransports: number | null;
  /** Read-ahead of the mount, bytes; null if sysfs does not report it. */
  readonly readAheadBytes: number | null;
  /** Limits of this client, not of the mount; null where they are not shown. */
  readonly limits: {
    /** RPC slots that a TCP connection begins with, and may grow to (versions 3 and 4.0). */
    readonly tcpSlots: number | null;
    readonly tcpMaxSlots: number | null;
    /**
     * Slots that this client asks for in a 4.1+ session. The server may have granted fewer: only trace events of
     * the kernel show that, not mountstats.
     */
    readonly sessionSlots: number | null;
  };
}
