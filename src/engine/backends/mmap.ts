import { fdatasyncSync, fstatSync, fsyncSync, ftruncateSync } from 'node:fs';
import { errnoName, type Libc, libc, MAP_FIXED, MAP_SHARED, PROT_READ, PROT_WRITE } from '../../host/system/libc.js';
import { READ } from '../../plan/batch.js';
import { jobPlanOf } from '../../plan/jobs/registry.js';
import type { MapAdvice } from '../../workload/workload.js';
import type { Content } from '../content/buffers.js';
import { IoFault, type OpenMode } from '../core/backend.js';
import type { MonotonicClock } from '../core/clock.js';
import { attempt } from '../core/faults.js';
import { FileBackend } from '../core/file-backend.js';
import type { BlockingBackend } from '../drains/blocking-drain.js';
import { type BackendFactory, blockingDrain, watchTransfers } from './backend-factory.js';
import { MapRoom } from './map-room.js';

const MS_SYNC = 4;
/** Values for madvise(2). */
const ADVICE: Readonly<Record<MapAdvice, number>> = { normal: 0, random: 1, sequential: 2, willneed: 3 };

/** Returns the reason why files cannot be mapped here; null when they can. */
export function mmapRefusal(): string | null {
  return libc() === null ? 'mmap needs the optional dependency koffi, which is missing or disabled' : null;
}

/**
 * Accesses files through mapped memory, as memory-mapped datasets do. Each operation copies between the mapped file and
 * the worker's buffer, and the page faults of the copy are the I/O. The kernel reports errors of a mapping as SIGBUS,
 * so a file that shrinks while it is mapped ends the process.
 */
export class MmapBackend extends FileBackend implements BlockingBackend {
  readonly calls: BlockingBackend['calls'];
  /** The handle of a slot is the slot itself. Each call looks up its mapping. */
  readonly handles: number[] = [];
  readonly #libc: Libc;
  readonly #content: Content;
  readonly #advice: MapAdvice;
  readonly #room: MapRoom | null;
  /** By slot: length of the mapping, 0 = none. */
  readonly #lengths: number[] = [];
  readonly #addresses: number[] = [];

  /**
   * Maps the content's files, by slot. New files get their planned length first, because only existing bytes can be
   * mapped.
   */
  constructor(calls: Libc, content: Content, clock: MonotonicClock, advice: MapAdvice) {
    super(clock);
    this.#libc = calls;
    this.#content = content;
    this.#advice = advice;
    this.#room = MapRoom.of(calls, content);
    this.calls = this.#room === null ? this.#addressCalls() : this.#roomCalls(this.#room);
  }

  override open(slot: number, path: string, mode: OpenMode): void {
    super.open(slot, path, mode);
    const fd = this.fds[slot] as number;
    const bytes = attempt(path, () => {
      const plannedBytes = this.#content.files[slot]?.bytes ?? 0;
      if (mode.create) ftruncateSync(fd, plannedBytes);
      const stat = fstatSync(fd);
      // A device such as the rehearsal's /dev/zero has no length. Of a longer file, only the planned bytes are mapped.
      return stat.isCharacterDevice() ? plannedBytes : Math.min(plannedBytes, stat.size);
    });
    const address = bytes === 0 ? 0 : this.#map(slot, fd, bytes, mode.write ? PROT_READ | PROT_WRITE : PROT_READ);
    if (address === -1) throw this.#callFault('mmap', path);
    this.handles[slot] = slot;
    this.#addresses[slot] = address;
    this.#lengths[slot] = bytes;
    if (this.#advice !== 'normal' && bytes > 0 && this.#libc.madvise(address, bytes, ADVICE[this.#advice]) !== 0)
      throw this.#callFault('madvise', path);
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    const call = kind === READ ? this.calls.read : this.calls.write;
    const moved = call(slot, bufferOffset, lengthBytes, offsetBytes);
    if (moved !== lengthBytes) this.complete(kind, slot, offsetBytes);
  }

  /** Throws `IoFault`: another call cannot move bytes outside the mapping. */
  complete(kind: number, slot: number, offsetBytes: number): never {
    throw this.transferFault(kind, slot, offsetBytes, 0);
  }

  override sync(slot: number, dataOnly: boolean): void {
    const fd = this.fds[slot] as number;
    const path = this.paths[slot] as string;
    const bytes = this.#lengths[slot] as number;
    if (bytes > 0 && this.#libc.msync(this.#addresses[slot] as number, bytes, MS_SYNC) !== 0)
      throw this.#callFault('msync', path);
    attempt(path, () => (dataOnly ? fdatasyncSync(fd) : fsyncSync(fd)));
  }

  override close(slot: number): void {
    const bytes = this.#lengths[slot] ?? 0;
    this.#lengths[slot] = 0;
    const unmapped = bytes === 0 || this.#unmap(slot, bytes);
    const fault = unmapped ? null : this.#callFault('munmap', this.paths[slot] as string);
    super.close(slot);
    if (fault !== null) throw fault;
  }

  /** Returns the address of the mapping, or -1. */
  #map(slot: number, fd: number, bytes: number, protection: number): number {
    if (this.#room === null) return this.#libc.mmap(0, bytes, protection, MAP_SHARED, fd, 0);
    return this.#libc.mmap(this.#room.addressOf(slot), bytes, protection, MAP_SHARED | MAP_FIXED, fd, 0);
  }

  #unmap(slot: number, bytes: number): boolean {
    if (this.#room !== null) return this.#room.clear(slot, bytes);
    return this.#libc.munmap(this.#addresses[slot] as number, bytes) === 0;
  }

  #roomCalls(room: MapRoom): BlockingBackend['calls'] {
    const { copy } = this.#content;
    const { positions } = room;
    const lengths = this.#lengths;
    return {
      read: (slot, bufferOffset, lengthBytes, offsetBytes) => {
        if (offsetBytes + lengthBytes > (lengths[slot] as number)) return 0;
        copy(bufferOffset, ((positions[slot] as number) + offsetBytes) | 0, lengthBytes);
        return lengthBytes;
      },
      write: (slot, bufferOffset, lengthBytes, offsetBytes) => {
        if (offsetBytes + lengthBytes > (lengths[slot] as number)) return 0;
        copy(((positions[slot] as number) + offsetBytes) | 0, bufferOffset, lengthBytes);
        return lengthBytes;
      },
    };
  }

  /** Returns calls that use memcpy(3), for files too long for a `MapRoom`. Each address allocates a number. */
  #addressCalls(): BlockingBackend['calls'] {
    const { memcpy } = this.#libc;
    const buffer = this.#libc.addressOf(this.#content.bytes);
    const addresses = this.#addresses;
    const lengths = this.#lengths;
    return {
      read: (slot, bufferOffset, lengthBytes, offsetBytes) => {
        if (offsetBytes + lengthBytes > (lengths[slot] as number)) return 0;
        const inBuffer = bufferOffset === 0 ? buffer : buffer + bufferOffset;
        memcpy(inBuffer, (addresses[slot] as number) + offsetBytes, lengthBytes);
        return lengthBytes;
      },
      write: (slot, bufferOffset, lengthBytes, offsetBytes) => {
        if (offsetBytes + lengthBytes > (lengths[slot] as number)) return 0;
        const inBuffer = bufferOffset === 0 ? buffer : buffer + bufferOffset;
        memcpy((addresses[slot] as number) + offsetBytes, inBuffer, lengthBytes);
        return lengthBytes;
      },
    };
  }

  #callFault(syscall: string, path: string): IoFault {
    const code = errnoName(this.#libc.errno());
    const message = `${syscall} of ${path} failed with ${code}`;
    return new IoFault({ code, syscall, path, offsetBytes: null, message });
  }
}

export const mmapFactory: BackendFactory = {
  refusal: mmapRefusal,
  rehearsal: 'mmap',
  create: (task, clock, content) => {
    const backend = new MmapBackend(libc() as Libc, content, clock, jobPlanOf(task.job).madvise);
    return { backend, createDrain: blockingDrain(backend), watch: watchTransfers(backend) };
  },
};
