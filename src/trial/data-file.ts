/** Writes one data file, and recognises one that is already there. */
import { createHash, type Hash } from 'node:crypto';
import { CONTENT_SLACK_BYTES, ContentMemory } from '../engine/content/content.js';
import { ownFileStatus } from '../host/files/own-file.js';
import { below, storeOf } from '../host/files/store-of.js';
import type { FileStore } from '../host/system/file-store.js';
import type { DataFile } from '../plan/plan.js';

/** Small enough to stay in the processor's cache until the kernel has copied it. */
const CHUNK_BYTES = 512 << 10;
/** Writeback starts at each multiple, so that the device writes while the next chunks are generated. */
const WRITEBACK_BYTES = 16 << 20;
/** Interval at which progress is reported and stop requests are noticed. */
const YIELD_MS = 100;
/** Bytes compared at each end of an existing file before it is reused. */
const PROBE_BYTES = 4096;

/** Thrown when a stop is requested while files are being laid out. */
export class LayoutStopped extends Error {}

const memory = { current: null as ContentMemory | null };
const contentMemory = () =>
  (memory.current ??= new ContentMemory({ capacityBytes: CHUNK_BYTES + CONTENT_SLACK_BYTES }));

/**
 * Returns whether the path holds the file. Compares its size, and its content at both ends. Throws a FeedrateError when
 * something foreign has its place.
 */
export function holdsFile(path: string, file: DataFile): boolean {
  const store = storeOf(path);
  if (ownFileStatus(path)?.bytes !== file.bytes) return false;
  const handle = store.open(path, { write: false, create: false, direct: false });
  try {
    const ends = [0, Math.max(0, file.bytes - PROBE_BYTES)];
    return ends.every((offset) => holdsContent(store, handle, file, offset));
  } finally {
    store.close(handle);
  }
}

function holdsContent(store: FileStore, handle: number, file: DataFile, offsetBytes: number): boolean {
  const found = Buffer.alloc(Math.min(PROBE_BYTES, file.bytes));
  if (store.read(handle, found, offsetBytes) !== found.length) return false;
  const content = contentMemory();
  const at = content.fill(0, found.length, file.contentSeed, 0, offsetBytes);
  return found.equals(content.bytes.subarray(at, at + found.length));
}

export interface LayoutProgress {
  /** Bytes written since the last call. */
  readonly wrote: (bytes: number) => void;
  readonly stopped: () => boolean;
  /** Gets the written content. Default: nothing does. */
  readonly digest?: Hash;
}

/** Name of a file while it is written. A process writes one file at a time. */
const PASSING_NAME = 'layout.tmp';

/**
 * Writes a file under a temporary name, makes it durable, then renames it. A file under its final name is therefore
 * always complete, and two runs may write the same file at once. Throws Node's file-system errors and `LayoutStopped`;
 * the temporary file is removed first.
 * @param passingDirectory holds the temporary file; on the same file system, and used by this run alone
 */
export async function writeDataFile(
  path: string,
  file: DataFile,
  passingDirectory: string,
  progress: LayoutProgress,
): Promise<void> {
  const store = storeOf(path);
  const passing = below(passingDirectory, PASSING_NAME);
  const handle = store.open(passing, { write: true, create: true, direct: false });
  try {
    const { fallocate = 'none' } = file;
    if (fallocate !== 'none') store.preallocate(handle, passing, fallocate, file.bytes);
    await writeContent(store, handle, file, progress);
    store.sync(handle, true);
    store.rename(passing, path);
  } catch (thrown) {
    store.removeTree(passing);
    throw thrown;
  } finally {
    store.close(handle);
  }
}

let lastYieldMs = 0;

async function writeContent(store: FileStore, handle: number, file: DataFile, progress: LayoutProgress): Promise<void> {
  const content = contentMemory();
  let toldBytes = 0;
  for (let offset = 0; offset < file.bytes; ) {
    const length = Math.min(CHUNK_BYTES, file.bytes - offset);
    const at = content.fill(0, length, file.contentSeed, 0, offset);
    progress.digest?.update(content.bytes.subarray(at, at + length));
    for (let done = 0; done < length; )
      done += store.write(handle, content.bytes.subarray(at + done, at + length), offset + done);
    offset += length;
    if (offset % WRITEBACK_BYTES === 0) store.beginWriteback(handle, offset - WRITEBACK_BYTES, WRITEBACK_BYTES);
    const yields = Date.now() - lastYieldMs >= YIELD_MS;
    if (yields || offset === file.bytes) {
      progress.wrote(offset - toldBytes);
      toldBytes = offset;
    }
    await yieldUnless(progress.stopped);
  }
}

/** Lets the event loop hear stop requests, if that is due. Throws `LayoutStopped` after one. */
export async function yieldUnless(stopped: () => boolean): Promise<void> {
  if (Date.now() - lastYieldMs < YIELD_MS) return;
  await new Promise((resolve) => setImmediate(resolve));
  lastYieldMs = Date.now();
  if (stopped()) throw new LayoutStopped();
}

/** Returns the SHA-256 of the content that a file is to have, hexadecimal. Throws `LayoutStopped` after a stop request. */
export async function contentDigest(file: DataFile, stopped: () => boolean): Promise<string> {
  const content = contentMemory();
  const hash = createHash('sha256');
  for (let offset = 0; offset < file.bytes; offset += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, file.bytes - offset);
    const at = content.fill(0, length, file.contentSeed, 0, offset);
    hash.update(content.bytes.subarray(at, at + length));
    await yieldUnless(stopped);
  }
  return hash.digest('hex');
}
