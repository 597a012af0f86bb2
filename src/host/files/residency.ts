/** Measures how much of a file is in the page cache without reading any of it. */

import { accessSync, constants, fstatSync, statfsSync } from 'node:fs';
import { type Libc, libc, MAP_SHARED, PROT_READ, SYS_CACHESTAT } from '../system/libc.js';

export interface Residency {
  readonly bytes: number;
  /** `mincore` when at least one file needed it. */
  readonly source: 'cachestat' | 'mincore';
}

/** struct cachestat_range {u64 off, len}, len 0 = to the end; then struct cachestat {u64 nr_cache, …}: five counts. */
const RANGE_BYTES = 16;
const CACHESTAT_BYTES = 40;
/** The range of one mincore(2) call, which keeps its result (one byte per page) small. */
const MINCORE_WINDOW_BYTES = 1024 * 1024 * 1024;

/**
 * The f_type of overlayfs and FUSE in statfs(2). A file there may be backed by a file on another file system, whose
 * inode owns the pages. cachestat only looks at the upper file and reports 0. A mapping leads to the real pages.
 */
const STACKED_TYPES: ReadonlySet<number> = new Set([0x794c7630, 0x65735546]);

/** A path to an open file, for calls that take no descriptor. */
const openPath = (fd: number): string => `/proc/self/fd/${fd}`;

/**
 * Returns a test for stacked file systems. It queries each file system once, because a query on NFS is a round trip.
 */
function createStackedTest(): (fd: number, device: number) => boolean {
  const known = new Map<number, boolean>();
  return (fd, device) => {
    const stacked = known.get(device) ?? STACKED_TYPES.has(statfsSync(openPath(fd)).type);
    known.set(device, stacked);
    return stacked;
  };
}

/** Inspects files one after the other with the same memory. */
interface Inspector {
  readonly pageBytes: number;
  /** Whether cachestat is unreliable on the file's file system. */
  isStacked(fd: number, device: number): boolean;
  cachestatPages(fd: number): number | null;
  mincorePages(fd: number, fileBytes: number): number | null;
}

function createInspector(calls: Libc): Inspector {
  const pageBytes = calls.getpagesize();
  const structs = new Uint8Array(RANGE_BYTES + CACHESTAT_BYTES);
  const words = new BigUint64Array(structs.buffer);
  const rangeAddress = calls.addressOf(structs);
  const vector = new Uint8Array(MINCORE_WINDOW_BYTES / pageBytes);
  const vectorAddress = calls.addressOf(vector);

  const windowPages = (fd: number, offsetBytes: number, lengthBytes: number): number | null => {
    const address = calls.mmap(0, lengthBytes, PROT_READ, MAP_SHARED, fd, offsetBytes);
    if (address === -1) return null;
    const status = calls.mincore(address, lengthBytes, vectorAddress);
    calls.munmap(address, lengthBytes);
    if (status !== 0) return null;
    let pages = 0;
    for (let i = 0; i < Math.ceil(lengthBytes / pageBytes); i++) pages += (vector[i] as number) & 1;
    return pages;
  };
  return {
    pageBytes,
    isStacked: createStackedTest(),
    cachestatPages: (fd) => {
      words.fill(0n);
      const status = calls.syscall(SYS_CACHESTAT, fd, rangeAddress, rangeAddress + RANGE_BYTES, 0, 0, 0);
      return status === 0 ? Number(words[RANGE_BYTES / 8]) : null;
    },
    mincorePages: (fd, fileBytes) => {
      let pages = 0;
      for (let offset = 0; offset < fileBytes; offset += MINCORE_WINDOW_BYTES) {
        const window = windowPages(fd, offset, Math.min(MINCORE_WINDOW_BYTES, fileBytes - offset));
        if (window === null) return null;
        pages += window;
      }
      return pages;
    },
  };
}

/**
 * Returns whether mincore(2) is reliable for a file. Since Linux 5.2 it reports every page as resident unless the
 * caller owns the file or may write to it.
 */
function mincoreIsHonest(fd: number, ownerId: number): boolean {
  if (process.geteuid?.() === ownerId) return true;
  try {
    accessSync(openPath(fd), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

type Source = Residency['source'];

/** Inspects one open file with each source in turn. Returns null when no source is available. */
function inspectFile(inspector: Inspector, fd: number, sources: readonly Source[]): Residency | null {
  const status = fstatSync(fd);
  const { uid, dev } = status;
  // A device has no length here.
  const size = status.isFile() ? status.size : Number.MAX_SAFE_INTEGER;
  for (const source of sources) {
    const trusted =
      source === 'cachestat' ? !inspector.isStacked(fd, dev) : status.isFile() && mincoreIsHonest(fd, uid);
    if (!trusted) continue;
    const pages = source === 'cachestat' ? inspector.cachestatPages(fd) : inspector.mincorePages(fd, size);
    if (pages !== null) return { bytes: Math.min(pages * inspector.pageBytes, size), source };
  }
  return null;
}

/**
 * Returns a test for the bytes of an open file that are in the page cache; it returns null when they cannot be found out.
 * It counts whole pages, but not beyond the end of a file. It uses cachestat(2) (Linux 6.5), or else mincore(2) on a
 * mapping that is never touched. Returns null when there is no C library.
 */
export function residencyTest(
  sources: readonly Source[] = ['cachestat', 'mincore'],
): ((fd: number) => Residency | null) | null {
  const calls = libc();
  if (calls === null) return null;
  const inspector = createInspector(calls);
  return (fd) => inspectFile(inspector, fd, sources);
}
