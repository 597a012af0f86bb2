/** Writing a run directory: created once, a trial appended as it ends, finished at the end. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { decodeRun, encodeRun, encodeTrial } from '../record/codec.js';
import { type Column, csvHead, csvRows } from '../record/csv.js';
import type { RunRecord } from '../record/run-record.js';
import { secondRows, summaryColumns, timeseriesColumns, trialRows } from '../record/trial-columns.js';
import type { TrialRecord } from '../record/trial-record.js';
import { commandText } from './command-text.js';
import { appendLines, cannotWrite, makeDirectories, replaceFile } from './durable-files.js';
import { hdrLogHead, hdrLogLines } from './hdr-log.js';
import { readTrials } from './read-run.js';
import { RUN_FILES } from './run-files.js';

/** A run directory that is being written. Only one process may append at a time; another may finish. */
export interface RunStore {
  readonly directory: string;
  readonly run: RunRecord;
  /** Returns when the record is on disk; the tables that are made from it follow. Throws `FeedrateError('store')`. */
  appendTrial(record: TrialRecord): void;
  /** Writes how the run ended, and when, to `run.json`. Returns what was written. */
  finish(status: Exclude<RunRecord['status'], 'running'>): RunRecord;
}

/**
 * Creates `RESULTS/<UTC>_<workload>_<id>/` (and its parents) with `run.json`, `command.txt` and the
 * heads of the tables. The run's `id` is the name of the directory, which is found here.
 * @param workingDirectory where the command was given, for `command.txt`
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

/** Opens a run directory to append to it, in the process that measures. Throws `FeedrateError('store')`. */
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
 * Opens a run that has ended to add sessions to it: `run.json` then says `running` and holds what was changed. What was
 * measured stays. Throws `FeedrateError('store')`.
 */
export function reopenRun(directory: string, changes: Pick<RunRecord, 'plan' | 'overrides' | 'pid'>): RunStore {
  const { run } = openRun(directory);
  const reopened: RunRecord = { ...run, ...changes, status: 'running', endedAt: null };
  replaceFile(join(directory, RUN_FILES.run), encodeRun(reopened));
  return storeOf(resolve(directory), reopened);
}

/** `20261123T191203Z_quick_a1f3`. What a file name should not hold becomes a hyphen. */
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

/** mkdir(2) is atomic, on NFS too: whoever makes the directory owns its name. */
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
  throw new FeedrateError('store', `${parent}: no free name for a run after ${attempts} attempts; wait a second`);
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
    },
    finish(status) {
      const ended: RunRecord = { ...run, status, endedAt: new Date().toISOString() };
      replaceFile(join(directory, RUN_FILES.run), encodeRun(ended));
      return ended;
    },
  };
}

/**
 * Keeps `summary.csv` equal to what `trials.jsonl` holds. Its rows are kept between trials; when the
 * trials file has grown by other hands (an earlier session), they are made anew from it.
 */
function summaryWriter(directory: string, columns: readonly Column<ReturnType<typeof trialRows>[number]>[]) {
  let rows = '';
  let knownBytes = 0;
  return {
    add(record: TrialRecord, beforeBytes: number, afterBytes: number): void {
      if (beforeBytes === knownBytes) rows += csvRows(columns, trialRows(record));
      else rows = csvRows(columns, readTrials(directory).trials.flatMap(trialRows));
      knownBytes = afterBytes;
      replaceFile(join(directory, RUN_FILES.summary), csvHead(columns) + rows);
    },
  };
}
