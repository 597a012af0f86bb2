import { constants as osConstants } from 'node:os';
import type { FileStore } from '../../host/system/file-store.js';
import { READ } from '../../plan/batch.js';
import { type TransferCalls, transferCalls } from '../core/calls.js';
import type { MonotonicClock } from '../core/clock.js';
import type { Entries } from '../core/entries.js';
import { FileBackend } from '../core/file-backend.js';
import type { BlockingBackend } from '../drains/blocking-drain.js';
import { type BackendFactory, blockingDrain, watchTransfers } from './backend-factory.js';

const EINTR = osConstants.errno.EINTR;

/** Does one blocking pread(2) or pwrite(2) per operation, like fio's engine of the same name. */
export class PsyncBackend extends FileBackend implements BlockingBackend {
  readonly calls: TransferCalls;

  constructor(calls: TransferCalls, clock: MonotonicClock, store?: FileStore, entries?: Entries) {
    super(clock, store, entries);
    this.calls = calls;
  }

  get handles(): readonly number[] {
    return this.fds;
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    const fd = this.fds[slot] as number;
    const moved =
      kind === READ
        ? this.calls.read(fd, bufferOffset, lengthBytes, offsetBytes)
        : this.calls.write(fd, bufferOffset, lengthBytes, offsetBytes);
    if (moved !== lengthBytes) this.complete(kind, slot, offsetBytes, lengthBytes, bufferOffset, moved);
  }

  complete(
    kind: number,
    slot: number,
    offsetBytes: number,
    lengthBytes: number,
    bufferOffset: number,
    first: number,
  ): void {
    const fd = this.fds[slot] as number;
    let moved = first;
    let done = 0;
    for (;;) {
      if (moved > 0) done += moved;
      if (done === lengthBytes) return;
      if (moved <= 0 && moved !== -EINTR) throw this.transferFault(kind, slot, offsetBytes + done, moved);
      this.shortTransfers++;
      const call = kind === READ ? this.calls.read : this.calls.write;
      moved = call(fd, bufferOffset + done, lengthBytes - done, offsetBytes + done);
    }
  }
}

export const psyncFactory: BackendFactory = {
  refusal: () => null,
  rehearsal: 'psync',
  create: (_, clock, content) => {
    const backend = new PsyncBackend(transferCalls(content.bytes), clock);
    return { backend, createDrain: blockingDrain(backend), watch: watchTransfers(backend) };
  },
};
