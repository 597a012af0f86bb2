import type { NfsConnection } from '../../host/libnfs/nfs-connection.js';
import type { TcpCount } from '../../record/nfs-traffic.js';

/** What a worker's connection to an NFS server carries in its measured part. */
export class WireWatch {
  readonly #connection: NfsConnection;
  readonly #before: TcpCount | null;
  readonly #mounts: number;

  constructor(connection: NfsConnection) {
    this.#connection = connection;
    this.#before = connection.count();
    this.#mounts = connection.mounts;
  }

  /** Since then; null where the kernel does not tell, and when another connection took the place of the first. */
  carried(): TcpCount | null {
    const after = this.#connection.count();
    if (this.#before === null || after === null || this.#mounts !== this.#connection.mounts) return null;
    const receivedBytes = after.receivedBytes - this.#before.receivedBytes;
    // A connection that libnfs makes anew by itself begins at zero.
    if (receivedBytes < 0) return null;
    return { receivedBytes, sentBytes: after.sentBytes - this.#before.sentBytes };
  }
}
