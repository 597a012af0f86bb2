import type { DataFile } from '../../plan/plan.js';
import { IoFault } from '../core/backend.js';
import { CONTENT_SLACK_BYTES, ContentMemory, SECTOR_BYTES } from './content.js';

/** Alignment of every buffer: a page, which direct I/O on all common devices accepts. */
export const ALIGNMENT_BYTES = 4096;
/** From this length on, the block's place in memory and the order of filling and writing affect the speed. */
export const LARGE_BYTES = 65_536;
const alignUp = (bytes: number) => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

/** The requirements for a worker's buffers. */
export interface ContentNeeds {
  /** Longest operation. */
  readonly maxBlockBytes: number;
  /** Whether operations start at multiples of a sector. If not, content needs room before and after a block. */
  readonly wholeSectors: boolean;
  /** Operations in flight. Each has its own buffer, called its *place*. */
  readonly places: number;
  /** Whether to add room for one block of expected content. */
  readonly checks: boolean;
  /** Address space behind the buffers for mapped files; absent = none. */
  readonly mapRoomBytes?: number;
}

/** A worker's data buffers, and the expected content of its files. */
export class Content {
  /** The memory of all places. I/O calls use positions in it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Length of a place: whole pages. */
  readonly placeBytes: number;
  /** Start of the first place. Workers that do one operation at a time have no other. */
  readonly dataAt = 0;
  readonly #memory: ContentMemory;
  readonly #expectedAt: number;
  /** The files by slot. */
  readonly #files: DataFile[];

  /** Fills every place with different incompressible bytes. */
  constructor(files: readonly DataFile[], needs: ContentNeeds) {
    const { maxBlockBytes, wholeSectors, places, checks, mapRoomBytes } = needs;
    this.placeBytes = alignUp(maxBlockBytes + (wholeSectors ? 0 : CONTENT_SLACK_BYTES));
    this.#memory = new ContentMemory({
      capacityBytes: this.placeBytes * (places + (checks ? 1 : 0)),
      large: maxBlockBytes >= LARGE_BYTES,
      roomBytes: mapRoomBytes ?? 0,
    });
    this.bytes = this.#memory.bytes;
    this.#expectedAt = this.placeBytes * places;
    this.#files = [...files];
    for (let place = 0; place < places; place++)
      this.#memory.fill(this.placeAt(place), maxBlockBytes, 0, 0, place * maxBlockBytes);
  }

  /** The address space reserved behind the buffers: all that was requested, or 0. */
  get mapRoomBytes(): number {
    return this.#memory.roomBytes;
  }

  /** Copies between buffers and mapped files. Positions count from the start of `bytes`. Allocates nothing. */
  get copy(): (to: number, from: number, bytes: number) => void {
    return this.#memory.copy;
  }

  /** The files by slot. */
  get files(): readonly DataFile[] {
    return this.#files;
  }

  /** Puts a file into the only slot of a job that has one file open at a time. Call it before the file is opened. */
  take(file: DataFile): void {
    this.#files[0] = file;
  }

  /** Returns the start of a place, which is page-aligned. */
  placeAt(place: number): number {
    return place * this.placeBytes;
  }

  /** Writes the expected content of a file range into a place. Returns the position where it starts. */
  fill(slot: number, offsetBytes: number, lengthBytes: number, generation: number, place = 0): number {
    return this.#memory.fill(this.placeAt(place), lengthBytes, this.#seedOf(slot), generation, offsetBytes);
  }

  /**
   * Compares a block that was read into a place with its expected content. Throws `IoFault` at the first difference.
   */
  check(slot: number, offsetBytes: number, lengthBytes: number, generation: number, place = 0): void {
    const expectedAt = this.#memory.fill(this.#expectedAt, lengthBytes, this.#seedOf(slot), generation, offsetBytes);
    const expected = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + expectedAt, lengthBytes);
    const found = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.placeAt(place), lengthBytes);
    if (expected.equals(found)) return;
    const at = expected.findIndex((byte, i) => byte !== found[i]);
    const hex = (bytes: Buffer) => bytes.subarray(at, at + 8).toString('hex');
    throw new IoFault({
      code: 'EBADDATA',
      syscall: 'verify',
      path: this.#files[slot]?.path ?? null,
      offsetBytes: offsetBytes + at,
      message: `verify: expected ${hex(expected)}, found ${hex(found)} at byte ${offsetBytes + at} of ${this.#files[slot]?.path}`,
    });
  }

  #seedOf(slot: number): number {
    return (this.#files[slot] as DataFile).contentSeed;
  }
}

/** Returns whether consecutive operations of these lengths all start at multiples of a sector. */
export function wholeSectors(blockBytes: readonly number[]): boolean {
  return blockBytes.every((bytes) => bytes % SECTOR_BYTES === 0);
}
