/**
 * The content of files: incompressible, different in every sector, and a pure function of
 * (content seed, generation, offset), so that any block can be checked without a copy of it.
 *
 * Each 512-byte sector starts from splitmix64's finaliser (Steele, Lea, Flood 2014) of seed and
 * sector number; four vectors of two 64-bit lanes then run Marsaglia's xorshift64 (13, 7, 17).
 * It is a WebAssembly SIMD function because storage must not wait for the generator: about
 * 20 GB/s a core, where JavaScript reaches 3 to 6.
 */
import { FUNCTION_NAME, fillModule } from './content-module.js';

export const SECTOR_BYTES = 512;
const PAGE_BYTES = 65_536;

type Fill = (address: number, bytes: number, seed: number, firstSector: number) => void;

let compiled: WebAssembly.Module | undefined;

/**
 * Page-aligned memory that a worker reads into, writes from and generates content in. A
 * `WebAssembly.Memory` is aligned to its 64 KiB pages, which O_DIRECT needs, and never moves.
 */
export class ContentMemory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #fill: Fill;

  constructor(capacityBytes: number) {
    const pages = Math.max(1, Math.ceil(capacityBytes / PAGE_BYTES));
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    compiled ??= new WebAssembly.Module(fillModule());
    const instance = new WebAssembly.Instance(compiled, { host: { memory } });
    this.#fill = instance.exports[FUNCTION_NAME] as Fill;
  }

  /**
   * Puts the content of a file's range into memory and returns where it begins: at `at` when the
   * offset is a multiple of a sector, else up to 511 bytes later. `at` must be a multiple of 16,
   * with `lengthBytes` plus two sectors of room.
   */
  fill(at: number, lengthBytes: number, contentSeed: number, generation: number, offsetBytes: number): number {
    const firstSector = Math.floor(offsetBytes / SECTOR_BYTES);
    const skip = offsetBytes - firstSector * SECTOR_BYTES;
    const sectors = Math.ceil((skip + lengthBytes) / SECTOR_BYTES);
    this.#fill(at, sectors * SECTOR_BYTES, contentSeed, firstSector + generation * GENERATION_SECTORS);
    return at + skip;
  }
}

/** Generations are 2^41 sectors (1 PiB) apart in the sector number, so that none shows another's data. */
const GENERATION_SECTORS = 2 ** 41;

/** Room that `fill` may need beyond the length asked for. */
export const CONTENT_SLACK_BYTES = 2 * SECTOR_BYTES;
