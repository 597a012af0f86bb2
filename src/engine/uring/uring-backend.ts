import type { Libc } from '../../host/system/libc.js';
import { errnoName } from '../../host/system/libc.js';
import { READ } from '../../plan/batch.js';
import type { RingUse } from '../../record/trial-record.js';
import type { Content } from '../content/buffers.js';
import { IoFault } from '../core/backend.js';
import type { MonotonicClock } from '../core/clock.js';
import { FileBackend } from '../core/file-backend.js';
import { FSYNC_DATA_ONLY, OPCODE, SQE, SQE_WORDS } from './entry.js';
import { isPassing, Ring } from './ring.js';

/** The entry for single operations, which are done only while the queue is empty. */
const ENTRY = 0;
const WORD = 2 ** 32;

/**
 * Accesses files through io_uring. `QueueDrain` keeps `iodepth` operations in flight. The methods of this class do one
 * operation at a time, for jobs and steps without a queue.
 */
export class UringBackend extends FileBackend {
  readonly ring: Ring;
  readonly iodepth: number;
  /** Address of the content's first byte. */
  readonly #baseAddress: number;

  /** Throws `RingRefused`. */
  constructor(calls: Libc, content: Content, clock: MonotonicClock, iodepth: number) {
    super(clock);
    this.iodepth = iodepth;
    this.ring = new Ring(calls, iodepth);
    this.#baseAddress = calls.addressOf(content.bytes);
  }

  /** How this worker used its ring. */
  get use(): RingUse {
    const { registeredBuffers, registeredFiles, flags, enters } = this.ring;
    return { registeredBuffers, registeredFiles, flags, enters };
  }

  addressOf(bufferOffset: number): number {
    return this.#baseAddress + bufferOffset;
  }

  /** Registers the open files of the slots 0 … files-1 and, if `buffers`, the places of the content. */
  register(content: Content, files: number, buffers: boolean): void {
    this.ring.registerFiles(this.fds.slice(0, files));
    if (!buffers) return;
    const bytes = content.placeBytes;
    const addressOf = (place: number) => this.addressOf(content.placeAt(place));
    this.ring.registerBuffers(
      Array.from({ length: this.iodepth }, (_, place) => ({ address: addressOf(place), bytes })),
    );
  }

  fdOf(slot: number): number {
    return this.fds[slot] as number;
  }

  transfer(kind: number, slot: number, offsetBytes: number, lengthBytes: number, bufferOffset: number): void {
    let done = 0;
    while (done < lengthBytes) {
      this.beginEntry(ENTRY, kind === READ ? OPCODE.read : OPCODE.write, this.fdOf(slot));
      this.aim(ENTRY, offsetBytes + done, lengthBytes - done);
      this.pointTo(ENTRY, bufferOffset + done);
      const moved = this.#complete();
      if (moved === 0 || (moved < 0 && !isPassing(-moved)))
        throw this.transferFault(kind, slot, offsetBytes + done, moved);
      done += Math.max(0, moved);
      if (done < lengthBytes) this.shortTransfers++;
    }
  }

  override sync(slot: number, dataOnly: boolean): void {
    let result: number;
    do {
      this.beginEntry(ENTRY, OPCODE.fsync, this.fdOf(slot));
      this.ring.sqes[ENTRY * SQE_WORDS + SQE.flags] = dataOnly ? FSYNC_DATA_ONLY : 0;
      result = this.#complete();
    } while (isPassing(-result));
    if (result >= 0) return;
    const syscall = dataOnly ? 'fdatasync' : 'fsync';
    const code = errnoName(-result);
    const path = this.paths[slot] ?? null;
    throw new IoFault({ code, syscall, path, offsetBytes: null, message: `${syscall} of ${path} failed with ${code}` });
  }

  /** Resets an entry, with its own number as user data. `aim` and `pointTo` set the rest. */
  beginEntry(entry: number, opcode: number, file: number): void {
    const { sqes } = this.ring;
    const at = entry * SQE_WORDS;
    sqes.fill(0, at, at + SQE_WORDS);
    sqes[at + SQE.opcode] = opcode;
    sqes[at + SQE.file] = file;
    sqes[at + SQE.userData] = entry;
  }

  /** Sets the file offset and the length of an entry. */
  aim(entry: number, offsetBytes: number, lengthBytes: number): void {
    const { sqes } = this.ring;
    const at = entry * SQE_WORDS;
    sqes[at + SQE.offset] = offsetBytes | 0;
    sqes[at + SQE.offset + 1] = offsetBytes / WORD;
    sqes[at + SQE.length] = lengthBytes;
  }

  /** Sets the position of an entry's data in the content's memory. */
  pointTo(entry: number, bufferOffset: number): void {
    const address = this.addressOf(bufferOffset);
    this.ring.sqes[entry * SQE_WORDS + SQE.address] = address | 0;
    this.ring.sqes[entry * SQE_WORDS + SQE.address + 1] = address / WORD;
  }

  /** Executes the entry for single operations and returns its result. */
  #complete(): number {
    const { ring } = this;
    ring.push(ENTRY);
    while (ring.completions() === 0) ring.enter(1);
    const result = ring.resultAt(0);
    ring.take(1);
    return result;
  }

  override dispose(): void {
    this.ring.close();
    super.dispose();
  }
}
