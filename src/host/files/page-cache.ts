/** Empties, fills and inspects the page cache of files. */
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, readSync, writeFileSync } from 'node:fs';
import type { CacheEvidence } from '../../record/trial-record.js';
import { type Libc, libc, POSIX_FADV_DONTNEED } from '../system/libc.js';
import { type FilePaths, openMeasured, withMeasured } from './measured-file.js';
import { ownFileStatus } from './own-file.js';
import { type Residency, residencyTest } from './residency.js';

export interface EvictResult {
  /** `fadvise`, `dd`, `drop_caches`, or two of them joined by `+`. Null when every method failed. */
  readonly evictedBy: string | null;
  /** One sentence for each method that failed. Null when none failed. */
  readonly problem: string | null;
}

/**
 * Drops the pages of each file, and yields after it. A file is written back only if pages stay, because most files are
 * clean, and to ask the storage of each one whether it is durable takes longer than everything else. Returns an error text,
 * or null: posix_fadvise does not report pages that it kept.
 */
function* adviseDontNeed(calls: Libc, paths: FilePaths): Generator<void, string | null> {
  const residency = residencyTest();
  let refused = 0;
  let asked = 0;
  for (const path of paths) {
    asked++;
    const errno = withMeasured(path, paths.opening, 0, (fd) => {
      const advised = calls.posixFadvise64(fd, 0, 0, POSIX_FADV_DONTNEED);
      if (residency?.(fd)?.bytes === 0) return advised;
      fdatasyncSync(fd);
      return calls.posixFadvise64(fd, 0, 0, POSIX_FADV_DONTNEED);
    });
    if (errno !== 0) refused++;
    yield;
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
 * Evicts the files' pages from the page cache, and yields after each file. Dirty pages are written back first, because they
 * are not dropped. `dropCaches` also drops the caches of the whole machine. Pages that a process maps or locks stay, and so
 * does everything on tmpfs. Use `readEvidence` to check. Throws Node's error when a file cannot be opened or written back.
 */
export function* evictInSteps(
  paths: FilePaths,
  options: { readonly dropCaches: boolean },
): Generator<void, EvictResult> {
  const calls = libc();
  const perFile = calls === null ? yield* syncAndEvictByDd(paths) : yield* adviseDontNeed(calls, paths);
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

/** Without the C library, nobody can tell which files have dirty pages. */
function* syncAndEvictByDd(paths: FilePaths): Generator<void, string | null> {
  for (const path of paths) {
    withMeasured(path, paths.opening, undefined, fdatasyncSync);
    yield;
  }
  return evictByDd(paths);
}

/** Evicts the files at once, as `evictInSteps` does. */
export function evict(paths: FilePaths, options: { readonly dropCaches: boolean }): EvictResult {
  return resultOf(evictInSteps(paths, options));
}

function resultOf<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value as T;
  }
}

const WARM_BUFFER_BYTES = 1024 * 1024;
const WARM_STRETCH_BYTES = 32 * WARM_BUFFER_BYTES;

/**
 * Reads each file to its end, so that the page cache holds it if it fits. Yields after every 32 MiB and at the end of each
 * file, so that the caller can do other work in between or stop: the bytes read since the last time, and the files read to
 * their end so far. Throws Node's error when a file cannot be read.
 */
export function* warmInStretches(
  paths: FilePaths,
): Generator<{ readonly bytes: number; readonly files: number }, void> {
  const buffer = new Uint8Array(WARM_BUFFER_BYTES);
  let files = 0;
  for (const path of paths) {
    const fd = openMeasured(path, paths.opening);
    if (fd === null) continue;
    try {
      for (let stretchBytes = 0, bytes = 1; bytes > 0; ) {
        bytes = readSync(fd, buffer, 0, buffer.length, null);
        stretchBytes += bytes;
        if (bytes > 0 && stretchBytes < WARM_STRETCH_BYTES) continue;
        if (bytes === 0) files++;
        yield { bytes: stretchBytes, files };
        stretchBytes = 0;
      }
    } finally {
      closeSync(fd);
    }
  }
}

/** How much of a trial's files is in the page cache, in the fields of the record. */
type HeldPages = Pick<CacheEvidence, 'residentBytesBefore' | 'fileBytes' | 'residencySource'>;

const GONE: Residency = { bytes: 0, source: 'cachestat' };

/** Finds out how much of the files is in the page cache, and yields after each file. Throws as `openMeasured` does. */
export function* evidenceInSteps(paths: FilePaths): Generator<void, HeldPages> {
  const residency = residencyTest();
  let fileBytes = paths.totalBytes ?? 0;
  let resident: Residency | null = residency === null ? null : { bytes: 0, source: 'cachestat' };
  for (const path of paths) {
    if (paths.totalBytes === undefined) fileBytes += ownFileStatus(path)?.bytes ?? 0;
    if (residency !== null && resident !== null) {
      const file = withMeasured<Residency | null>(path, paths.opening, GONE, residency);
      resident = file === null ? null : sumOf(resident, file);
    }
    yield;
  }
  return {
    residentBytesBefore: resident?.bytes ?? null,
    fileBytes,
    residencySource: resident?.source ?? null,
  };
}

function sumOf(a: Residency, b: Residency): Residency {
  return { bytes: a.bytes + b.bytes, source: b.source === 'mincore' ? 'mincore' : a.source };
}

/** Returns at once what `evidenceInSteps` finds. */
export function readEvidence(paths: FilePaths): HeldPages {
  return resultOf(evidenceInSteps(paths));
}
