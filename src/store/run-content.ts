/** What the files of a run say, wherever they were read from. Missing and damaged parts become problems. */
import { hostname } from 'node:os';
import { basename } from 'node:path';
import { FeedrateError } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';
import { passingOf } from '../host/files/own-names.js';
import { decodeRun, decodeTrial } from '../record/codec.js';
import { mergeTrials } from '../record/merge-ranks.js';
import { decodePartial, partialText } from '../record/partial-trial.js';
import type { RunRecord } from '../record/run-record.js';
import type { RunStatus, StoredRun } from '../record/stored-run.js';
import type { TrialReading } from '../record/trial-reading.js';
import type { TrialRecord } from '../record/trial-record.js';
import type { LineVisitor } from './lines.js';
import { isProcessOf } from './process-alive.js';
import { RUN_FILES } from './run-files.js';

/** The most problems of trials that are listed. */
const MOST_PROBLEMS = 10;

/** The text of a file, or an error whose message says why there is none. */
export type FileText = string | Error;

/** What `run.json` says. */
export interface RunHeader {
  readonly run: RunRecord | null;
  readonly problems: readonly string[];
}

/** The trials of a run that could be read. */
export interface RecordedTrials {
  readonly trials: TrialRecord[];
  readonly problems: string[];
}

/** Returns the run as its files describe it. `partial` is the text of `partial.json`, which most runs do not have. */
export function storedRun(
  place: Pick<StoredRun, 'directory' | 'id'>,
  header: RunHeader,
  { trials, problems }: RecordedTrials,
  partial: FileText,
): StoredRun {
  const status = header.run === null ? 'unknown' : statusOf(header.run);
  const killed = status === 'killed' && header.run !== null ? [killedProblem(header.run, trials.length)] : [];
  const parts = status === 'running' ? [] : partProblem(partial, trials);
  return {
    ...place,
    status,
    run: header.run,
    trials,
    problems: [...header.problems, ...killed, ...problems, ...parts],
  };
}

/** Reads the text of `run.json`. */
export function headerOf(text: FileText): RunHeader {
  const lost = 'plan, environment and thresholds are lost';
  if (text instanceof Error) return { run: null, problems: [`${RUN_FILES.run}: ${text.message}; ${lost}`] };
  try {
    return { run: decodeRun(text, RUN_FILES.run), problems: [] };
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    return { run: null, problems: [`${error.message}; ${lost}`] };
  }
}

/**
 * Collects the trials in the lines of `trials.jsonl`. An unreadable line becomes a problem.
 */
export class TrialCollector {
  readonly #reading: TrialReading;
  readonly #records = new Map<string, TrialRecord>();
  readonly #problems: string[] = [];

  constructor(reading: TrialReading) {
    this.#reading = reading;
  }

  readonly visit: LineVisitor = (line, number) => {
    if (line === '') return;
    const where = `${RUN_FILES.trials}:${number}`;
    if (line === null) {
      this.#problems.push(`${where}: too long to be a trial; it is lost`);
      return;
    }
    try {
      const record = decodeTrial(line, where, this.#reading);
      const key = `${record.id} of rank ${record.rank}`;
      if (this.#records.has(key)) this.#problems.push(`${where}: trial ${key} is recorded twice; the first one counts`);
      else this.#records.set(key, record);
    } catch (error) {
      if (!(error instanceof FeedrateError)) throw error;
      this.#problems.push(`${error.message}; this trial is lost`);
    }
  };

  /** Notes that the file cannot be read, or not to its end. */
  cut(reason: string): void {
    const lost = this.#records.size === 0 ? 'no trial is recorded' : 'the trials after it are lost';
    this.#problems.push(`${RUN_FILES.trials}: ${reason}; ${lost}`);
  }

  /**
   * Returns the trials in the order of their ends. The records that the machines of a group made of one trial are merged
   * into one: see `mergeTrials`.
   */
  result(): RecordedTrials {
    const merged = mergeTrials([...this.#records.values()]);
    return { trials: merged.trials, problems: firstOf([...this.#problems, ...merged.problems]) };
  }
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
function partProblem(text: FileText, trials: readonly TrialRecord[]): string[] {
  if (text instanceof Error) return [];
  try {
    const part = decodePartial(text, RUN_FILES.partial);
    return trials.some(({ id }) => id === part.trial) ? [] : [partialText(part)];
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    return [error.message];
  }
}
