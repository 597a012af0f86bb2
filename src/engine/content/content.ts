/**
 * The content of files: incompressible, different in every sector, and a pure function of
 * (content seed, generation, offset), so that any block can be checked without a copy of it.
 *
 * Each 512-byte sector starts from splitmix64's finaliser (Steele, Lea, Flood 2014) of seed and
 * sector number; four vectors of two 64-bit lanes then run Marsaglia's xorshift64 (13, 7, 17).
 * It is a WebAssembly SIMD function because storage must not wait for the generator: about
 * 20 GB/s a core, where JavaScript reaches 3 to 6.
 */
import { libc } from '../../host/system/libc.js';
import { COPY_NAME, contentModule, FILL_NAME } from './content-module.js';

export const SECTOR_BYTES = 512;
const PAGE_BYTES = 65_536;

type Fill = (address: number, bytes: number, seed: number, firstSector: number) => void;

type Copy = (to: number, from: number, bytes: number) => void;

let compiled: WebAssembly.Module | undefined;

/** The most that a memory can have, but for one page: positions then never reach 2^32. */
const MAX_PAGES = 65_535;
const pagesOf = (bytes: number) => Math.ceil(bytes / PAGE_BYTES);

/** Of x86-64, and of arm64 with its usual pages; elsewhere the advice is not taken. */
const HUGE_PAGE_BYTES = 2 ** 21;
const MADV_HUGEPAGE = 14;

/** What a `ContentMemory` is for. */
export interface MemoryNeeds {
  readonly capacityBytes: number;
  /** Whether large blocks are moved: then it lies on huge pages where the kernel has them. */
  readonly large?: boolean;
  /** Address space behind the content, which takes memory only when it is touched. */
  readonly roomBytes?: number;
}

/**
 * A part of the memory that begins at a huge page, and is to consist of them. A device is given a large block in as
 * many segments as it has pieces of memory that do not touch: 256 for 1 MiB on scattered pages, one on a huge page.
 */
function onHugePages(memory: WebAssembly.Memory, bytes: number): Uint8Array<ArrayBuffer> {
  const buffer = memory.buffer as ArrayBuffer;
  const calls = libc();
  if (calls === null) return new Uint8Array(buffer, 0, bytes);
  const address = calls.addressOf(new Uint8Array(buffer));
  const startBytes = Math.ceil(address / HUGE_PAGE_BYTES) * HUGE_PAGE_BYTES - address;
  // Only advice: refused or not taken, it is memory as any other.
  calls.madvise(address + startBytes, bytes, MADV_HUGEPAGE);
  return new Uint8Array(buffer, startBytes, bytes);
}

/** Memory with room behind its content; without the room where the address space has no place for it. */
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
 * Page-aligned memory that a worker reads into, writes from and generates content in. A
 * `WebAssembly.Memory` is aligned to its 64 KiB pages, which O_DIRECT needs, and never moves.
 */
export class ContentMemory {
  /** The content; positions count from its start. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What follows `bytes` and is left to others to map files into: what was asked for, or 0. */
  readonly roomBytes: number;
  /** Copies within the memory, positions as unsigned 32-bit integers. No number of it is allocated. */
  readonly copy: Copy;
  readonly #fill: Fill;

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
    this.copy = exports[COPY_NAME] as Copy;
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
    this.#fill(
      this.bytes.byteOffset + at,
      sectors * SECTOR_BYTES,
      contentSeed,
      firstSector + generation * GENERATION_SECTORS,
    );
    return at + skip;
  }
}

/** Generations are 2^41 sectors (1 PiB) apart in the sector number, so that none shows another's data. */
const GENERATION_SECTORS = 2 ** 41;

/** Room that `fill` may need beyond the length asked for. */
export const CONTENT_SLACK_BYTES = 2 * SECTOR_BYTES;
