/**
 * Data files that are kept for later days in a directory of their own, with a manifest. A file counts as unchanged when
 * size, inode and both times are those of the manifest: every change of its content changes the second time, which no
 * program can set. Nothing is read for this proof, because reads would warm caches and move cold blocks back to SSD.
 */
import { createHash, randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';
import { ownFileStatus } from '../host/files/own-file.js';
import { datasetIdOf } from '../host/files/own-names.js';
import { below, storeOf } from '../host/files/store-of.js';
import type { EntryStatus, FileStore } from '../host/system/file-store.js';
import type { FileUnion } from '../plan/file-union.js';
import type { DataFile, Target } from '../plan/plan.js';
import {
  type DatasetRecord,
  decodeManifestFile,
  decodeManifestHead,
  type ManifestFile,
  type ManifestHead,
  manifestHead,
  manifestLine,
} from '../record/dataset-manifest.js';
import type { TieringPolicyName } from '../record/volume-record.js';
import { contentDigest, hasSize, yieldUnless } from './data-file.js';
import { isInShare, type LayoutShare, MissingFiles } from './missing-files.js';

const MANIFEST_NAME = 'manifest.jsonl';
const CHUNK_BYTES = 1 << 20;

/** Receives the bytes of files that are read. */
export interface KeptProgress {
  readonly handled: (bytes: number) => void;
  readonly stopped: () => boolean;
}

/**
 * Returns the files of a dataset that must be written. Files that a stopped preparation left count if their content is right,
 * which means reading them. Throws `LayoutStopped` after a stop request.
 */
export function missingOfDataset(
  directory: string,
  files: FileUnion,
  progress: KeptProgress,
  share?: LayoutShare,
): Promise<MissingFiles> {
  const isThere = async (path: string, file: DataFile): Promise<boolean> =>
    hasSize(path, file) && (await contentDigest(file, progress.stopped)) === (await digestOf(path, progress));
  return MissingFiles.find(directory, files, isThere, progress.stopped, undefined, share);
}

/**
 * Writes the manifest of a dataset whose files are complete.
 * @param passingDirectory holds the manifest until it is complete
 * @param policy the tiering policy of the volume; null: not known
 * @throws FeedrateError `measurement` when a file is missing, and `LayoutStopped` after a stop request
 */
export async function keepDataset(
  directory: string,
  files: FileUnion,
  passingDirectory: string,
  stopped: () => boolean,
  policy: TieringPolicyName | null,
): Promise<void> {
  const store = storeOf(directory);
  const passing = below(passingDirectory, `${MANIFEST_NAME}.tmp`);
  const count = files.count();
  const datasetId = datasetIdOf(basename(directory)) as string;
  const head = manifestHead({
    datasetId,
    preparedAt: new Date().toISOString(),
    preparation: randomUUID(),
    files: count.files,
    bytes: count.bytes,
    policy,
  });
  const handle = store.open(passing, { write: true, create: true, direct: false });
  try {
    const writer = new LineWriter(store, handle);
    writer.add(manifestLine(head));
    // The content is generated again. Most of the time of a layout goes by waiting for the storage.
    for (const file of files)
      writer.add(manifestLine(manifestFile(file, below(directory, file.path), await contentDigest(file, stopped))));
    writer.flush();
    store.sync(handle, false);
  } finally {
    store.close(handle);
  }
  store.rename(passing, below(directory, MANIFEST_NAME));
  store.syncDirectory(directory);
}

function manifestFile({ path: relative, bytes }: DataFile, path: string, sha256: string): ManifestFile {
  const { inode, modifiedMs, changedMs } = ownFileStatus(path) as EntryStatus;
  return { path: relative, bytes, sha256, inode: inode ?? 0, modifiedMs: modifiedMs ?? 0, changedMs: changedMs ?? 0 };
}

/** Returns the head of the manifest in a directory, or null when there is none: the dataset is not complete. */
export function readHead(directory: string): ManifestHead | null {
  const path = below(directory, MANIFEST_NAME);
  if (storeOf(path).status(path) === null) return null;
  for (const line of linesOf(path)) return decodeManifestHead(line, `${path}:1`);
  throw new FeedrateError('target', `${path}: empty; prepare the dataset again under another name`);
}

/**
 * Returns the dataset of a target after the proof that its files are unchanged since it was prepared. Reads only their
 * status. Throws `FeedrateError('target')` when it was not prepared, lacks a file of the plan, or when one has changed.
 */
export function unchangedDataset(target: Target, directory: string, files: FileUnion): DatasetRecord {
  const id = datasetIdOf(basename(directory)) as string;
  const head = readHead(directory);
  if (head === null) throw notPrepared(target, id);
  const changed: string[] = [];
  for (const [file, kept] of pairsOf(target, id, directory, files)) {
    const status = ownFileStatus(below(directory, file.path));
    const what = status === null ? 'is missing' : differenceOf(status, kept);
    if (what !== null) changed.push(`${file.path} ${what}`);
  }
  const [first] = changed;
  if (first !== undefined) {
    const more = changed.length > 1 ? `, and ${changed.length - 1} more` : '';
    const remedy = 'prepare another dataset; this one cannot be compared with earlier days';
    throw new FeedrateError('target', `target ${target.name}: dataset ${id} has changed: ${first}${more}; ${remedy}`);
  }
  const { preparedAt, preparation, policy } = head;
  const { files: count, bytes } = files.count();
  return { id, preparedAt, preparation, policy, files: count, bytes };
}

/**
 * Reads every file of the plan, or of this machine's share of it, and compares its checksum. Reading may move cold blocks back to SSD, and counts as requests
 * to the capacity pool. Throws as `unchangedDataset` does, and `LayoutStopped` after a stop request.
 */
export async function verifyDataset(
  target: Target,
  directory: string,
  files: FileUnion,
  progress: KeptProgress,
  share?: LayoutShare,
): Promise<void> {
  const record = unchangedDataset(target, directory, files);
  let place = 0;
  for (const [file, kept] of pairsOf(target, record.id, directory, files)) {
    if (!isInShare(place++, share)) continue;
    if ((await digestOf(below(directory, file.path), progress)) === kept.sha256) continue;
    const what = `${file.path} has another checksum although its times are those of the manifest`;
    const message = `target ${target.name}: dataset ${record.id}: ${what}; check the storage`;
    throw new FeedrateError('target', message);
  }
}

function differenceOf(status: EntryStatus, kept: ManifestFile): string | null {
  if (status.bytes !== kept.bytes) return `has ${status.bytes} bytes instead of ${kept.bytes}`;
  if (status.inode !== kept.inode) return 'was replaced by another file';
  if (status.modifiedMs !== kept.modifiedMs) return `was written at ${isoTime(status.modifiedMs)}`;
  if (status.changedMs !== kept.changedMs)
    return `was changed, or its attributes were, at ${isoTime(status.changedMs)}`;
  return null;
}

function isoTime(ms: number | null): string {
  return new Date(ms ?? 0).toISOString();
}

function notPrepared({ name, path }: Target, id: string): FeedrateError {
  const command = `feedrate prepare WORKLOAD -t ${shellWord(path)} --dataset-id ${id}`;
  return new FeedrateError('target', `target ${name}: there is no complete dataset ${id}; prepare it with: ${command}`);
}

/** Yields each file of the plan with its line. Both come in the same order, unless the plan is another one. */
function* pairsOf(
  target: Target,
  id: string,
  directory: string,
  files: Iterable<DataFile>,
): Generator<readonly [DataFile, ManifestFile], void> {
  let kept = keptFiles(directory);
  for (const file of files) {
    let found = nextOf(kept, file);
    if (found === null) {
      kept = keptFiles(directory);
      found = nextOf(kept, file);
    }
    if (found === null) {
      const remedy = 'use the workload, seed and options of its preparation, or another --dataset-id';
      throw new FeedrateError('target', `target ${target.name}: dataset ${id} has no file ${file.path}; ${remedy}`);
    }
    yield [file, found];
  }
}

function nextOf(kept: Iterator<ManifestFile>, { path }: DataFile): ManifestFile | null {
  for (let next = kept.next(); next.done !== true; next = kept.next()) if (next.value.path === path) return next.value;
  return null;
}

function* keptFiles(directory: string): Generator<ManifestFile, void> {
  const path = below(directory, MANIFEST_NAME);
  let number = 0;
  for (const line of linesOf(path)) if (++number > 1) yield decodeManifestFile(line, `${path}:${number}`);
}

function* linesOf(path: string): Generator<string, void> {
  const store = storeOf(path);
  ownFileStatus(path);
  const handle = store.open(path, { write: false, create: false, direct: false });
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    let rest = '';
    for (let offset = 0; ; ) {
      const bytes = store.read(handle, buffer, offset);
      if (bytes === 0) break;
      offset += bytes;
      // Paths and checksums are ASCII, so no character is divided.
      const lines = (rest + buffer.toString('latin1', 0, bytes)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    store.close(handle);
  }
}

async function digestOf(path: string, { handled, stopped }: KeptProgress): Promise<string> {
  const store = storeOf(path);
  const handle = store.open(path, { write: false, create: false, direct: false });
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const hash = createHash('sha256');
  try {
    for (let offset = 0; ; ) {
      const bytes = store.read(handle, buffer, offset);
      if (bytes === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytes));
      handled(bytes);
      offset += bytes;
      await yieldUnless(stopped);
    }
  } finally {
    store.close(handle);
  }
}

/** Collects lines, so that each write is large. */
class LineWriter {
  readonly #store: FileStore;
  readonly #handle: number;
  #pending: string[] = [];
  #pendingBytes = 0;
  #offset = 0;

  constructor(store: FileStore, handle: number) {
    this.#store = store;
    this.#handle = handle;
  }

  add(line: string): void {
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes >= CHUNK_BYTES) this.flush();
  }

  flush(): void {
    const bytes = Buffer.from(this.#pending.join(''), 'latin1');
    for (let done = 0; done < bytes.length; )
      done += this.#store.write(this.#handle, bytes.subarray(done), this.#offset + done);
    this.#offset += bytes.length;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}
