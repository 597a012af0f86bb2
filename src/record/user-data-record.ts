/** What a run read, if it read files that were there before: enough to tell whether another run read the same. */
import type { SizeBin } from '../plan/size-bins.js';
import type { JsonReader } from './json-reader.js';

/** Files that were found and not read, for one reason. */
export interface LeftOut {
  /** Completes `3 files left out: …`. */
  readonly reason: string;
  readonly files: number;
  /** The name of the first one, relative to the data's directory. */
  readonly first: string;
}

export interface UserDataRecord {
  /** Relative to the target; `.` for the target itself. */
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  readonly smallestBytes: number;
  readonly largestBytes: number;
  /**
   * Bytes that had no space of their own: holes, and what the file system compressed. They do not come from the device.
   * Null if the file system did not tell.
   */
  readonly unallocatedBytes: number | null;
  /** The bins that have files, by size. */
  readonly sizes: readonly SizeBin[];
  /**
   * SHA-256, hexadecimal, of every file's name relative to `path`, a zero byte, its size in decimal digits and a line break, in
   * the order of the names' bytes. Content is not part of it.
   */
  readonly digest: string;
  readonly leftOut: readonly LeftOut[];
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkUserData(data: JsonReader): void {
  for (const key of ['path', 'digest']) data.at(key).text();
  for (const key of ['files', 'bytes', 'smallestBytes', 'largestBytes']) data.at(key).number();
  data.at('unallocatedBytes').numberOrNull();
  for (const bin of data.at('sizes').list()) for (const key of ['fromBytes', 'files', 'bytes']) bin.at(key).number();
  for (const left of data.at('leftOut').list()) {
    for (const key of ['reason', 'first']) left.at(key).text();
    left.at('files').number();
  }
}
