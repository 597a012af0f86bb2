import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { adviceOn, isDenied } from '../host/files/denied-access.js';

/**
 * Returns the error for a file or directory of the results that cannot be read, with what to do about it.
 * @param damaged the advice when this user may read it and something else is wrong. Default: none
 */
export function cannotRead(path: string, error: unknown, damaged = ''): FeedrateError {
  return new FeedrateError('store', `${path}: ${whyUnread(error, path, damaged)}`, { cause: error });
}

/** Returns the same without the path, for lists of problems. */
export function whyUnread(error: unknown, path: string, damaged = ''): string {
  const other = damaged === '' || isDenied(error) ? '' : `; ${damaged}`;
  return `cannot be read (${systemFaultOf(error).message})${other === '' ? adviceOn(error, path, 'read') : other}`;
}
