/** Writes files with reproducible content: several folders at a time, and made durable many at a time. */
import { closeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { FeedrateError, type SystemFault } from '../base/errors.js';
import { LayoutCounters } from '../engine/layout/layout-counters.js';
import { type LayoutHands, ownHands } from '../engine/layout/layout-hands.js';
import type { LayoutFailure, LayoutTask } from '../engine/layout/layout-task.js';
import { layoutThreads } from '../engine/pool.js';
import { descriptorOf, reachDirectory } from '../host/files/held-directories.js';
import { cleanCommand } from '../host/files/own-directory.js';
import { below, storeOf } from '../host/files/store-of.js';
import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { findMount, readMounts } from '../host/system/mountinfo.js';
import { preallocationRemedy } from '../host/system/preallocation.js';
import { openForSync } from '../host/system/sync-file-system.js';
import { isOthers, userName } from '../host/system/user-name.js';
import type { DataFile } from '../plan/plan.js';
import { LayoutStopped } from './data-file.js';
import type { WorkProgress } from './events.js';
import { WorkMeter } from './work-meter.js';

/** What to lay out, and where. */
export interface Layout {
  /** The directory that the files' paths are below. It exists. */
  readonly directory: string;
  /**
   * Holds files until they are durable; on the same file system, and used by this run alone. Null: they are written where
   * they belong, because nobody looks there before they are complete.
   */
  readonly passingDirectory: string | null;
  /** A held directory that both are below; null: none is held. */
  readonly heldPath: string | null;
  /** Files of one folder follow each other. */
  readonly files: Iterable<DataFile>;
  readonly totalFiles: number;
  readonly totalBytes: number;
}

/** Receives the progress of a layout. */
export interface LayoutListener {
  readonly progress: (work: WorkProgress) => void;
  readonly stopped: () => boolean;
}

/** From so many files or bytes on, threads write: they take a tenth of a second to start. */
const THREADS_FROM_FILES = 256;
const THREADS_FROM_BYTES = 2 ** 30;
/** From so many files on, the whole file system is synced rather than each file. */
const SYNC_WHOLE_FROM_FILES = 64;
/** Files of one task, or bytes if these are reached earlier. */
const BATCH_FILES = 1000;
const BATCH_BYTES = 64 * 2 ** 20;
/** Written files that are not durable yet, at most. A killed or stopped layout loses no more. */
const UNSYNCED_FILES = 8000;
const UNSYNCED_BYTES = 512 * 2 ** 20;
/** Slow storage gets less at a time, so that a sync takes so long, ms: nothing else can be heard of it meanwhile. */
const SYNC_MS = 2000;
const LEAST_SHARE = 1 / 64;
/** Threads for storage that answers over a network, or that waits for each file's sync. Others are limited by the CPUs. */
const WAITING_THREADS = 8;
const MOST_THREADS = 8;
const TELL_EVERY_MS = 100;

/**
 * Writes the files. Throws `FeedrateError('measurement')` when a file cannot be written, `FeedrateError('target')` when
 * its place is taken by something foreign, and `LayoutStopped` after a stop request. What has its name by then is complete
 * and stays.
 */
export async function layOutFiles(layout: Layout, listener: LayoutListener): Promise<void> {
  const { heldPath, directory, totalFiles, totalBytes } = layout;
  if (totalFiles === 0) return;
  const fd = heldPath === null ? null : descriptorOf(heldPath);
  const held = heldPath === null || fd === null ? null : { path: heldPath, fd };
  const syncFd =
    totalFiles < SYNC_WHOLE_FROM_FILES || isNfsUrl(directory) ? null : reachDirectory(directory, openForSync);
  const counters = new LayoutCounters();
  const hands = handsFor(layout, syncFd === null);
  const meter = new WorkMeter({ totalFiles, totalBytes });
  const teller = setInterval(() => {
    if (listener.stopped()) counters.requestStop();
    else if (counters.bytes > 0) listener.progress(meter.at(counters.files, counters.bytes));
  }, TELL_EVERY_MS);
  try {
    await new Crew(layout, hands, { memory: counters.memory, held }, syncFd, listener.stopped).work();
    if (listener.stopped()) throw new LayoutStopped();
    listener.progress(meter.at(totalFiles, totalBytes));
  } finally {
    clearInterval(teller);
    counters.requestStop();
    await hands.close();
    if (syncFd !== null) closeSync(syncFd);
  }
}

function handsFor({ directory, totalFiles, totalBytes }: Layout, syncsEach: boolean): LayoutHands {
  const few = totalFiles < THREADS_FROM_FILES && (totalBytes < THREADS_FROM_BYTES || totalFiles === 1);
  if (few) return ownHands();
  const wanted = syncsEach || isRemote(directory) ? WAITING_THREADS : Math.max(2, availableParallelism());
  return layoutThreads(Math.min(MOST_THREADS, totalFiles, wanted));
}

/** File systems, and families of them, whose storage is reached over a network. */
const REMOTE = /^(nfs|fuse|ceph|lustre|cifs|smb|gpfs|9p|beegfs|wekafs)/;

/** Returns whether the storage is reached over a network, as far as the mount says so. */
function isRemote(path: string): boolean {
  if (isNfsUrl(path)) return true;
  const mount = findMount(readMounts(), path);
  return mount !== null && REMOTE.test(mount.fileSystem);
}

/** Files of one folder that are written by one task. */
interface FolderBatch {
  readonly folder: string;
  readonly files: readonly DataFile[];
  readonly bytes: number;
}

function* batchesOf(files: Iterable<DataFile>): Generator<FolderBatch, void> {
  let folder = '';
  let batch: DataFile[] = [];
  let bytes = 0;
  for (const file of files) {
    const isFull = batch.length >= BATCH_FILES || bytes >= BATCH_BYTES;
    if (batch.length > 0 && (isFull || dirname(file.path) !== folder)) {
      yield { folder, files: batch, bytes };
      batch = [];
      bytes = 0;
    }
    folder = dirname(file.path);
    batch.push(file);
    bytes += file.bytes;
  }
  if (batch.length > 0) yield { folder, files: batch, bytes };
}

/** Hands out the tasks of one layout. */
class Crew {
  readonly #layout: Layout;
  readonly #hands: LayoutHands;
  readonly #common: Pick<LayoutTask, 'memory' | 'held'>;
  readonly #syncFd: number | null;
  readonly #stopped: () => boolean;
  #count = 0;
  /** The share of the limits at which written files are synced. */
  #share = 1;
  /** Batches that are written and not yet published. */
  #written: { readonly from: string; readonly to: string; readonly files: number; readonly bytes: number }[] = [];
  #failure: { readonly failure: LayoutFailure; readonly path: string } | null = null;

  constructor(
    layout: Layout,
    hands: LayoutHands,
    common: Pick<LayoutTask, 'memory' | 'held'>,
    syncFd: number | null,
    stopped: () => boolean,
  ) {
    this.#layout = layout;
    this.#hands = hands;
    this.#common = common;
    this.#syncFd = syncFd;
    this.#stopped = stopped;
  }

  async work(): Promise<void> {
    const batches = batchesOf(this.#layout.files);
    await Promise.all(Array.from({ length: this.#hands.count }, () => this.#lane(batches)));
    // Also after a stop request: what is written then stays for the next run.
    await this.#publish();
    if (this.#failure !== null) throw errorOf(this.#failure.failure, this.#failure.path);
  }

  get #isOver(): boolean {
    return this.#failure !== null || this.#stopped();
  }

  async #lane(batches: Iterator<FolderBatch>): Promise<void> {
    while (!this.#isOver) {
      if (this.#isPublishingDue) await this.#publish();
      const next = batches.next();
      if (next.done === true) return;
      await this.#write(next.value);
    }
  }

  get #isPublishingDue(): boolean {
    const sum = (of: 'files' | 'bytes') => this.#written.reduce((total, batch) => total + batch[of], 0);
    return sum('files') >= UNSYNCED_FILES * this.#share || sum('bytes') >= UNSYNCED_BYTES * this.#share;
  }

  async #write({ folder, files, bytes }: FolderBatch): Promise<void> {
    const { directory, passingDirectory } = this.#layout;
    const to = below(directory, folder);
    const from = passingDirectory === null ? to : below(passingDirectory, `layout-${this.#count++}`);
    const base = passingDirectory ?? directory;
    const each = this.#syncFd === null ? { base: directory, to: from === to ? null : to } : null;
    await this.#run({ layout: 'write', ...this.#common, base, directory: from, files, each }, from, to);
    if (each === null) this.#written.push({ from, to, files: files.length, bytes });
  }

  /** Makes durable what is written, and gives it its names. */
  async #publish(): Promise<void> {
    if (this.#failure !== null || this.#written.length === 0) return;
    const moves = this.#layout.passingDirectory === null ? [] : this.#written.map(({ from, to }) => ({ from, to }));
    this.#written = [];
    const { directory } = this.#layout;
    const startMs = performance.now();
    const task: LayoutTask = { layout: 'publish', ...this.#common, syncFd: this.#syncFd, base: directory, moves };
    await this.#run(task, directory, directory);
    const change = SYNC_MS / Math.max(1, performance.now() - startMs);
    this.#share = Math.max(LEAST_SHARE, Math.min(1, this.#share * Math.max(0.5, Math.min(2, change))));
  }

  /** @param to what messages name instead of `from`: where a file belongs */
  async #run(task: LayoutTask, from: string, to: string): Promise<void> {
    const failure = await this.#hands.run(task);
    if (failure !== null) this.#failure ??= { failure, path: (failure.fault.path ?? to).replace(from, to) };
  }
}

function errorOf({ fault, code }: LayoutFailure, path: string): FeedrateError {
  if (code !== null) return new FeedrateError(code, fault.message, { cause: fault });
  return new FeedrateError(
    'measurement',
    `cannot lay out ${path}: ${fault.code} in ${fault.syscall}${remedyOf(fault, path)}`,
    { cause: fault },
  );
}

function remedyOf(fault: SystemFault, path: string): string {
  const { code, syscall } = fault;
  if (syscall === 'fallocate') return `; ${preallocationRemedy(fault)}`;
  if (code === 'EACCES' || code === 'EPERM') return `; ${ownersOf(path)}`;
  // A new name takes an inode, and content takes space.
  const isName = syscall === 'open' || syscall === 'mkdir';
  if (code === 'EDQUOT')
    return `; free some space, have the quota raised, or use ${isName ? 'fewer' : 'smaller'} files`;
  if (code !== 'ENOSPC') return '';
  return isName
    ? '; free some space or inodes (df -h, df -i), or use fewer files'
    : '; free some space or use smaller files';
}

/** Returns who owns a file that cannot be written and its directory, and what to do. */
function ownersOf(path: string): string {
  const entry = [path, dirname(path)].find((each) => storeOf(each).status(each) !== null);
  const owner = entry === undefined ? null : storeOf(entry).status(entry)?.ownerId;
  if (owner == null) return 'check the permissions of its directory';
  // Nobody else is in the way, but an attribute may be.
  if (!isOthers({ ownerId: owner }))
    return `${entry} is this user's; check attributes (lsattr) and the security policy, or name another directory`;
  return `${entry} belongs to ${userName(owner)}; have it removed (${cleanCommand(path)}), or name another directory`;
}
