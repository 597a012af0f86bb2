/** Empties, fills and inspects the page cache of files. */
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, readSync, writeFileSync } from 'node:fs';
import type { CacheEvidence } from '../../record/trial-record.js';
import { type Libc, libc, POSIX_FADV_DONTNEED } from '../system/libc.js';
import { type FilePaths, openMeasured, withMeasured } from './measured-file.js';
import { ownFileStatus } from './own-file.js';
import { residentBytes } from './residency.js';

export interface EvictResult {
  /** `fadvise`, `dd`, `drop_caches`, or two of them joined by `+`. Null when every method failed. */
  readonly evictedBy: string | null;
  /** One sentence for each method that failed. Null when none failed. */
  readonly problem: string | null;
}

/** Returns an error text, or null. posix_fadvise does not report pages that it kept. */
function adviseDontNeed(calls: Libc, paths: FilePaths): string | null {
  let refused = 0;
  let asked = 0;
  for (const path of paths) {
    asked++;
    const drop = (fd: number) => calls.posixFadvise64(fd, 0, 0, POSIX_FADV_DONTNEED);
    if (withMeasured(path, paths.opening, 0, drop) !== 0) refused++;
  }
  return refused === 0 ? null : `posix_fadvise refused ${refused} of ${asked} files`;
}

/** Few enough for the usual limit of open files, and enough that starting dd takes little of the time. */
const DD_FILES = 128;

/**
 * Returns an error text, or null. GNU dd with `iflag=nocache count=0` only calls posix_fadvise(DONTNEED) on the file. It
 * gets the descriptors of this process, because it would follow links in a path.
 */
function evictByDd(paths: FilePaths): string | null {
  let fds: number[] = [];
  const drop = (): string | null => {
    const problem = fds.length === 0 ? null : dropByDd(fds);
    for (const fd of fds) closeSync(fd);
    fds = [];
    return problem;
  };
  try {
    for (const path of paths) {
      const fd = openMeasured(path, paths.opening);
      if (fd !== null) fds.push(fd);
      const problem = fds.length < DD_FILES ? null : drop();
      if (problem !== null) return problem;
    }
    return drop();
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

function dropByDd(fds: readonly number[]): string | null {
  // xargs starts the dd processes, so that many files need one spawn here. No shell interprets the names.
  const operands = ['-0', '-n', '1', 'dd', 'iflag=nocache', 'count=0', 'status=none'];
  const result = spawnSync('xargs', operands, {
    input: fds.map((fd) => `if=/proc/${process.pid}/fd/${fd}`).join('\0'),
    stdio: ['pipe', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (result.error !== undefined) return `xargs dd did not start: ${result.error.message}`;
  const firstLine = result.stderr.split('\n')[0] ?? '';
  return result.status === 0 ? null : `dd iflag=nocache failed: ${firstLine}`;
}

/** Drops the clean pages, directory entries and inodes of the whole machine. Returns an error text, or null. */
function dropCaches(): string | null {
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return null;
  } catch (error) {
    return `drop_caches needs root: ${(error as Error).message}`;
  }
}

/**
 * Evicts the files' pages from the page cache. Writes them back first, because dirty pages are not dropped.
 * `dropCaches` also drops the caches of the whole machine. Pages that a process maps or locks stay, and so does
 * everything on tmpfs. Use `residentBytes` to check. Throws Node's error when a file cannot be opened or written
 * back.
 */
export function evict(paths: FilePaths, options: { readonly dropCaches: boolean }): EvictResult {
  for (const path of paths) withMeasured(path, paths.opening, undefined, fdatasyncSync);
  const calls = libc();
  const perFile = calls === null ? evictByDd(paths) : adviseDontNeed(calls, paths);
  const whole = options.dropCaches ? dropCaches() : null;
  const ways: string[] = [];
  if (perFile === null) ways.push(calls === null ? 'dd' : 'fadvise');
  if (options.dropCaches && whole === null) ways.push('drop_caches');
  const problems = [perFile, whole].filter((problem) => problem !== null);
  return {
    evictedBy: ways.length === 0 ? null : ways.join('+'),
    problem: problems.length === 0 ? null : problems.join('; '),
  };
}

const WARM_BUFFER_BYTES = 1024 * 1024;
const WARM_STRETCH_BYTES = 32 * WARM_BUFFER_BYTES;

/**
 * Reads each file to its end, so that the page cache holds it if it fits. Yields the bytes read after every 32 MiB
 * and at the end of each file, so that the caller can do other work in between or stop. Throws Node's error when a
 * file cannot be read.
 */
export function* warmInStretches(paths: FilePaths): Generator<number, void> {
  const buffer = new Uint8Array(WARM_BUFFER_BYTES);
  for (const path of paths) {
    const fd = openMeasured(path, paths.opening);
    if (fd === null) continue;
    try {
      for (let stretchBytes = 0, bytes = 1; bytes > 0; ) {
        bytes = readSync(fd, buffer, 0, buffer.length, null);
        stretchBytes += bytes;
        if (bytes > 0 && stretchBytes < WARM_STRETCH_BYTES) continue;
        yield stretchBytes;
        stretchBytes = 0;
      }
    } finally {
      closeSync(fd);
    }
  }
}

/** Returns how much of a trial's files is in the page cache, in the fields of the record. */
export function readEvidence(
  paths: FilePaths,
): Pick<CacheEvidence, 'residentBytesBefore' | 'fileBytes' | 'residencySource'> {
  const resident = residentBytes(paths);
  let fileBytes = paths.totalBytes ?? 0;
  if (paths.totalBytes === undefined) for (const path of paths) fileBytes += ownFileStatus(path)?.bytes ?? 0;
  return {
    residentBytesBefore: resident?.bytes ?? null,
    fileBytes,
    residencySource: resident?.source ?? null,
  };
}
