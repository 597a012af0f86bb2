import type { DataFile } from '../plan/plan.js';
import { IoFault } from './backend.js';
import { CONTENT_SLACK_BYTES, ContentMemory } from './content.js';

const ALIGNMENT_BYTES = 4096;
const alignUp = (bytes: number) => Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;

/** A worker's data buffer, and what its files must contain. */
export class Content {
  /** The whole memory; I/O calls take places in it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where data is read to and written from: page-aligned. Holds incompressible bytes from the start. */
  readonly dataAt = 0;
  readonly #memory: ContentMemory;
  readonly #expectedAt: number;
  readonly #files: readonly DataFile[];

  /** `checks`: room for a second block to compare with. */
  constructor(files: readonly DataFile[], maxBlockBytes: number, checks: boolean) {
    const blockRoom = alignUp(maxBlockBytes + CONTENT_SLACK_BYTES);
    this.#memory = new ContentMemory(blockRoom * (checks ? 2 : 1));
    this.bytes = this.#memory.bytes;
    this.#expectedAt = blockRoom;
    this.#files = files;
    this.#memory.fill(this.dataAt, maxBlockBytes, 0, 0, 0);
  }

  /** Puts what belongs at this place of the file into the buffer; returns where it begins. */
  fill(slot: number, offsetBytes: number, lengthBytes: number, generation: number): number {
    return this.#memory.fill(this.dataAt, lengthBytes, this.#seedOf(slot), generation, offsetBytes);
  }

  /** Compares the block that was read with what belongs there; throws the first difference as a fault. */
  check(slot: number, offsetBytes: number, lengthBytes: number, generation: number): void {
    const expectedAt = this.#memory.fill(this.#expectedAt, lengthBytes, this.#seedOf(slot), generation, offsetBytes);
    const expected = Buffer.from(this.bytes.buffer, expectedAt, lengthBytes);
    const found = Buffer.from(this.bytes.buffer, this.dataAt, lengthBytes);
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
