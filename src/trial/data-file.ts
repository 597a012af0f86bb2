/** Recognises a data file that is already there, and finds what its content is to be. */
import { createHash } from 'node:crypto';
import { FeedrateError } from '../base/errors.js';
import { chunksOf, contentMemory } from '../engine/layout/file-content.js';
import { ownFileStatus } from '../host/files/own-file.js';
import { storeOf } from '../host/files/store-of.js';
import type { FileStore } from '../host/system/file-store.js';
import type { DataFile } from '../plan/plan.js';

/** Interval at which stop requests are noticed. */
const YIELD_MS = 100;
/** Bytes compared at each end of an existing file before it is reused, unless it has a format. */
const PROBE_BYTES = 4096;

/** Thrown when a stop is requested while files are being laid out. */
export class LayoutStopped extends FeedrateError {
  constructor() {
    super('interrupted', 'stopped before the files were laid out');
  }
}

/** Returns whether the path has a file of the right size. Throws a FeedrateError when something foreign has its place. */
export function hasSize(path: string, { bytes }: DataFile): boolean {
  return ownFileStatus(path)?.bytes === bytes;
}

/**
 * Returns whether a file of the right size has the right content at both ends. Of a file of training data only the first chunk
 * is compared, because its end is known only after all that is before it. Throws Node's file-system errors.
 */
export function hasContent(path: string, file: DataFile): boolean {
  const store = storeOf(path);
  const handle = store.open(path, { write: false, create: false, direct: false });
  try {
    if (file.shaped !== undefined) return holdsFirstChunk(store, handle, file);
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

function holdsFirstChunk(store: FileStore, handle: number, file: DataFile): boolean {
  for (const chunk of chunksOf(file)) {
    if (chunk.length === 0) continue;
    const found = Buffer.alloc(chunk.length);
    return store.read(handle, found, 0) === found.length && found.equals(chunk);
  }
  return true;
}

let lastYieldMs = 0;

/** Lets the event loop hear stop requests, if that is due. Throws `LayoutStopped` after one. */
export async function yieldUnless(stopped: () => boolean): Promise<void> {
  if (performance.now() - lastYieldMs < YIELD_MS) return;
  await new Promise((resolve) => setImmediate(resolve));
  lastYieldMs = performance.now();
  if (stopped()) throw new LayoutStopped();
}

/** Returns the SHA-256 of the content that a file is to have, hexadecimal. Throws `LayoutStopped` after a stop request. */
export async function contentDigest(file: DataFile, stopped: () => boolean): Promise<string> {
  const hash = createHash('sha256');
  for (const chunk of chunksOf(file)) {
    hash.update(chunk);
    await yieldUnless(stopped);
  }
  return hash.digest('hex');
}
