/** Reads a run directory, even when parts of it are missing or damaged. */
import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';
import { passingOf } from '../host/files/own-names.js';
import { readTextFile } from '../host/system/regular-file.js';
import { decodeRun, decodeTrial, type TrialPart } from '../record/codec.js';
import { mergeTrials } from '../record/merge-ranks.js';
import { decodePartial, partialText } from '../record/partial-trial.js';
import type { RunRecord } from '../record/run-record.js';
import type { RunStatus, StoredRun } from '../record/stored-run.js';
import type { TrialRecord } from '../record/trial-record.js';
import { forEachLine } from './lines.js';
import { readOntapSamples } from './ontap-samples.js';
import { isProcessOf } from './process-alive.js';
import { RUN_FILES } from './run-files.js';

/** The most problems of trials that are listed. */
const MOST_PROBLEMS = 10;

/**
 * Returns everything that can be read from a run directory. `problems` lists parts that are missing,
 * cut off or damaged. Trials lack the `omitted` parts, which make up most of a long run.
 * @throws FeedrateError `store` only when the directory does not exist
 */
export function readRun(directory: string, omitted: readonly TrialPart[] = []): StoredRun {
  const path = resolve(directory);
  requireDirectory(path);
  const header = readHeader(path);
  const { trials, problems } = readTrials(path, omitted);
  const status = header.run === null ? 'unknown' : statusOf(header.run);
  const ontapSamples = readOntapSamples(path);
  const killed = status === 'killed' && header.run !== null ? [killedProblem(header.run, trials.length)] : [];
  return {
    directory: path,
    id: basename(path),
    status,
    run: header.run,
    trials,
    problems: [...header.problems, ...killed, ...problems, ...(status === 'running' ? [] : partProblem(path, trials))],
    ...(ontapSamples.length === 0 ? {} : { ontapSamples }),
  };
}

/** Reads only `run.json`, for lists of many runs. */
export function readHeader(directory: string): { run: RunRecord | null; problems: string[] } {
  const path = join(directory, RUN_FILES.run);
  const lost = 'plan, environment and thresholds are lost';
  const text = readText(path);
  if (text instanceof Error) return { run: null, problems: [`${RUN_FILES.run}: ${text.message}; ${lost}`] };
  try {
    return { run: decodeRun(text, RUN_FILES.run), problems: [] };
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    return { run: null, problems: [`${error.message}; ${lost}`] };
  }
}

/**
 * Returns the trials that can be read, in the order of their ends. An unreadable line becomes a problem. The records that
 * the machines of a group made of one trial are merged into one: see `mergeTrials`.
 */
export function readTrials(
  directory: string,
  omitted: readonly TrialPart[] = [],
): { trials: TrialRecord[]; problems: string[] } {
  const records = new Map<string, TrialRecord>();
  const problems: string[] = [];
  const readLine = (line: string | null, number: number): void => {
    if (line === '') return;
    const where = `${RUN_FILES.trials}:${number}`;
    if (line === null) {
      problems.push(`${where}: too long to be a trial; it is lost`);
      return;
    }
    try {
      const record = decodeTrial(line, where, omitted);
      const key = `${record.id} of rank ${record.rank}`;
      if (records.has(key)) problems.push(`${where}: trial ${key} is recorded twice; the first one counts`);
      else records.set(key, record);
    } catch (error) {
      if (!(error instanceof FeedrateError)) throw error;
      problems.push(`${error.message}; this trial is lost`);
    }
  };
  try {
    forEachLine(join(directory, RUN_FILES.trials), readLine);
  } catch (error) {
    const lost = records.size === 0 ? 'no trial is recorded' : 'the trials after it are lost';
    problems.push(`${RUN_FILES.trials}: ${readFaultOf(error)}; ${lost}`);
  }
  const merged = mergeTrials([...records.values()]);
  return { trials: merged.trials, problems: firstOf([...problems, ...merged.problems]) };
}

/** Returns the first problems and the number of the others: one accident may damage every line. */
function firstOf(problems: readonly string[]): string[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return [...problems];
  return [...problems.slice(0, MOST_PROBLEMS), `${RUN_FILES.trials}: ${more} more such problems`];
}

/** Returns the status of a run. A `running` run on this machine is `killed` when its process no longer exists. */
export function statusOf(run: RunRecord): RunStatus {
  if (run.status !== 'running' || run.hostname !== hostname()) return run.status;
  return isProcessOf(run.pid, Date.parse(run.startedAt)) ? 'running' : 'killed';
}

/** Returns the command that removes what a killed run left in its targets. */
function cleanCommand(targets: readonly { readonly path: string }[]): string {
  const named = targets.filter(({ path }) => passingOf(basename(path))?.kind !== 'target');
  const options = [...new Set(named.map(({ path }) => ` -t ${shellWord(path)}`))];
  return `feedrate clean${options.join('')}`;
}

function killedProblem(run: RunRecord, recorded: number): string {
  const planned = run.plan.trials.length;
  return `the run was killed: ${recorded} of ${planned} trials are recorded; remove its leftovers with: ${cleanCommand(run.plan.targets)}`;
}

/** Returns what is kept of a trial that never ended. A part of a trial that is recorded is left from the moment of its end. */
function partProblem(directory: string, trials: readonly TrialRecord[]): string[] {
  const text = readText(join(directory, RUN_FILES.partial));
  if (text instanceof Error) return [];
  try {
    const part = decodePartial(text, RUN_FILES.partial);
    return trials.some(({ id }) => id === part.trial) ? [] : [partialText(part)];
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    return [error.message];
  }
}

function requireDirectory(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) {
    throw new FeedrateError(
      'store',
      `${path}: no such run directory; feedrate list shows the runs of a results directory`,
    );
  }
}

function readText(path: string): string | Error {
  try {
    return readTextFile(path);
  } catch (error) {
    return new Error(readFaultOf(error));
  }
}

function readFaultOf(error: unknown): string {
  const { code, message } = systemFaultOf(error);
  return code === 'ENOENT' ? 'missing' : `cannot be read (${message})`;
}
