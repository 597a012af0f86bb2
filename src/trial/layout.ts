/** Puts files of reproducible content where a trial will read them. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FeedrateError, type SystemFault, systemFaultOf } from '../base/errors.js';
import { CONTENT_SLACK_BYTES, ContentMemory } from '../engine/content.js';
import {
  createOwnDirectory,
  ownDirectoryPath,
  releaseOwnDirectory,
  removeOwnDirectory,
} from '../host/own-directory.js';
import { preallocate, preallocationRemedy } from '../host/preallocation.js';
import { beginWriteback } from '../host/writeback.js';
import { filesOf } from '../plan/files.js';
import type { DataFile, Plan, Target } from '../plan/plan.js';
import { touchesFiles } from '../plan/space.js';
import type { Dataset } from '../workload/workload.js';
import type { SessionEvent } from './events.js';

const CHUNK_BYTES = 4 << 20;
/** Progress is told, and a stop is noticed, this often. */
const YIELD_MS = 100;
/** What is compared at each end of a file before it is taken for what its name says. */
const PROBE_BYTES = 4096;

/** The user asked to stop while files were being laid out. */
export class LayoutStopped extends Error {}

const memory = { current: null as ContentMemory | null };
const contentMemory = () => (memory.current ??= new ContentMemory(CHUNK_BYTES + CONTENT_SLACK_BYTES));

/** Whether the path holds the file: its size, and its content at both ends. */
export function holdsFile(path: string, file: DataFile): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || !status.isFile() || status.size !== file.bytes) return false;
  const fd = openSync(path, 'r');
  try {
    return [0, Math.max(0, file.bytes - PROBE_BYTES)].every((offset) => holdsContent(fd, file, offset));
  } finally {
    closeSync(fd);
  }
}

function holdsContent(fd: number, file: DataFile, offsetBytes: number): boolean {
  const found = Buffer.alloc(Math.min(PROBE_BYTES, file.bytes));
  if (readSync(fd, found, 0, found.length, offsetBytes) !== found.length) return false;
  const content = contentMemory();
  const at = content.fill(0, found.length, file.contentSeed, 0, offsetBytes);
  return found.equals(content.bytes.subarray(at, at + found.length));
}

export interface LayoutProgress {
  /** Bytes written since the last call. */
  readonly wrote: (bytes: number) => void;
  readonly stopped: () => boolean;
}

/** Of a file while it is written. A process writes one at a time. */
const PASSING_NAME = 'layout.tmp';

/**
 * Writes a file under another name, makes it durable, then renames it: a file under its own name
 * is always whole, and two runs that write the same one at once do each other no harm.
 */
async function writeFile(
  path: string,
  file: DataFile,
  passingDirectory: string,
  progress: LayoutProgress,
): Promise<void> {
  const passing = join(passingDirectory, PASSING_NAME);
  const fd = openSync(passing, 'w');
  try {
    const { fallocate = 'none' } = file;
    if (fallocate !== 'none') preallocate(fd, passing, fallocate, file.bytes);
    await writeContent(fd, file, progress);
    fdatasyncSync(fd);
    renameSync(passing, path);
  } catch (thrown) {
    rmSync(passing, { force: true });
    throw thrown;
  } finally {
    closeSync(fd);
  }
}

let lastYieldMs = 0;

async function writeContent(fd: number, file: DataFile, progress: LayoutProgress): Promise<void> {
  const content = contentMemory();
  for (let offset = 0; offset < file.bytes; ) {
    const length = Math.min(CHUNK_BYTES, file.bytes - offset);
    const at = content.fill(0, length, file.contentSeed, 0, offset);
    for (let done = 0; done < length; ) done += writeSync(fd, content.bytes, at + done, length - done, offset + done);
    // The device writes this chunk while the next one is made, instead of all of them at the end.
    beginWriteback(fd, offset, length);
    offset += length;
    progress.wrote(length);
    if (Date.now() - lastYieldMs < YIELD_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    lastYieldMs = Date.now();
    if (progress.stopped()) throw new LayoutStopped();
  }
}

/**
 * Writes the files below a directory.
 * @param passingDirectory on the same file system, of this run alone: holds each file until it is whole
 */
export async function layOutFiles(
  directory: string,
  files: readonly DataFile[],
  progress: LayoutProgress,
  passingDirectory: string = directory,
): Promise<void> {
  for (const file of files) {
    const path = join(directory, file.path);
    try {
      mkdirSync(dirname(path), { recursive: true });
      await writeFile(path, file, passingDirectory, progress);
    } catch (thrown) {
      if (thrown instanceof LayoutStopped) throw thrown;
      const fault = systemFaultOf(thrown, path);
      throw new FeedrateError(
        'measurement',
        `cannot lay out ${path}: ${fault.code} in ${fault.syscall}${remedyOf(fault, thrown)}`,
        { cause: thrown },
      );
    }
  }
}

function remedyOf({ code, syscall }: SystemFault, thrown: unknown): string {
  if (syscall === 'fallocate') return `; ${preallocationRemedy(thrown)}`;
  return code === 'ENOSPC' || code === 'EDQUOT' ? '; free some space or use smaller files' : '';
}

/** The distinct data files that a plan reads on a target. */
export function dataFilesOf(plan: Plan, dataset: Dataset | null, target: Target): DataFile[] {
  const files = new Map<string, DataFile>();
  for (const arm of plan.arms) {
    if (arm.target !== target.name || !touchesFiles(arm)) continue;
    const armFiles = filesOf(arm, dataset);
    if (armFiles.place === 'data') for (const file of armFiles.files) files.set(file.path, file);
  }
  return [...files.values()];
}

/** Where data files of a target are kept. */
export function dataDirectory(target: Target, runId: string): string {
  return ownDirectoryPath(target, runId, 'data');
}

/** The data directory while a process uses it. */
export interface HeldData {
  readonly release: () => void;
}

/** What says that this user may read a place and not write in it. */
const READ_ONLY_CODES: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM']);

/**
 * Makes the data directory or takes it up, and holds it against removal. One that cannot be written in is used
 * without being held. Throws `FeedrateError` as `createOwnDirectory` does.
 */
export function holdData(target: Target, runId: string): HeldData {
  try {
    const directory = createOwnDirectory(target, runId, 'data');
    return { release: () => releaseOwnDirectory(directory, runId) };
  } catch (thrown) {
    const { code } = systemFaultOf((thrown as FeedrateError).cause);
    if (!READ_ONLY_CODES.has(code) || !existsSync(dataDirectory(target, runId))) throw thrown;
    return { release: () => {} };
  }
}

/** Those of the data files that are not on the target, or not with the content that their names promise. */
export function missingFilesOf(target: Target, files: readonly DataFile[]): DataFile[] {
  const directory = dataDirectory(target, 'none');
  return files.filter((file) => !holdsFile(join(directory, file.path), file));
}

/**
 * Lays out the data files that are missing on one target, in its data directory by way of the run's scratch
 * directory: what was under way when all was killed is found, and removed, with the run's other leftovers.
 */
export async function layOutMissing(
  target: Target,
  runId: string,
  missing: readonly DataFile[],
  emit: (event: SessionEvent) => void,
  stopped: () => boolean,
): Promise<void> {
  const totalBytes = bytesOf(missing);
  let doneBytes = 0;
  const wrote = (bytes: number) => {
    doneBytes += bytes;
    emit({ type: 'layout', target: target.name, doneBytes, totalBytes });
  };
  const scratch = ownDirectoryPath(target, runId, 'scratch');
  await layOutFiles(dataDirectory(target, runId), missing, { wrote, stopped }, scratch);
}

function bytesOf(files: readonly DataFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

export interface LayoutTotals {
  readonly writtenBytes: number;
  readonly reusedBytes: number;
}

/**
 * Lays out every data file of the plan on its targets, and leaves what is there already. Throws
 * `FeedrateError('measurement')` when a file cannot be written and `LayoutStopped` when `stopped`
 * says so; what is whole by then stays for the next run.
 */
export async function layOutPlan(
  plan: Plan,
  dataset: Dataset | null,
  emit: (event: SessionEvent) => void,
  stopped: () => boolean,
): Promise<LayoutTotals> {
  const runId = `prepare-${randomUUID().slice(0, 8)}`;
  let writtenBytes = 0;
  let reusedBytes = 0;
  for (const target of plan.targets) {
    const files = dataFilesOf(plan, dataset, target);
    if (files.length === 0) continue;
    const data = holdData(target, runId);
    const scratch = ownDirectoryPath(target, runId, 'scratch');
    try {
      const missing = missingFilesOf(target, files);
      if (missing.length > 0) createOwnDirectory(target, runId, 'scratch');
      await layOutMissing(target, runId, missing, emit, stopped);
      writtenBytes += bytesOf(missing);
      reusedBytes += bytesOf(files) - bytesOf(missing);
    } finally {
      data.release();
      removeOwnDirectory(scratch, runId);
    }
  }
  return { writtenBytes, reusedBytes };
}
