/** Turns failed calls into the faults that workers report. */
import { FeedrateError, type SystemFault, systemFaultOf } from '../../base/errors.js';
import { codeOf } from '../../host/system/libc.js';
import { IoFault } from './backend.js';

/** Runs `call` and returns its result. Turns Node's file-system errors into `IoFault`. */
export function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    const fault = systemFaultOf(thrown, path);
    // Node names only the errors that libuv knows, which do not include ESTALE and EDQUOT.
    const cause = thrown instanceof FeedrateError ? thrown.cause : thrown;
    throw new IoFault({ ...fault, code: codeOf(cause) ?? fault.code });
  }
}

/** Returns the fault of a failed operation on an entry, with what it means for files that only feedrate should touch. */
export function entryFault(code: string, syscall: string, path: string): IoFault {
  const meaning = MEANINGS[code];
  const message = `${syscall} of ${path} failed with ${code}${meaning === undefined ? '' : `: ${meaning}`}`;
  const fault: SystemFault = { code, syscall, path, offsetBytes: null, message };
  return new IoFault(fault);
}

/** The meaning of ESTALE: NFS servers know files by handles, which end with the file. */
export const STALE =
  'something else removed or replaced the file on the server; run again when nothing changes these files';

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: 'the file system has no space or no inodes left (df -h, df -i); use a smaller nrfiles',
  EDQUOT: 'a quota of bytes or files is used up; use a smaller nrfiles',
  EMLINK: 'the directory cannot hold more directories; spread them with depth and branch',
  EEXIST: 'something else has created it in feedrate’s own directory',
  ENOENT: 'something else has removed it from feedrate’s own directory',
  ESTALE: STALE,
};
