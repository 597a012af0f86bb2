import { relative } from 'node:path';
import { isBucketUrl } from '../../store/bucket-place.js';

/** Returns the path as a user would type it: relative if it is below the current directory. */
export function pathFromHere(path: string): string {
  if (isBucketUrl(path)) return path;
  let fromHere: string;
  try {
    fromHere = relative(process.cwd(), path);
  } catch {
    // The current directory was removed.
    return path;
  }
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
