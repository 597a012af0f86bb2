import { fdatasyncSync, fstatSync, fsyncSync, ftruncateSync } from 'node:fs';
import { errnoName, type Libc, libc, MAP_SHARED, PROT_READ, PROT_WRITE } from '../host/libc.js';
import { READ } from '../plan/batch.js';
import type { DataFile } from '../plan/plan.js';
import type { MapAdvice } from '../workload/workload.js';
import { IoFault, type OpenMode } from './backend.js';
import type { Content } from './buffers.js';
import type { MonotonicClock } from './clock.js';
import { attempt, FileBackend } from './file-backend.js';

const MS_SYNC = 4;
/** The numbers of madvise(2). */
const ADVICE: Readonly<Record<MapAdvice, number>> = { normal: 0, random: 1, sequential: 2, willneed: 3 };

/** Why files cannot be mapped here, in words; null when they can. */
export function mmapRefusal(): string | null {
  return libc() === null ? 'mmap needs the optional dependency koffi, which is missing or switched off' : null;
}

interface Mapping {
  readonly address: number;
  readonly bytes: number;
}

/**
 * Access to files through memory, as memory-mapped datasets do it: each operation copies between the
 * mapped file and the worker's buffer, and the page faults on the way are the I/O. A file that
 * shrinks under its mapping ends the process with SIGBUS: that is how mappings tell of errors.
 */
export class MmapBackend extends FileBackend {
  readonly #calls: Libc;
  readonly #bufferAddress: number;
  readonly #files: readonly DataFile[];
  readonly #advice: MapAdvice;
  /** By slot; null = closed. */
  readonly #mappings: (Mapping | null)[] = [];

  /** `files`: by slot; a file that is made anew gets its planned length, as only what exists can be mapped. */
  constructor(calls: Libc, content: Content, clock: MonotonicClock, files: readonly DataFile[], advice: MapAdvice) {
    super(clock);
    this.#calls = calls;
    this.#bufferAddress = calls.addressOf(content.bytes);
    this.#files = files;
    this.#advice = advice;
  }

  override open(slot: number, path: string, mode: OpenMode): void {
    super.open(slot, path, mode);
    const fd = this.fds[slot] as number;
    const bytes = attempt(path, () => {
      const plannedBytes = this.#files[slot]?.bytes ?? 0;
      if (mode.create) ftruncateSync(fd, plannedBytes);
      const stat = fstatSync(fd);
      // A device such as the warm-up's /dev/zero has no length of its own, and can be mapped.
      return stat.isCharacterDevice() ? plannedBytes : stat.size;
    });
    const protection = mode.write ? PROT_READ | PROT_WRITE : PROT_READ;
    const address = bytes === 0 ? 0 : this.#calls.mmap(0, bytes, protection, MAP_SHARED, fd, 0);
    if (address === -1) throw this.#callFault('mmap', path);
    this.#mappings[slot] = { address, bytes };
    if (this.#advice !== 'normal' && bytes > 0 && this.#calls.madvise(address, bytes, ADVICE[this.#advice]) !== 0)
      throw this.#callFault('madvise', path);
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    const { address, bytes } = this.#mappings[slot] as Mapping;
    if (offsetBytes + lengthBytes > bytes) throw this.transferFault(kind, slot, offsetBytes, 0);
    const inFile = address + offsetBytes;
    // A sum would be a new number on the heap for each call: the one for the place in the file is enough.
    const inBuffer = bufferOffset === 0 ? this.#bufferAddress : this.#bufferAddress + bufferOffset;
    if (kind === READ) this.#calls.memcpy(inBuffer, inFile, lengthBytes);
    else this.#calls.memcpy(inFile, inBuffer, lengthBytes);
  }

  override sync(slot: number, dataOnly: boolean): void {
    const fd = this.fds[slot] as number;
    const path = this.paths[slot] as string;
    const { address, bytes } = this.#mappings[slot] as Mapping;
    if (bytes > 0 && this.#calls.msync(address, bytes, MS_SYNC) !== 0) throw this.#callFault('msync', path);
    attempt(path, () => (dataOnly ? fdatasyncSync(fd) : fsyncSync(fd)));
  }

  override close(slot: number): void {
    const mapping = this.#mappings[slot];
    this.#mappings[slot] = null;
    if (mapping && mapping.bytes > 0) this.#calls.munmap(mapping.address, mapping.bytes);
    super.close(slot);
  }

  #callFault(syscall: string, path: string): IoFault {
    const code = errnoName(this.#calls.errno());
    return new IoFault({
      code,
      syscall,
      path,
      offsetBytes: null,
      message: `${syscall} of ${path} failed with ${code}`,
    });
  }
}
