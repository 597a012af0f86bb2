/**
 * The names of everything that feedrate makes besides its results. A name in `FORMS` is the marker: it has its form
 * before anything is written under it, and it identifies the process that made it. So `clean` and the next run recognize
 * what a killed process left, at whatever moment it was killed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { currentProcess, type ProcessIdentity, type ProcessState, processState } from './marker.js';

/** The prefix of the names of feedrate's own directories in a target. */
export const OWN_PREFIX = '.feedrate-';
/** The directory that keeps data files. It and the directory of a run, `.feedrate-<run id>`, have a marker file. */
export const DATA_DIRECTORY_NAME = `${OWN_PREFIX}data`;
/** The data directory of a user who may not write to the other one, because it belongs to somebody else. */
export const USER_DATA_NAME = (userId: number): string => `${DATA_DIRECTORY_NAME}-${userId}`;
/** Returns whether a directory of this name keeps data files of an unnamed dataset. */
export function isDataDirectory(name: string): boolean {
  return name.startsWith(DATA_DIRECTORY_NAME) && /^(?:-\d+)?$/.test(name.slice(DATA_DIRECTORY_NAME.length));
}
/** In a results directory: where the ranks of a group meet. `id` names their job; empty if its launcher has no name for it. */
export const GROUP_DIRECTORY_NAME = (id: string): string => `${OWN_PREFIX}group${id === '' ? '' : `-${id}`}`;
/** Returns whether a directory of this name is one in which ranks meet. */
export function isGroupDirectory(name: string): boolean {
  return /^group(?:-[0-9a-f]{8})?$/.test(name.slice(OWN_PREFIX.length)) && name.startsWith(OWN_PREFIX);
}
/** A directory of data files that are kept for later days under a name. */
const DATASET_PREFIX = `${OWN_PREFIX}dataset-`;
const DATASET_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** In a temporary directory: runs that could not be saved in their results directory. They are results, not leftovers. */
export const SAVED_PREFIX = 'feedrate-results-';

/** Returns the name of a dataset's directory; null: its id has other characters than letters, digits and `._-`. */
export function datasetDirectoryName(id: string): string | null {
  return DATASET_ID.test(id) ? `${DATASET_PREFIX}${id}` : null;
}

/** Returns the id of the dataset in a directory of this name; null: it has none. */
export function datasetIdOf(directoryName: string): string | null {
  return directoryName.startsWith(DATASET_PREFIX) ? directoryName.slice(DATASET_PREFIX.length) : null;
}

/** The names of what exists for a short time. `%` is the identity of the process, `*` the name of what is replaced. */
const FORMS = {
  /** In a target: a file that tests what the file system permits. */
  probe: `${OWN_PREFIX}probe-%`,
  /** In a target: an own directory without its marker. In a results directory: a run until it is complete. */
  new: `${OWN_PREFIX}new-%`,
  /** In an export: the target of one of the mounts of `mount-matrix`. */
  exported: `${OWN_PREFIX}mount-%`,
  /** In the system's temporary directory: the target of a run that names none. */
  target: 'feedrate-%',
  /** In the system's temporary directory: the mount points of `mount-matrix`. */
  mounts: 'feedrate-mounts-%',
  /** In the system's temporary directory: the log of a program that is recorded. */
  recording: 'feedrate-recording-%',
  /** Next to any file of feedrate: its new content until it is complete. */
  replacement: '*.%.tmp',
  /** Next to a baseline: its new content until it is complete. */
  baseline: '.*~%',
} as const;

export type PassingKind = keyof typeof FORMS;

const IDENTITY = '(\\d+)-(\\d+)-([0-9a-f]{8})-[0-9a-f]{8}';

const PATTERNS = Object.entries(FORMS).map(([kind, form]) => {
  const pattern = form.replace(/[.~]/g, '\\$&').replace('*', '.+').replace('%', IDENTITY);
  return { kind: kind as PassingKind, pattern: new RegExp(`^${pattern}$`) };
});

/** Returns a new name of this kind. `replaced` is the name of the file or baseline that the new content is for. */
export function passingName(kind: PassingKind, replaced = ''): string {
  const here = currentProcess();
  const identity = [here.pid, here.startTicks ?? 0, placeOf(here), randomBytes(4).toString('hex')].join('-');
  return FORMS[kind].replace('*', () => replaced).replace('%', identity);
}

/** Returns the kind of a passing name and the state of the process that made it. Null for every other name. */
export function passingOf(name: string): { readonly kind: PassingKind; readonly state: ProcessState } | null {
  for (const { kind, pattern } of PATTERNS) {
    const [, pid, startTicks, place] = pattern.exec(name) ?? [];
    if (pid === undefined) continue;
    const here = currentProcess();
    const known = place === placeOf(here) && startTicks !== '0';
    const made = { ...here, pid: Number(pid), startTicks: Number(startTicks) };
    return { kind, state: known ? processState(made, here) : 'unknown' };
  }
  return null;
}

/** Identifies the start of this machine and the container, within which a process number is unique. */
function placeOf({ bootId, pidNamespace }: ProcessIdentity): string {
  return createHash('sha256').update(`${bootId} ${pidNamespace}`).digest('hex').slice(0, 8);
}
