import type { DataFile } from '../../plan/plan.js';
import { IoFault } from '../core/backend.js';
import { CONTENT_SLACK_BYTES, ContentMemory, SECTOR_BYTES } from './content.js';

/** Of every buffer: whole pages, which suits direct I/O on all usual devices. */
export const ALIGNMENT_BYTES = 4096;
/** From this length on it matters where a block lies in memory, and in which order it is filled and written. */
export const LARGE_BYTES = 65_536;
const alignUp = (bytes: number) => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

/** What a worker's buffers must take. */
export interface ContentNeeds {
  /** Of one operation. */
  readonly maxBlockBytes: number;
  /** Operations begin at multiples of a sector; otherwise content needs room before and after a block. */
  readonly wholeSectors: boolean;
  /** Operations in flight: each has a buffer of its own, its *place*. */
  readonly places: number;
  /** Room for a further block to compare with. */
  readonly checks: boolean;
  /** Address space behind the buffers for mapped files; absent = none. */
  readonly mapRoomBytes?: number;
}

/** A worker's data buffers, and what its files must contain. */
export class Content {
  /** All places; I/O calls take positions in it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Length of a place: whole pages. */
  readonly placeBytes: number;
  /** Where the first place begins; the only one of workers that do one operation at a time. */
  readonly dataAt = 0;
  readonly #memory: ContentMemory;
  readonly #expectedAt: number;
  /** By slot. */
  readonly files: readonly DataFile[];

  /** Every place holds incompressible bytes of its own from the start. */
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
    this.files = files;
    for (let place = 0; place < places; place++)
      this.#memory.fill(this.placeAt(place), maxBlockBytes, 0, 0, place * maxBlockBytes);
  }

  /** How much of the address space behind the buffers could be had: all that was asked for, or nothing. */
  get mapRoomBytes(): number {
    return this.#memory.roomBytes;
  }

  /** Copies between buffers and mapped files, by their distances from the start of `bytes`; allocates nothing. */
  get copy(): (to: number, from: number, bytes: number) => void {
    return this.#memory.copy;
  }

  /** Where a place begins: on a page. */
  placeAt(place: number): number {
    return place * this.placeBytes;
  }

  /** Puts what belongs at this position of the file into a place; returns where it begins. */
  fill(slot: number, offsetBytes: number, lengthBytes: number, generation: number, place = 0): number {
    return this.#memory.fill(this.placeAt(place), lengthBytes, this.#seedOf(slot), generation, offsetBytes);
  }

  /** Compares the block that was read into a place with what belongs there; throws the first difference as a fault. */
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
      path: this.files[slot]?.path ?? null,
      offsetBytes: offsetBytes + at,
      message: `verify: expected ${hex(expected)}, found ${hex(found)} at byte ${offsetBytes + at} of ${this.files[slot]?.path}`,
    });
  }

  #seedOf(slot: number): number {
    return (this.files[slot] as DataFile).contentSeed;
  }
}

/** Whether operations of these lengths, one after the other, all begin at multiples of a sector. */
export function wholeSectors(blockBytes: readonly number[]): boolean {
  return blockBytes.every((bytes) => bytes % SECTOR_BYTES === 0);
}
