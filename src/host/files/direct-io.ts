/** The alignment that direct I/O (O_DIRECT) requires for reads and writes of a file. */
import { closeSync, fstatSync, readSync } from 'node:fs';
import type { Opening } from '../../base/opening.js';
import { codeOf, type Libc, libc } from '../system/libc.js';
import { openMeasured, withMeasured } from './measured-file.js';

/** Direct transfers must use multiples of these. */
export interface DirectAlignment {
  /** The alignment of offsets and lengths. 1 means any. */
  readonly offsetBytes: number;
  /** The alignment of addresses in memory. */
  readonly memoryBytes: number;
}

/** The call number of statx(2). The constants below are from `struct statx` in <linux/stat.h>. */
const SYS_STATX: Partial<Record<string, number>> = { x64: 332, arm64: 291 };
const AT_EMPTY_PATH = 0x1000;
const STATX_DIOALIGN = 0x2000;
const STATX_BYTES = 0x100;
const STX_MASK = 0;
const STX_DIO_MEM_ALIGN = 0x98;
const STX_DIO_OFFSET_ALIGN = 0x9c;

/** The alignments to try: none (NFS, FUSE, memory), disk sectors, and up to the largest pages. */
const TRIED_BYTES = [1, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] as const;
const LARGEST_BYTES = 65_536;

/** The length of a file that is long enough to find any alignment by trying. */
export const DIRECT_PROBE_BYTES = 2 * LARGEST_BYTES;

/**
 * Returns the alignment that direct I/O on this file requires, or null when the file system refuses O_DIRECT. Most
 * local file systems report it through statx(2), from Linux 6.1. Otherwise the function finds it by reading. That
 * needs a file that is not empty, and is exact for a file of at least `DIRECT_PROBE_BYTES`. Throws Node's error when
 * the file cannot be opened or read.
 * @param opening how to open a file that is not feedrate's
 */
export function directAlignment(path: string, opening?: Opening): DirectAlignment | null {
  const library = libc();
  const told =
    library === null ? undefined : withMeasured(path, opening, undefined, (fd) => alignmentByStatx(library, fd));
  return told === undefined ? alignmentByTrying(path, opening) : told;
}

/** Returns undefined when the kernel or the file system does not report the alignment. */
function alignmentByStatx(library: Libc, fd: number): DirectAlignment | null | undefined {
  const call = SYS_STATX[process.arch];
  if (call === undefined) return undefined;
  const empty = new Uint8Array(1);
  const result = new DataView(new ArrayBuffer(STATX_BYTES));
  const { addressOf, syscall } = library;
  const status = syscall(call, fd, addressOf(empty), AT_EMPTY_PATH, STATX_DIOALIGN, addressOf(result), 0);
  if (status !== 0) return undefined;
  const littleEndian = true;
  if ((result.getUint32(STX_MASK, littleEndian) & STATX_DIOALIGN) === 0) return undefined;
  const offsetBytes = result.getUint32(STX_DIO_OFFSET_ALIGN, littleEndian);
  const memoryBytes = result.getUint32(STX_DIO_MEM_ALIGN, littleEndian);
  return offsetBytes === 0 || memoryBytes === 0 ? null : { offsetBytes, memoryBytes };
}

/**
 * Returns the smallest alignment with which a direct read succeeds, or null when none does. Some file systems (btrfs)
 * serve misaligned reads from the page cache instead of refusing them. The result is then too small, and the cache
 * evidence of a trial shows it.
 */
export function alignmentByTrying(path: string, opening?: Opening): DirectAlignment | null {
  const fd = openDirect(path, opening);
  if (fd === null) return null;
  try {
    // WebAssembly memory is aligned to its pages of 64 KiB. An ArrayBuffer is only aligned to 16 bytes.
    const memory = new Uint8Array(new WebAssembly.Memory({ initial: 3, maximum: 3 }).buffer);
    const works = (offsetBytes: number, memoryBytes: number) => readsDirectly(fd, memory, offsetBytes, memoryBytes);
    const offsetBytes = TRIED_BYTES.find((bytes) => works(bytes, LARGEST_BYTES));
    if (offsetBytes === undefined) return null;
    const memoryBytes = TRIED_BYTES.find((bytes) => works(offsetBytes, bytes)) ?? LARGEST_BYTES;
    return { offsetBytes, memoryBytes };
  } finally {
    closeSync(fd);
  }
}

function openDirect(path: string, opening: Opening | undefined): number | null {
  try {
    return openMeasured(path, opening, true);
  } catch (thrown) {
    if (isRefusal(thrown)) return null;
    throw thrown;
  }
}

/**
 * Returns whether a direct read of `bytes` bytes succeeds. The read starts at that offset if the file is long enough.
 * Its address in memory is a multiple of `memoryBytes` and of no larger power of two.
 */
function readsDirectly(fd: number, memory: Uint8Array, bytes: number, memoryBytes: number): boolean {
  const offset = fstatSync(fd).size > bytes ? bytes : 0;
  try {
    return readSync(fd, memory, memoryBytes, bytes, offset) > 0;
  } catch (thrown) {
    if (isRefusal(thrown)) return false;
    throw thrown;
  }
}

function isRefusal(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return code === 'EINVAL' || code === 'ENOTSUP';
}
