/** What direct I/O (O_DIRECT) asks of a file's reads and writes. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { codeOf, type Libc, libc } from '../system/libc.js';

/** The multiples that direct transfers must keep to. */
export interface DirectAlignment {
  /** Of offsets and lengths; 1 = none. */
  readonly offsetBytes: number;
  /** Of addresses in memory. */
  readonly memoryBytes: number;
}

/** statx(2): its number, and what is used of `struct statx` in <linux/stat.h>. */
const SYS_STATX: Partial<Record<string, number>> = { x64: 332, arm64: 291 };
const AT_FDCWD = -100;
const STATX_DIOALIGN = 0x2000;
const STATX_BYTES = 0x100;
const STX_MASK = 0;
const STX_DIO_MEM_ALIGN = 0x98;
const STX_DIO_OFFSET_ALIGN = 0x9c;

/** From none (NFS, FUSE, memory) by way of disk sectors to the largest pages. */
const TRIED_BYTES = [1, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] as const;
const LARGEST_BYTES = 65_536;

/** Length of a file from which an alignment can be found by trying, whatever it is. */
export const DIRECT_PROBE_BYTES = 2 * LARGEST_BYTES;

/**
 * What direct I/O on this file asks for, or null when there is none: the file system refuses O_DIRECT. Linux 6.1 and
 * most local file systems tell by statx(2). Otherwise it is found by reading: it needs a file that is not empty, and
 * one of `DIRECT_PROBE_BYTES` to be exact. Throws Node's error when the file cannot be opened or read.
 */
export function directAlignment(path: string): DirectAlignment | null {
  const library = libc();
  const told = library === null ? undefined : alignmentByStatx(library, path);
  return told === undefined ? alignmentByTrying(path) : told;
}

/** Undefined when neither kernel nor file system tells. */
function alignmentByStatx(library: Libc, path: string): DirectAlignment | null | undefined {
  const call = SYS_STATX[process.arch];
  if (call === undefined) return undefined;
  const name = Buffer.from(`${path}\0`);
  const result = new DataView(new ArrayBuffer(STATX_BYTES));
  const { addressOf, syscall } = library;
  if (syscall(call, AT_FDCWD, addressOf(name), 0, STATX_DIOALIGN, addressOf(result), 0) !== 0) return undefined;
  const littleEndian = true;
  if ((result.getUint32(STX_MASK, littleEndian) & STATX_DIOALIGN) === 0) return undefined;
  const offsetBytes = result.getUint32(STX_DIO_OFFSET_ALIGN, littleEndian);
  const memoryBytes = result.getUint32(STX_DIO_MEM_ALIGN, littleEndian);
  return offsetBytes === 0 || memoryBytes === 0 ? null : { offsetBytes, memoryBytes };
}

/**
 * The least alignment with which a direct read is not refused. File systems that take such reads through the page cache
 * instead of refusing them (btrfs) look as if they asked for less: the cache state that a trial proves tells of that.
 */
export function alignmentByTrying(path: string): DirectAlignment | null {
  const fd = openDirect(path);
  if (fd === null) return null;
  try {
    // WebAssembly memory begins on one of its own pages of 64 KiB; an ArrayBuffer only on 16 bytes.
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

function openDirect(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECT);
  } catch (thrown) {
    if (isRefusal(thrown)) return null;
    throw thrown;
  }
}

/** One read of so many bytes, at that offset where the file is long enough, to an address that is no larger multiple. */
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
