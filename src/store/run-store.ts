/** Writes a run directory: creates it, appends each trial when it ends, and records how the run ended. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { decodeRun, encodeRun, encodeTrial } from '../record/codec.js';
import { type Column, csvHead, csvRows } from '../record/csv-table.js';
import { encodePartial, type PartialTrial } from '../record/partial-trial.js';
import type { RunRecord } from '../record/run-record.js';
import { secondRows, summaryColumns, timeseriesColumns, trialRows } from '../record/trial-columns.js';
import type { TrialRecord } from '../record/trial-record.js';
import { commandText } from './command-text.js';
import { appendLines, cannotWrite, replaceFile } from './durable-files.js';
import { hdrLogHead, hdrLogLines } from './hdr-log.js';
import { readTrials } from './read-run.js';
import { RUN_FILES } from './run-files.js';

/** A run directory for writing. Only one process may append at a time. Another one may call `finish`. */
export interface RunStore {
  readonly directory: string;
  readonly run: RunRecord;
  /**
   * Makes the record durable, then updates the tables. Throws `FeedrateError('store')` when a file cannot be written.
   */
  appendTrial(record: TrialRecord): void;
  /** Keeps the part of the running trial that is measured so far, until the trial is appended. Never throws. */
  keepPart(part: PartialTrial): void;
  /** Writes the status and end time of the run to `run.json`. Returns the new record. */
  finish(status: Exclude<RunRecord['status'], 'running'>): RunRecord;
}

/**
 * Creates `RESULTS/<UTC>_<workload>_<id>/` (and its parents) with `run.json`, `command.txt` and the
 * heads of the tables. The run's `id` is the name of the new directory.
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
  const directory = makeUniqueDirectory(parent, () => runName(run, randomBytes(2).toString('hex')));
  const named: RunRecord = { ...run, id: basename(directory) };
  replaceFile(join(directory, RUN_FILES.run), encodeRun(named));
  replaceFile(join(directory, RUN_FILES.command), commandText(named, workingDirectory));
  replaceFile(join(directory, RUN_FILES.summary), csvHead(summaryColumns(named)));
  replaceFile(join(directory, RUN_FILES.timeseries), csvHead(timeseriesColumns(named)));
  replaceFile(join(directory, RUN_FILES.latency), hdrLogHead(named));
  return storeOf(directory, named);
}

/**
 * Opens a run directory for appending, in the measuring process. Throws `FeedrateError('store')` if it is unreadable.
 */
export function openRun(directory: string): RunStore {
  const path = join(directory, RUN_FILES.run);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FeedrateError('store', `${path}: cannot read (${systemFaultOf(error).message})`, { cause: error });
  }
  return storeOf(resolve(directory), decodeRun(text, path));
}

/**
 * Opens a run that has ended to add sessions to it. Sets its status to `running` in `run.json` and applies the changes.
 * Existing trials stay. Throws `FeedrateError('store')` when `run.json` cannot be read or written.
 */
export function reopenRun(directory: string, changes: Pick<RunRecord, 'plan' | 'overrides' | 'pid'>): RunStore {
  const { run } = openRun(directory);
  const reopened: RunRecord = { ...run, ...changes, status: 'running', endedAt: null };
  replaceFile(join(directory, RUN_FILES.run), encodeRun(reopened));
  return storeOf(resolve(directory), reopened);
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

/** Creates a directory with an unused name and returns its path. Throws `FeedrateError('store')` when that fails. */
// mkdir(2) is atomic, on NFS too, so the process that creates the directory owns its name.
export function makeUniqueDirectory(parent: string, nextName: () => string): string {
  const attempts = 1000;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const directory = join(parent, nextName());
    try {
      mkdirSync(directory);
      return directory;
    } catch (error) {
      if (systemFaultOf(error).code !== 'EEXIST') throw cannotWrite(directory, error);
    }
  }
  throw new FeedrateError(
    'store',
    `${parent}: no free name for a run after ${attempts} attempts; try again in a second`,
  );
}

function storeOf(directory: string, run: RunRecord): RunStore {
  const summary = summaryWriter(directory, summaryColumns(run));
  const seconds = timeseriesColumns(run);
  return {
    directory,
    run,
    appendTrial(record) {
      const line = `${encodeTrial(record)}\n`;
      const written = appendLines(join(directory, RUN_FILES.trials), line);
      summary.add(record, written.beforeBytes, written.afterBytes);
      appendLines(join(directory, RUN_FILES.timeseries), csvRows(seconds, secondRows(record)));
      appendLines(join(directory, RUN_FILES.latency), hdrLogLines(run, record));
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
    finish(status) {
      const ended: RunRecord = { ...run, status, endedAt: new Date().toISOString() };
      replaceFile(join(directory, RUN_FILES.run), encodeRun(ended));
      return ended;
    },
  };
}

/**
 * Keeps `summary.csv` in step with `trials.jsonl`: a trial's row is appended. When another process appended to the
 * trials file (an earlier session), all rows are built again from it.
 */
function summaryWriter(directory: string, columns: readonly Column<ReturnType<typeof trialRows>[number]>[]) {
  const path = join(directory, RUN_FILES.summary);
  let knownBytes = 0;
  return {
    add(record: TrialRecord, beforeBytes: number, afterBytes: number): void {
      if (beforeBytes === knownBytes) appendLines(path, csvRows(columns, trialRows(record)));
      else replaceFile(path, csvHead(columns) + csvRows(columns, readTrials(directory).trials.flatMap(trialRows)));
      knownBytes = afterBytes;
    },
  };
}
