/** What a run read, if it read files that were there before: enough to tell whether another run read the same. */
import type { LeftOut } from '../plan/scan-summary.js';
import type { SizeBin } from '../plan/size-bins.js';
import type { JsonReader } from './json-reader.js';

/** Why entries were not read: what the scan says, `limit`, or `copies`: files that another target has not. */
export type WhyNotRead = LeftOut | 'limit' | 'copies';

/** Entries that were found and not read, for one reason. */
export interface NotRead {
  readonly why: WhyNotRead;
  readonly entries: number;
  /** Paths of the first ones, if they may be missed. */
  readonly first: readonly string[];
}

export interface UserDataRecord {
  /** Relative to the target; `.` for the target itself. */
  readonly path: string;
  /** It is a block device. Absent: files. */
  readonly device?: true;
  readonly files: number;
  readonly bytes: number;
  readonly smallestBytes: number;
  readonly largestBytes: number;
  /** Bytes that had no space of their own: holes, and what the file system compressed. They do not come from the device. */
  readonly unallocatedBytes: number;
  /** The bins that have files, by size. */
  readonly sizes: readonly SizeBin[];
  /**
   * SHA-256, hexadecimal, of every file's path relative to `path`, a zero byte, its size in decimal digits and a line break,
   * in the order of the paths' bytes. Content is not part of it, nor is the name of a block device.
   */
  readonly digest: string;
  readonly notRead: readonly NotRead[];
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkUserData(data: JsonReader): void {
  for (const key of ['path', 'digest']) data.at(key).text();
  for (const key of ['files', 'bytes', 'smallestBytes', 'largestBytes', 'unallocatedBytes']) data.at(key).number();
  for (const bin of data.at('sizes').list()) for (const key of ['fromBytes', 'files', 'bytes']) bin.at(key).number();
  for (const left of data.at('notRead').list()) {
    left.at('why').text();
    left.at('entries').number();
    for (const path of left.at('first').list()) path.text();
  }
}
