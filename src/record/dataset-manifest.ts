/** The manifest of a dataset that is kept for later days: JSON Lines, a head and then a line for each file. */
import { JsonReader } from './json-reader.js';
import { TIERING_POLICIES, type TieringPolicyName } from './volume-record.js';

const MANIFEST_VERSION = 1;

export interface ManifestHead {
  readonly manifestVersion: number;
  readonly datasetId: string;
  /** ISO 8601. */
  readonly preparedAt: string;
  /** A random text that identifies this preparation. */
  readonly preparation: string;
  readonly files: number;
  readonly bytes: number;
  /** The tiering policy of the volume, as it was written; null: not known, or no volume of FSx for ONTAP. */
  readonly policy: TieringPolicyName | null;
}

/** A file as it was when it was complete. */
export interface ManifestFile {
  /** Relative to the dataset's directory. */
  readonly path: string;
  readonly bytes: number;
  /** Of the whole content, hexadecimal. */
  readonly sha256: string;
  /** The status as the file system shows it: inode number, and times of the last change of content and of anything. */
  readonly inode: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

/** A kept dataset that a run used. */
export interface DatasetRecord {
  readonly id: string;
  readonly preparedAt: string;
  readonly preparation: string;
  readonly policy: TieringPolicyName | null;
  /** Files that the run used, each with its inode, size and times as prepared. */
  readonly files: number;
  readonly bytes: number;
}

export function manifestHead(facts: Omit<ManifestHead, 'manifestVersion'>): ManifestHead {
  return { manifestVersion: MANIFEST_VERSION, ...facts };
}

/** Returns a line of the manifest, with its line break. */
export function manifestLine(line: ManifestHead | ManifestFile): string {
  return `${JSON.stringify(line)}\n`;
}

/** Throws `FeedrateError('store')` when the line is no head that this version reads. */
export function decodeManifestHead(text: string, where: string): ManifestHead {
  const head = JsonReader.parse(text, where);
  head.at('manifestVersion').version(MANIFEST_VERSION);
  for (const key of ['datasetId', 'preparedAt', 'preparation']) head.at(key).text();
  for (const key of ['files', 'bytes']) head.at(key).number();
  if (head.at('policy').value !== null) head.at('policy').oneOf(TIERING_POLICIES);
  return head.value as ManifestHead;
}

/** Throws `FeedrateError('store')` when the line describes no file. */
export function decodeManifestFile(text: string, where: string): ManifestFile {
  const file = JsonReader.parse(text, where);
  for (const key of ['path', 'sha256']) file.at(key).text();
  for (const key of ['bytes', 'inode', 'modifiedMs', 'changedMs']) file.at(key).number();
  return file.value as ManifestFile;
}
