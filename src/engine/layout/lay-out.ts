/** The steps of a layout. They run in the threads of a layout, or in the session's own thread when there are few files. */
import { basename, dirname } from 'node:path';
import { below, storeOf } from '../../host/files/store-of.js';
import type { FileStore } from '../../host/system/file-store.js';
import { codeOf } from '../../host/system/libc.js';
import { syncFileSystem } from '../../host/system/sync-file-system.js';
import type { DataFile } from '../../plan/plan.js';
import { chunksOf } from './file-content.js';
import { LayoutCounters } from './layout-counters.js';
import type { LayoutTask, PublishTask, WriteTask } from './layout-task.js';

/** Writeback starts at each multiple, so that the device writes while the next chunks are generated. */
const WRITEBACK_BYTES = 16 << 20;

/**
 * Does a task, and yields between files and chunks so that the caller can do other work. Ends early after a stop request.
 * Throws errors of Node's shape, and `FeedrateError('target')` when something foreign has a file's place.
 */
export function* stepsOf(task: LayoutTask): Generator<void, void> {
  if (task.layout === 'write') yield* write(task);
  else publish(task);
}

function* write({ memory: shared, base, directory, files, each }: WriteTask): Generator<void, void> {
  const counters = new LayoutCounters(shared);
  const store = storeOf(directory);
  store.makeDirectories(base, directory);
  if (each !== null && each.to !== null) store.makeDirectories(each.base, each.to);
  const held = store.hold(directory);
  try {
    for (const file of files) {
      if (counters.isStopped) return;
      const name = basename(file.path);
      const isComplete = yield* writeFile(store, held.at(name), file, each !== null, counters);
      if (!isComplete) store.unlink(held.at(name));
      else if (each !== null && each.to !== null) store.rename(held.at(name), below(each.to, name));
    }
  } finally {
    held.close();
  }
}

/** Returns whether the file is complete. After a stop request, a small one is still completed. */
function* writeFile(
  store: FileStore,
  path: string,
  file: DataFile,
  syncs: boolean,
  counters: LayoutCounters,
): Generator<void, boolean> {
  const { fallocate = 'none' } = file;
  const handle = store.open(path, { write: true, create: true, direct: false });
  try {
    if (fallocate !== 'none') store.preallocate(handle, path, fallocate, file.bytes);
    let offset = 0;
    for (const chunk of chunksOf(file)) {
      if (counters.isStopped && file.bytes > WRITEBACK_BYTES) return false;
      for (let done = 0; done < chunk.length; )
        done += store.write(handle, done === 0 ? chunk : chunk.subarray(done), offset + done);
      offset += chunk.length;
      if (chunk.length > 0 && offset % WRITEBACK_BYTES === 0)
        store.beginWriteback(handle, offset - WRITEBACK_BYTES, WRITEBACK_BYTES);
      if (offset < file.bytes) counters.add(0, chunk.length);
      else counters.add(1, chunk.length);
      yield;
    }
    if (file.bytes === 0) counters.add(1, 0);
    if (syncs) store.sync(handle, true);
    return true;
  } finally {
    store.close(handle);
  }
}

/** A name appears only after its content is durable, so that what has a name is complete, even after a power loss. */
function publish({ syncFd, base, moves }: PublishTask): void {
  if (syncFd !== null) syncFileSystem(syncFd);
  for (const { from, to } of moves) {
    const store = storeOf(from);
    store.makeDirectories(base, dirname(to));
    if (!movedAsOne(store, from, to)) moveFiles(store, from, to);
  }
}

/** The errors of rename(2) when the folder exists already, and of overlays that cannot rename directories. */
const FOLDER_CODES: ReadonlySet<string | null> = new Set(['ENOTEMPTY', 'EEXIST', 'EXDEV']);

/** One rename for a thousand files. Returns false when the folder exists, because another layout made it. */
function movedAsOne(store: FileStore, from: string, to: string): boolean {
  if (store.status(to) !== null) return false;
  try {
    store.rename(from, to);
    return true;
  } catch (thrown) {
    if (FOLDER_CODES.has(codeOf(thrown))) return false;
    throw thrown;
  }
}

function moveFiles(store: FileStore, from: string, to: string): void {
  store.makeDirectories(dirname(to), to);
  for (const name of store.names(from)) store.rename(below(from, name), below(to, name));
  store.removeDirectory(from);
}
