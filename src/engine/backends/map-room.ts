import {
  type Libc,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  PROT_READ,
  PROT_WRITE,
} from '../../host/system/libc.js';
import type { DataFile } from '../../plan/plan.js';
import type { Content } from '../content/buffers.js';

/** The kernel can map whole pages of this size if file and address have the same alignment. */
const HUGE_PAGE_BYTES = 2 ** 21;
/** No machine that Node runs on has larger base pages. */
const LARGEST_PAGE_BYTES = 65_536;

function alignmentOf(bytes: number): number {
  return bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : LARGEST_PAGE_BYTES;
}

function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** Returns the start of each file relative to a start aligned to huge pages, and the end of the last file. */
function layOut(files: readonly DataFile[]): { readonly startsBytes: number[]; readonly endBytes: number } {
  const startsBytes: number[] = [];
  let endBytes = 0;
  for (const { bytes } of files) {
    const startBytes = alignUp(endBytes, alignmentOf(bytes));
    startsBytes.push(startBytes);
    endBytes = startBytes + alignUp(bytes, LARGEST_PAGE_BYTES);
  }
  return { startsBytes, endBytes };
}

/** Returns the address space that these files need in a `MapRoom`. */
export function mapRoomBytes(files: readonly DataFile[]): number {
  return files.length === 0 ? 0 : layOut(files).endBytes + HUGE_PAGE_BYTES;
}

/**
 * Files mapped into the worker's WebAssembly memory, behind its buffers. Copies then stay within that memory and use
 * 32-bit positions, so they need neither libc nor a heap number for a 64-bit address. When a file is unmapped, zeroed
 * memory takes its place again, so that V8's memory stays complete.
 */
export class MapRoom {
  /** By slot: position of the file relative to the start of the worker's memory. */
  readonly positions: readonly number[];
  readonly #calls: Libc;
  readonly #baseAddress: number;

  private constructor(calls: Libc, baseAddress: number, positions: readonly number[]) {
    this.positions = positions;
    this.#calls = calls;
    this.#baseAddress = baseAddress;
  }

  /** Returns null when the content has no such room, because a worker's files exceed the 4 GiB of the memory. */
  static of(calls: Libc, content: Content): MapRoom | null {
    const { bytes, files } = content;
    if (content.mapRoomBytes === 0) return null;
    const baseAddress = calls.addressOf(bytes);
    const firstAt = alignUp(baseAddress + bytes.length, HUGE_PAGE_BYTES) - baseAddress;
    return new MapRoom(
      calls,
      baseAddress,
      layOut(files).startsBytes.map((startBytes) => firstAt + startBytes),
    );
  }

  addressOf(slot: number): number {
    return this.#baseAddress + (this.positions[slot] as number);
  }

  /** Replaces a mapped file by plain memory. Returns false when the kernel refuses. */
  clear(slot: number, bytes: number): boolean {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    const address = this.addressOf(slot);
    return this.#calls.mmap(address, bytes, PROT_READ | PROT_WRITE, flags, -1, 0) === address;
  }
}
