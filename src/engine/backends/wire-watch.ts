import type { NfsConnection } from '../../host/libnfs/nfs-connection.js';
import type { TcpCount } from '../../record/nfs-traffic.js';

/** Counts the bytes that a worker's connection to an NFS server carries in the measured part. */
export class WireWatch {
  readonly #connection: NfsConnection;
  readonly #before: TcpCount | null;
  readonly #mounts: number;

  constructor(connection: NfsConnection) {
    this.#connection = connection;
    this.#before = connection.count();
    this.#mounts = connection.mounts;
  }

  /**
   * Returns the bytes since construction; null if the kernel does not report them, or if the connection was replaced.
   */
  carried(): TcpCount | null {
    const after = this.#connection.count();
    if (this.#before === null || after === null || this.#mounts !== this.#connection.mounts) return null;
    const receivedBytes = after.receivedBytes - this.#before.receivedBytes;
    // If libnfs has reconnected by itself, the new connection counts from zero.
    if (receivedBytes < 0) return null;
    return { receivedBytes, sentBytes: after.sentBytes - this.#before.sentBytes };
  }
}
