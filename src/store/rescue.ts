/** Saves the trials of a run whose results directory was lost while it measured. */
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { SAVED_PREFIX } from '../host/files/own-names.js';
import { withFile } from '../host/system/with-file.js';
import { encodeRun, encodeTrial } from '../record/codec.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { rewriteTables } from './derived-tables.js';
import { appendLines, replaceFile } from './durable-files.js';
import type { HeldRun } from './held-run.js';
import { readTrials } from './read-run.js';
import { RUN_FILES } from './run-files.js';

/** The results that could not be saved in their directory. */
export interface LostResults {
  /** Why, as the beginning of a sentence. */
  readonly reason: string;
  /** A trial that is not on disk yet. Null when there is none. */
  readonly unsaved: TrialRecord | null;
}

interface SavedFiles {
  readonly run: RunRecord;
  /** The text of `command.txt`. */
  readonly command: string;
}

/**
 * Saves a run with all its trials: in its directory if that can be written again or was only renamed, otherwise in a new
 * directory below the system's temporary directory. Returns the path. Throws `FeedrateError('measurement')` when it cannot
 * be saved anywhere.
 */
export function rescue(held: HeldRun, files: SavedFiles, lost: LostResults): string {
  return inPlace(held, files, lost) ?? elsewhere(held, files, lost);
}

function inPlace(held: HeldRun, { run }: SavedFiles, { unsaved }: LostResults): string | null {
  const place = held.place();
  if (place === null) return null;
  try {
    if (unsaved !== null && !isRecorded(place, unsaved)) held.append(`${encodeTrial(unsaved)}\n`);
    replaceFile(join(place, RUN_FILES.run), encodeRun(run));
    rewriteTables(place, run);
    // The run's last look at it was under the old name.
    rmSync(join(place, RUN_FILES.live), { force: true });
    return place;
  } catch {
    return null;
  }
}

function isRecorded(directory: string, { id, rank }: TrialRecord): boolean {
  return readTrials(directory, { omitted: ['series', 'latency'] }).trials.some(
    (trial) => trial.id === id && trial.rank === rank,
  );
}

/** Directories that take files of any user. The last one is memory. */
const FALLBACKS = () => [tmpdir(), '/var/tmp', '/dev/shm'];

function elsewhere(held: HeldRun, files: SavedFiles, lost: LostResults): string {
  let failure: unknown;
  for (const parent of FALLBACKS()) {
    let directory: string | null = null;
    try {
      // Without a descriptor nothing can be written, so nothing is made either.
      withFile(parent, 'r', () => undefined);
      directory = join(mkdtempSync(join(parent, SAVED_PREFIX)), files.run.id);
      mkdirSync(directory);
      fill(directory, held, files, lost);
      markFailed(held, files.run);
      return directory;
    } catch (error) {
      failure ??= error;
      if (directory !== null) removeUnfilled(directory);
    }
  }
  const { message } = systemFaultOf(failure);
  throw new FeedrateError('measurement', `${lost.reason}, and the trials could not be saved elsewhere: ${message}`, {
    cause: failure,
  });
}

/** Removes a saved run that is incomplete. File by file, because a recursive removal needs descriptors, which may be used up. */
function removeUnfilled(directory: string): void {
  try {
    for (const name of Object.values(RUN_FILES)) rmSync(join(directory, name), { force: true });
    for (const path of [directory, dirname(directory)]) rmdirSync(path);
  } catch {}
}

function fill(directory: string, held: HeldRun, { run, command }: SavedFiles, { unsaved }: LostResults): void {
  const trials = join(directory, RUN_FILES.trials);
  held.copyTrials(trials);
  if (unsaved !== null && !isRecorded(directory, unsaved)) appendLines(trials, `${encodeTrial(unsaved)}\n`);
  replaceFile(join(directory, RUN_FILES.command), command);
  rewriteTables(directory, run);
  replaceFile(join(directory, RUN_FILES.run), encodeRun(run));
}

/** Records the end in the old directory, too, so that the run does not look killed there. It may not be possible. */
function markFailed(held: HeldRun, run: RunRecord): void {
  const directory = held.directory();
  if (directory === null) return;
  try {
    replaceFile(join(directory, RUN_FILES.run), encodeRun(run));
  } catch {}
}
