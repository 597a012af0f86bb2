/**
 * The content of files. It is incompressible, different in every sector, and a pure function of (content seed,
 * generation, offset), so that any block can be checked without a copy.
 *
 * Each 512-byte sector starts from splitmix64's finaliser (Steele, Lea, Flood 2014) of seed and sector number. Four
 * vectors of two 64-bit lanes then run Marsaglia's xorshift64 (13, 7, 17). It is a WebAssembly SIMD function, because
 * storage must not wait for the generator: about 20 GB/s per core, against 3 to 6 GB/s in JavaScript.
 */
import { libc } from '../../host/system/libc.js';
import type { ByteLimits } from '../../training/formats/file-format.js';
import { COPY_NAME, contentModule, FILL_NAME, LIMIT_NAME } from './content-module.js';

export const SECTOR_BYTES = 512;
const PAGE_BYTES = 65_536;

type Fill = (address: number, bytes: number, seed: number, firstSector: number) => void;

type Limit = (address: number, bytes: number, mask: number, most: number, base: number) => void;

type Copy = (to: number, from: number, bytes: number) => void;

let compiled: WebAssembly.Module | undefined;

/** One page less than a memory can have, so that positions never reach 2^32. */
const MAX_PAGES = 65_535;
const pagesOf = (bytes: number) => Math.ceil(bytes / PAGE_BYTES);

/** Huge page size of x86-64, and of arm64 with 4 KiB pages. Elsewhere the advice has no effect. */
const HUGE_PAGE_BYTES = 2 ** 21;
const MADV_HUGEPAGE = 14;

/** The requirements for a `ContentMemory`. */
export interface MemoryNeeds {
  readonly capacityBytes: number;
  /** Whether blocks are large. The content is then on huge pages if the kernel has them. */
  readonly large?: boolean;
  /** Address space to reserve behind the content. It uses memory only when touched. */
  readonly roomBytes?: number;
}

/**
 * Returns a part of the memory that starts at a huge page, and asks the kernel for huge pages there. A device receives
 * a large block as one segment per contiguous piece of memory: 256 segments for 1 MiB on scattered pages, 1 on a huge
 * page.
 */
function onHugePages(memory: WebAssembly.Memory, bytes: number): Uint8Array<ArrayBuffer> {
  const buffer = memory.buffer as ArrayBuffer;
  const calls = libc();
  if (calls === null) return new Uint8Array(buffer, 0, bytes);
  const address = calls.addressOf(new Uint8Array(buffer));
  const startBytes = Math.ceil(address / HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES - address;
  // Only advice: if the kernel refuses or ignores it, the memory still works.
  calls.madvise(address + startBytes, bytes, MADV_HUGEPAGE);
  return new Uint8Array(buffer, startBytes, bytes);
}

/** Allocates memory with room behind its content, or without the room if the address space is too small. */
function allocate(contentPages: number, roomPages: number): { memory: WebAssembly.Memory; roomPages: number } {
  if (roomPages > 0 && contentPages + roomPages <= MAX_PAGES) {
    const pages = contentPages + roomPages;
    try {
      return { memory: new WebAssembly.Memory({ initial: pages, maximum: pages }), roomPages };
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown;
    }
  }
  return { memory: new WebAssembly.Memory({ initial: contentPages, maximum: contentPages }), roomPages: 0 };
}

/**
 * Page-aligned memory for a worker's reads, writes and generated content. A `WebAssembly.Memory` is aligned to its 64
 * KiB pages, as O_DIRECT requires, and never moves.
 */
export class ContentMemory {
  /** The content. Positions count from its start. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Address space behind `bytes`, into which files can be mapped: all that was requested, or 0. */
  readonly roomBytes: number;
  /** Copies within the memory. Positions are unsigned 32-bit integers, so no number is allocated. */
  readonly copy: Copy;
  readonly #fill: Fill;
  readonly #limit: Limit;

  constructor({ capacityBytes, large = false, roomBytes = 0 }: MemoryNeeds) {
    const huge = large && roomBytes === 0;
    const contentBytes = huge
      ? Math.ceil(capacityBytes / HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES
      : Math.max(1, pagesOf(capacityBytes)) * PAGE_BYTES;
    const contentPages = pagesOf(contentBytes + (huge ? HUGE_PAGE_BYTES : 0));
    const { memory, roomPages } = allocate(contentPages, pagesOf(roomBytes));
    this.bytes = huge
      ? onHugePages(memory, contentBytes)
      : new Uint8Array(memory.buffer as ArrayBuffer, 0, contentBytes);
    this.roomBytes = roomPages * PAGE_BYTES;
    compiled ??= new WebAssembly.Module(contentModule());
    const { exports } = new WebAssembly.Instance(compiled, { host: { memory } });
    this.#fill = exports[FILL_NAME] as Fill;
    this.#limit = exports[LIMIT_NAME] as Limit;
    this.copy = exports[COPY_NAME] as Copy;
  }

  /** Limits each byte of a range (see `ByteLimits`), with room for 15 bytes behind it, which may be changed, too. */
  limit(at: number, lengthBytes: number, { mask = 0xff, most = 0xff, base = 0 }: ByteLimits): void {
    if (lengthBytes > 0) this.#limit(this.bytes.byteOffset + at, lengthBytes, mask, most, base);
  }

  /**
   * Writes the content of a file range into memory and returns the position where it starts: `at` if the offset is a
   * multiple of a sector, otherwise up to 511 bytes later. `at` must be a multiple of 16, with room for `lengthBytes`
   * plus two sectors.
   */
  fill(at: number, lengthBytes: number, contentSeed: number, generation: number, offsetBytes: number): number {
    const firstSector = Math.floor(offsetBytes / SECTOR_BYTES);
    const skip = offsetBytes - firstSector * SECTOR_BYTES;
    const sectors = Math.ceil((skip + lengthBytes) / SECTOR_BYTES);
    this.#fill(
      this.bytes.byteOffset + at,
      sectors * SECTOR_BYTES,
      contentSeed,
      firstSector + generation * GENERATION_SECTORS,
    );
    return at + skip;
  }
}

/** Generations are 2^41 sectors (1 PiB) apart in the sector number, so that they never share data. */
const GENERATION_SECTORS = 2 ** 41;

/** Room that `fill` may need beyond `lengthBytes`. */
export const CONTENT_SLACK_BYTES = 2 * SECTOR_BYTES;
