/**
 * Copies run directories to a bucket. A run appears there as a whole: `run.json`, without which nothing is a run, comes after
 * the other files, and last comes a list of all checksums, by which readers recognize a mixture of two versions.
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import type { ObjectFacts, S3Bucket } from './bucket.js';
import { type BucketPlace, placeBelow, urlOf } from './bucket-place.js';
import { type FileSums, requireGoingOn, sumsOf, type UploadSource, upload } from './bucket-upload.js';
import { cannotRead } from './cannot-read.js';
import { isOtherKey } from './kms-key.js';
import { filesOfRun } from './run-directory-files.js';
import { RUN_FILES, SUMS_FILE } from './run-files.js';

/** How it is known that a file in the bucket has the bytes of the local one. */
export type ExportEvidence = 'checksum' | 'reading';

export interface ExportedFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** False: it was there already. */
  readonly isSent: boolean;
  /** `checksum`: the store keeps the same SHA-256. `reading`: it keeps none, so the file was read back. */
  readonly verifiedBy: ExportEvidence;
}

export interface ExportedRun {
  readonly url: string;
  readonly files: readonly ExportedFile[];
  /** As the store names it for `run.json`: `aws:kms`, `AES256`, `aws:fsx`; null when it does not. */
  readonly encryption: string | null;
  readonly keyArn: string | null;
  /** Unfinished uploads of a killed export that were aborted. */
  readonly abortedUploads: number;
}

export interface ExportOptions {
  readonly kmsKey: string | undefined;
  /** Whether to replace another run of the same name. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

interface LocalFile extends UploadSource {
  readonly sums: FileSums;
}

/** A file in the bucket against the local one. */
type RemoteFile =
  | { readonly state: 'absent' }
  /** `byKey`: only its encryption differs from what was asked for. */
  | { readonly state: 'different'; readonly why: string; readonly byKey?: true }
  | { readonly state: 'same'; readonly by: ExportEvidence; readonly facts: ObjectFacts };

/**
 * Copies a run directory to a place, and verifies what was sent. Sends only what is not there. Throws
 * `FeedrateError('store')` when something else is there and `force` is not set, or when a file changed meanwhile.
 */
export async function exportRun(
  bucket: S3Bucket,
  place: BucketPlace,
  directory: string,
  options: ExportOptions,
): Promise<ExportedRun> {
  const files = await localFiles(directory, options.signal);
  const found = new Map<string, RemoteFile>();
  for (const file of files) found.set(file.name, await compared(bucket, placeBelow(place, file.name), file, options));
  refuseOthers(place, found, options);
  const missing = files.filter(({ name }) => found.get(name)?.state !== 'same');
  const abortedUploads =
    missing.length === 0 ? 0 : await bucket.abortUploads(missing.map(({ name }) => placeBelow(place, name)));
  for (const file of missing) found.set(file.name, await sent(bucket, placeBelow(place, file.name), file, options));
  const isMissing = new Set(missing);
  const exported = files.map((file): ExportedFile => {
    const { name, sizeBytes, sums } = file;
    return { name, sizeBytes, sha256: sums.sha256, isSent: isMissing.has(file), verifiedBy: same(found, name).by };
  });
  const { encryption, keyArn } = same(found, RUN_FILES.run).facts;
  return { url: urlOf(place), files: exported, encryption, keyArn, abortedUploads };
}

/** Returns the files of a run directory in the order in which they are sent. */
async function localFiles(directory: string, signal: AbortSignal): Promise<LocalFile[]> {
  const names = filesOfRun(directory);
  const last = names.indexOf(RUN_FILES.run);
  if (last < 0) throw new FeedrateError('store', `${directory}: cannot be exported: run.json is missing`);
  names.push(...names.splice(last, 1));
  const files: LocalFile[] = [];
  for (const name of names) {
    requireGoingOn(signal);
    const path = join(directory, name);
    try {
      const source = { name, content: { path }, sizeBytes: statSync(path).size };
      files.push({ ...source, sums: await sumsOf(source) });
    } catch (error) {
      throw cannotRead(path, error);
    }
  }
  const text = files.map(({ name, sums }) => `${sums.sha256}  ${name}\n`).join('');
  const list = { name: SUMS_FILE, content: { text }, sizeBytes: Buffer.byteLength(text) };
  return [...files, { ...list, sums: await sumsOf(list) }];
}

/** Compares a file in the bucket with the local one: by its size and checksum, or by its bytes if the store keeps none. */
async function compared(
  bucket: S3Bucket,
  place: BucketPlace,
  { sizeBytes, sums }: LocalFile,
  { kmsKey, signal }: ExportOptions,
): Promise<RemoteFile> {
  requireGoingOn(signal);
  const facts = await bucket.facts(place);
  if (facts === null) return { state: 'absent' };
  const differs = (why: string): RemoteFile => ({ state: 'different', why });
  if (facts.sizeBytes !== sizeBytes) return differs(`has ${facts.sizeBytes} bytes instead of ${sizeBytes}`);
  const otherKey = kmsKey === undefined ? null : differenceOfKey(kmsKey, facts);
  if (otherKey !== null) return { state: 'different', why: otherKey, byKey: true };
  if (facts.sha256 !== null && sums.kept.includes(facts.sha256)) return { state: 'same', by: 'checksum', facts };
  // Another program may have sent the same bytes in parts of another size, whose checksum is another one.
  const hash = createHash('sha256');
  await bucket.read(place, (bytes) => hash.update(bytes));
  return hash.digest('hex') === sums.sha256 ? { state: 'same', by: 'reading', facts } : differs('has another content');
}

function refuseOthers(place: BucketPlace, found: ReadonlyMap<string, RemoteFile>, { force }: ExportOptions): void {
  // Without run.json it is what an unfinished export left, which nobody can read.
  if (force || found.get(RUN_FILES.run)?.state === 'absent') return;
  for (const [name, file] of found) {
    if (file.state !== 'different') continue;
    throw new FeedrateError(
      'store',
      `${urlOf(place)}: not exported: ${name} is there already and ${file.why}; to replace it, add --force`,
    );
  }
}

/** Sends a file and verifies it. */
async function sent(
  bucket: S3Bucket,
  place: BucketPlace,
  file: LocalFile,
  options: ExportOptions,
): Promise<RemoteFile> {
  await upload(bucket, place, file, options);
  const found = await compared(bucket, place, file, options);
  if (found.state === 'same') return found;
  const why = found.state === 'absent' ? 'is not there' : found.why;
  const remedy =
    found.state === 'different' && found.byKey
      ? 'the store does not take the key: leave out --kms-key'
      : 'if the run is still measuring, export it again later';
  throw new FeedrateError('store', `${urlOf(place)}: ${why} after it was sent; ${remedy}`);
}

/** Returns how an object's encryption differs from the key that was asked for, or null. */
function differenceOfKey(kmsKey: string, { encryption, keyArn }: ObjectFacts): string | null {
  if (!(encryption ?? '').startsWith('aws:kms'))
    return `is not encrypted with a KMS key but with ${encryption ?? 'nothing that the store names'}`;
  return isOtherKey(kmsKey, keyArn) ? `is encrypted with the key ${keyArn}` : null;
}

function same(found: ReadonlyMap<string, RemoteFile>, name: string): Extract<RemoteFile, { state: 'same' }> {
  const file = found.get(name);
  if (file?.state !== 'same') throw new Error(`${name} was not sent`);
  return file;
}
