/** Writes a run directory: creates it, appends each trial when it ends, and records how the run ended. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';
import { passingName } from '../host/files/own-names.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { decodeRun, encodeRun, encodeTrial } from '../record/codec.js';
import { encodePartial, type PartialTrial } from '../record/partial-trial.js';
import type { RecordedLook, RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { cannotRead } from './cannot-read.js';
import { commandText } from './command-text.js';
import { derivedTables, tableWriter } from './derived-tables.js';
import { cannotWrite, makeNamesDurable, replaceDerived, replaceFile, writeDurably } from './durable-files.js';
import { type HeldRun, holdRun } from './held-run.js';
import { readTrials } from './read-run.js';
import { type LostResults, rescue } from './rescue.js';
import { RUN_FILES, rankDirectory } from './run-files.js';
import { removeDeadFromResults } from './unfinished.js';

/** A run directory for writing. Only one process may append at a time. Another one may call `finish`. */
export interface RunStore {
  readonly directory: string;
  readonly run: RunRecord;
  /**
   * Makes the record durable, then updates the tables. Throws `FeedrateError('store')` when a file cannot be written, or
   * when the directory was removed, renamed or emptied meanwhile.
   */
  appendTrial(record: TrialRecord): void;
  /** Keeps the part of the running trial that is measured so far, until the trial is appended. Never throws. */
  keepPart(part: PartialTrial): void;
  /**
   * Writes the status and end time of the run to `run.json`, once, and lets go of the directory. If the results were lost,
   * it saves them elsewhere as a run that failed. Throws `FeedrateError('measurement')` when they cannot be saved anywhere.
   * @param lost the reason why `appendTrial` failed, with its record. Default: it did not fail
   * @param changes what is known only at its end
   */
  finish(
    status: Exclude<RunRecord['status'], 'running'>,
    lost?: LostResults | null,
    changes?: Partial<Pick<RunRecord, 'group' | 'endedBy'>>,
  ): FinishedRun;
}

/** A run whose end is recorded. */
export interface FinishedRun {
  readonly run: RunRecord;
  /** The directory that it is saved in. */
  readonly directory: string;
  /** A line for the user when its results directory was lost: why, and where the run is saved. Null otherwise. */
  readonly problem: string | null;
}

/**
 * Creates `RESULTS/<UTC>_<workload>_<id>/` (and its parents) with `run.json`, `command.txt`, an empty `trials.jsonl` and
 * the heads of the tables. The run's `id` is the name of the new directory. The directory appears by a rename when it is
 * complete. Removes what killed processes left in the results directory.
 * @param workingDirectory the directory of the command, for `command.txt`
 * @throws FeedrateError `store` when the directory cannot be written
 */
export function createRun(
  resultsDirectory: string,
  run: Omit<RunRecord, 'id'>,
  workingDirectory: string = process.cwd(),
): RunStore {
  const parent = resolve(resultsDirectory);
  makeParent(parent);
  removeDeadFromResults(parent);
  const passing = join(parent, passingName('new'));
  try {
    mkdirSync(passing);
    const name = () => runName(run, randomBytes(2).toString('hex'));
    const directory = moveToFreeName(passing, parent, name, (id) => fill(passing, { ...run, id }, workingDirectory));
    const named = { ...run, id: basename(directory) };
    return storeOf(directory, named, commandText(named, workingDirectory));
  } catch (error) {
    rmSync(passing, { recursive: true, force: true });
    throw error instanceof FeedrateError ? error : cannotWrite(parent, error);
  }
}

/**
 * Creates the run directory of one rank in that of its group, complete by itself. Throws `FeedrateError('store')` when it
 * cannot be written.
 * @param directory the run directory of the group
 */
export function createRankRun(directory: string, rank: number, run: RunRecord): RunStore {
  const passing = join(directory, passingName('new'));
  try {
    mkdirSync(passing);
    fill(passing, run, process.cwd());
    const path = join(directory, rankDirectory(rank));
    renameSync(passing, path);
    makeNamesDurable(directory);
    return storeOf(path, run, commandText(run, process.cwd()));
  } catch (error) {
    rmSync(passing, { recursive: true, force: true });
    throw error instanceof FeedrateError ? error : cannotWrite(directory, error);
  }
}

function fill(directory: string, run: RunRecord, workingDirectory: string): void {
  const write = (name: string, text: string) => writeDurably(join(directory, name), text);
  write(RUN_FILES.run, encodeRun(run));
  write(RUN_FILES.trials, '');
  write(RUN_FILES.command, commandText(run, workingDirectory));
  for (const { file, empty } of derivedTables(run)) replaceDerived(join(directory, file), empty);
  makeNamesDurable(directory);
}

/**
 * Opens a run directory for appending, in the measuring process. Throws `FeedrateError('store')` if it is unreadable or
 * incomplete.
 */
export function openRun(directory: string): RunStore {
  const { path, run } = readRunFile(directory);
  return storeOf(path, run, commandIn(path));
}

/** The advice when a run that exists cannot be changed: another results directory does not have it. */
const OF_THIS_RUN = 'make it writable, or copy the run and name the copy';

/**
 * Opens a run that has ended to add sessions to it. Sets its status to `running` in `run.json` and applies the changes.
 * Existing trials stay. Throws `FeedrateError('store')` when `run.json` cannot be read or written.
 */
export function reopenRun(
  directory: string,
  changes: Pick<RunRecord, 'plan' | 'overrides' | 'pid'> & Partial<Pick<RunRecord, 'workloadSource' | 'group'>>,
): RunStore {
  const { path, run } = readRunFile(directory);
  const { endedBy: _, ...before } = run;
  const reopened: RunRecord = { ...before, ...changes, status: 'running', endedAt: null };
  const store = storeOf(path, reopened, commandIn(path));
  replaceFile(join(path, RUN_FILES.run), encodeRun(reopened), OF_THIS_RUN);
  return store;
}

/**
 * Records the looks of a gate in `run.json`, as a whole or not at all. Throws `FeedrateError('store')` when the file cannot
 * be read or written.
 */
export function recordLooks(directory: string, looks: readonly RecordedLook[]): void {
  const { path, run } = readRunFile(directory);
  replaceFile(join(path, RUN_FILES.run), encodeRun({ ...run, looks }), OF_THIS_RUN);
}

function readRunFile(directory: string): { path: string; run: RunRecord } {
  const path = resolve(directory);
  const file = join(path, RUN_FILES.run);
  try {
    return { path, run: decodeRun(readFileSync(file, 'utf8'), file) };
  } catch (error) {
    if (error instanceof FeedrateError) throw error;
    throw cannotRead(file, error);
  }
}

function commandIn(directory: string): string {
  const path = join(directory, RUN_FILES.command);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Returns a name such as `20261123T191203Z_quick_a1f3`. Characters that are unsafe in file names become hyphens. */
function runName(run: Pick<RunRecord, 'startedAt' | 'plan'>, suffix: string): string {
  const stamp = new Date(run.startedAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const workload = run.plan.workload.replaceAll(/[^A-Za-z0-9_.-]+/g, '-').slice(0, 60);
  return `${stamp}_${workload}_${suffix}`;
}

function makeParent(parent: string): void {
  try {
    makeDirectories(parent);
    accessSync(parent, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw cannotWrite(parent, error);
  }
}

/** The errors of rename(2) when the new name belongs to a directory with content or to something else. */
const TAKEN_CODES: readonly string[] = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'];

/**
 * Gives a directory an unused name and returns its path. `fill` is called with each name before it is tried. Throws
 * `FeedrateError('store')` when no name is free, and Node's errors.
 */
// rename(2) replaces nothing but an empty directory, on NFS too, so the process that renames owns the name.
export function moveToFreeName(
  from: string,
  parent: string,
  nextName: () => string,
  fill: (name: string) => void,
): string {
  const attempts = 1000;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const name = nextName();
    const directory = join(parent, name);
    if (existsSync(directory)) continue;
    fill(name);
    try {
      renameSync(from, directory);
      makeNamesDurable(parent);
      return directory;
    } catch (error) {
      if (!TAKEN_CODES.includes(systemFaultOf(error).code)) throw error;
    }
  }
  throw new FeedrateError(
    'store',
    `${parent}: no free name for a run after ${attempts} attempts; try again in a second`,
  );
}

/** @param command the text of `command.txt` */
function storeOf(directory: string, run: RunRecord, command: string): RunStore {
  const held = holdRun(directory);
  const updateTables = tableWriter(directory, run);
  return {
    directory,
    run,
    appendTrial(record) {
      const lost = held.loss();
      if (lost !== null) throw new FeedrateError('store', lossText(directory, lost));
      updateTables(record, appended(held, directory, `${encodeTrial(record)}\n`));
      rmSync(join(directory, RUN_FILES.partial), { force: true });
    },
    keepPart(part) {
      try {
        replaceFile(join(directory, RUN_FILES.partial), encodePartial(part));
      } catch (thrown) {
        // A part that cannot be kept costs no trial: appending the trial reports the same fault.
        if (!(thrown instanceof FeedrateError)) throw thrown;
      }
    },
    finish(status, lost = null, changes = {}) {
      const ended: RunRecord = { ...run, ...changes, status, endedAt: new Date().toISOString() };
      try {
        const found = lost ?? endInPlace(held, directory, ended);
        if (found === null) return { run: ended, directory, problem: null };
        const failed: RunRecord = { ...ended, status: 'failed' };
        const what = held.loss();
        const reason = what === null ? found.reason : lossText(directory, what);
        const saved = rescue(held, { run: failed, command }, { ...found, reason });
        return { run: failed, directory: saved, problem: `${reason}. ${savedText(saved)}` };
      } finally {
        held.close();
      }
    },
  };
}

function appended(held: HeldRun, directory: string, line: string): { beforeBytes: number; afterBytes: number } {
  try {
    return held.append(line);
  } catch (error) {
    throw new FeedrateError('store', lossText(directory, `cannot write (${systemFaultOf(error).message})`), {
      cause: error,
    });
  }
}

/** Records the end of a run. Returns the reason why that is not possible, or null. */
function endInPlace(held: HeldRun, directory: string, run: RunRecord): LostResults | null {
  const lost = held.loss();
  if (lost !== null) return { reason: lossText(directory, lost), unsaved: null };
  try {
    replaceFile(join(directory, RUN_FILES.run), encodeRun(run));
    return null;
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    return { reason: lossText(directory, `cannot write (${systemFaultOf(error.cause).message})`), unsaved: null };
  }
}

function lossText(directory: string, what: string): string {
  return `${directory}: ${what} while the run measured`;
}

function savedText(directory: string): string {
  const count = readTrials(directory, { omitted: ['series', 'latency'] }).trials.length;
  const trials = count === 1 ? '1 trial is' : `${count} trials are`;
  return `The run has ended. Its ${trials} saved; print the report with: feedrate show ${shellWord(directory)}`;
}
