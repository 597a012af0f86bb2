import { constants } from 'node:os';
import { PositionedReadCalls, type ReadCalls } from '../../host/files/read-calls.js';
import type { NfsConnection } from '../../host/libnfs/nfs-connection.js';
import { type NfsStore, nfsStoreOf } from '../../host/libnfs/nfs-store.js';
import { type Libc, libc } from '../../host/system/libc.js';
import type { TransferCalls } from '../core/calls.js';
import type { MonotonicClock } from '../core/clock.js';
import { type BackendFactory, blockingDrain } from './backend-factory.js';
import { NfsEntries } from './nfs-entries.js';
import { PsyncBackend } from './psync.js';
import { WireWatch } from './wire-watch.js';

const EIO = constants.errno.EIO;

type Transfer = (nfs: number, handle: number, offsetBytes: number, bytes: number, address: number) => number;

/**
 * Returns nfs_pread and nfs_pwrite for one worker's memory. A longer transfer takes several calls, one after another.
 * libnfs itself would send the parts at once with NFS version 3, which takes 1.4 to 10 times as long (4 MiB, version 4
 * of libnfs), and nothing at all with NFS version 4.
 */
function nfsCalls(connection: NfsConnection, memory: Uint8Array): TransferCalls {
  const { library, readMaxBytes, writeMaxBytes } = connection;
  const start = (libc() as Libc).addressOf(memory);
  const move = (call: Transfer, mostBytes: number): TransferCalls['read'] => {
    return (handle, bufferOffset, lengthBytes, offsetBytes) => {
      const nfs = connection.context;
      if (nfs === 0) return -EIO;
      // An empty file has nothing to ask for.
      if (lengthBytes === 0) return 0;
      for (let done = 0; ; ) {
        const bytes = Math.min(mostBytes, lengthBytes - done);
        const moved = call(nfs, handle, offsetBytes + done, bytes, start + bufferOffset + done);
        if (moved < 0 && done === 0) return -connection.fail(moved);
        if (moved <= 0) return done;
        done += moved;
        if (done >= lengthBytes) return done;
      }
    };
  };
  return { name: 'koffi', read: move(library.pread, readMaxBytes), write: move(library.pwrite, writeMaxBytes) };
}

/** Reads a range into memory that may be shorter: what does not fit is read over it. Returns the bytes read. */
function readInto(
  memory: Uint8Array,
  read: TransferCalls['read'],
  handle: number,
  offsetBytes: number,
  lengthBytes: number,
): number {
  for (let done = 0; ; ) {
    const bytes = Math.min(memory.length, lengthBytes - done);
    const moved = read(handle, 0, bytes, offsetBytes + done);
    if (moved < 0) return moved;
    done += moved;
    if (moved < bytes || done === lengthBytes) return done;
  }
}

/** Does one blocking libnfs call per operation, on this thread's own connection to the server. */
export class NfsBackend extends PsyncBackend {
  readonly connection: NfsConnection;
  readonly #nfs: NfsStore;

  constructor(store: NfsStore, memory: Uint8Array, clock: MonotonicClock) {
    // The limits of its calls are known only after it has connected.
    store.connection.connect();
    super(nfsCalls(store.connection, memory), clock, store, new NfsEntries(store));
    this.connection = store.connection;
    this.#nfs = store;
  }

  protected override readCallsOn(memory: Uint8Array): ReadCalls {
    const { read } = nfsCalls(this.connection, memory);
    const { connection } = this;
    return new PositionedReadCalls({
      status: (handle) => connection.bytesOf(handle),
      readAt: (handle, offsetBytes, lengthBytes) => readInto(memory, read, handle, offsetBytes, lengthBytes),
    });
  }

  protected override entriesIn(path: string): number {
    return this.#nfs.names(path).length;
  }

  protected override reasonOf(): string {
    return `: ${this.connection.words}`;
  }
}

export const nfsFactory: BackendFactory = {
  // An nfs:// target is opened through libnfs before anything else, and refused there if that fails.
  refusal: () => null,
  // A server has no device like /dev/zero. The loop of psync is the same.
  rehearsal: 'psync',
  create: (task, clock, content) => {
    const backend = new NfsBackend(nfsStoreOf(task.scratchDirectory), content.bytes, clock);
    return {
      backend,
      createDrain: blockingDrain(backend),
      watch: () => {
        const wire = new WireWatch(backend.connection);
        return () => ({ ring: null, shortTransfers: backend.shortTransfers, wire: wire.carried() });
      },
    };
  },
};
