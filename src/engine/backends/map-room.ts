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

/** The kernel maps whole pages of this length at once where file and address are aligned alike. */
const HUGE_PAGE_BYTES = 2 ** 21;
/** No page of any machine that Node runs on is longer. */
const LARGEST_PAGE_BYTES = 65_536;

function alignmentOf(bytes: number): number {
  return bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : LARGEST_PAGE_BYTES;
}

function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** Where each file begins, from a start that is aligned to huge pages, and the end of the last one. */
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

/** The address space that these files take as a `MapRoom`. */
export function mapRoomBytes(files: readonly DataFile[]): number {
  return files.length === 0 ? 0 : layOut(files).endBytes + HUGE_PAGE_BYTES;
}

/**
 * Files mapped into the worker's own WebAssembly memory, behind its buffers. A copy is then one within that memory, by
 * 32-bit positions: a call without libc, and without the number on the heap that each 64-bit address is. What
 * was there before is plain zeroed memory, and comes back when a file is unmapped, so that V8 finds its memory whole.
 */
export class MapRoom {
  /** By slot: distance of the file from the start of the worker's memory. */
  readonly positions: readonly number[];
  readonly #calls: Libc;
  readonly #baseAddress: number;

  private constructor(calls: Libc, baseAddress: number, positions: readonly number[]) {
    this.positions = positions;
    this.#calls = calls;
    this.#baseAddress = baseAddress;
  }

  /** Null when the content has no such room: the files of one worker are longer than the 4 GiB of such a memory. */
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

  /** Puts plain memory in the place of a file. False when the kernel refuses. */
  clear(slot: number, bytes: number): boolean {
    const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    const address = this.addressOf(slot);
    return this.#calls.mmap(address, bytes, PROT_READ | PROT_WRITE, flags, -1, 0) === address;
  }
}
