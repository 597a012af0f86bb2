/** Directories in which ranks met that were killed. */
import { readdirSync, readFileSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { adviceOn } from '../host/files/denied-access.js';
import { type ProcessState, processState } from '../host/files/marker.js';
import { GROUP_DIRECTORY_NAME, isGroupDirectory } from '../host/files/own-names.js';
import { decodeNote, type RankNote } from './note.js';
import { NOTE_NAME } from './remove-notes.js';

export interface LeftMeeting {
  readonly path: string;
  /** `alive`: a rank still runs. `unknown`: one ran on another machine, or left no note that can be read. */
  readonly state: ProcessState;
}

/** Returns the directories of groups directly in a directory. Throws Node's error when it cannot be read. */
export function leftMeetings(directory: string): LeftMeeting[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isGroupDirectory(entry.name))
    .map(({ name }) => join(directory, name))
    .map((path) => ({ path, state: stateOf(path) }));
}

function stateOf(path: string): ProcessState {
  try {
    const states = readdirSync(path)
      .filter((name) => name.startsWith('rank-'))
      .map((name) => decodeNote<RankNote>(readFileSync(join(path, name), 'latin1')))
      .map((note) => (note === null ? 'unknown' : note.step === 'closed' ? 'dead' : processState(note.process)));
    return (
      states.find((state) => state === 'alive') ??
      (states.length === 0 || states.includes('unknown') ? 'unknown' : 'dead')
    );
  } catch {
    return 'unknown';
  }
}

/**
 * Removes the directory of a group and its notes. Does nothing when it no longer exists. Throws `FeedrateError('target')`
 * when a rank uses it, when something else is in it, or when it cannot be removed.
 */
export function removeMeeting(path: string): void {
  if (stateOf(path) === 'alive') throw new FeedrateError('target', `${path}: a group that runs meets there`);
  try {
    for (const name of readdirSync(path)) if (NOTE_NAME.test(name)) unlinkSync(join(path, name));
    rmdirSync(path);
  } catch (cause) {
    const { code, message } = systemFaultOf(cause);
    if (code === 'ENOENT') return;
    throw new FeedrateError('target', `cannot remove ${path}: ${message}${adviceOn(cause, path, 'remove')}`, { cause });
  }
}

/**
 * Removes what killed groups of jobs left in a directory: nobody meets there again. The directory without a job's name is
 * left alone, as it may be the next group's. Never throws.
 */
export function removeDeadMeetings(directory: string): void {
  try {
    for (const { path, state } of leftMeetings(directory)) {
      if (state === 'dead' && basename(path) !== GROUP_DIRECTORY_NAME('')) removeMeeting(path);
    }
  } catch {
    // Another rank, or another group, may be removing the same; `clean` lists what stays.
  }
}
