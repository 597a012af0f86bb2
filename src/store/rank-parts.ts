/** Reads what the ranks of a group measured, each from a run directory of its own, and merges it trial by trial. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { decodeTrial } from '../record/codec.js';
import { mergeRanks } from '../record/merge-ranks.js';
import type { RunRecord } from '../record/run-record.js';
import type { RankPart, TrialRecord } from '../record/trial-record.js';
import { forEachLine } from './lines.js';
import { readHeader } from './read-run.js';
import { RUN_FILES, rankOfDirectory } from './run-files.js';

/** The run directory of one rank. */
export interface RankRun {
  readonly rank: number;
  readonly directory: string;
  readonly run: RunRecord;
}

/** Returns the readable runs of ranks in the run directory of a group, by rank. Throws Node's errors. */
export function rankRunsIn(directory: string): RankRun[] {
  const found = readdirSync(directory).flatMap((name): RankRun[] => {
    const rank = rankOfDirectory(name);
    if (rank === null) return [];
    const { run } = readHeader(join(directory, name));
    return run === null ? [] : [{ rank, directory: join(directory, name), run }];
  });
  return found.sort((a, b) => a.rank - b.rank);
}

/** Where the trials of a rank are. */
export interface RankTrials extends Pick<RankRun, 'rank' | 'directory'> {
  /** Its machine, for records that do not name it. */
  readonly host?: string;
  /** How far the clock of its records is ahead of that of the first rank, ns. Default: 0. */
  readonly clockOffsetNs?: number;
}

/** The trials of ranks, merged one after the other. */
export interface MergedTrials extends Iterable<TrialRecord> {
  /** What could not be read or merged, one line each; complete after the last trial. */
  readonly problems: readonly string[];
}

/** With more ranks, a merged trial has no times of single ranks (seconds, steps, checkpoints): their own runs have them. */
const MOST_RANKS_WITH_TIMES = 64;

/**
 * Merges the trials of ranks, in the order of the first rank that has them. Only the records of one trial are decoded at a
 * time, so a thousand ranks fit into memory. A trial that lacks a rank is `aborted`.
 * @param known ids of trials that are merged already, and are left out
 */
export function mergedTrials(ranks: readonly RankTrials[], known: ReadonlySet<string> = new Set()): MergedTrials {
  const problems: string[] = [];
  const lines = ranks.map(({ rank, directory }) => linesOf(rank, directory, problems));
  const ids = new Set(lines.flatMap((ofRank) => [...ofRank.keys()].filter((id) => !known.has(id))));
  return {
    problems,
    *[Symbol.iterator]() {
      for (const id of ids) {
        const records = ranks.flatMap((_, place): TrialRecord[] => {
          const line = lines[place]?.get(id);
          lines[place]?.delete(id);
          return line === undefined ? [] : decoded(line, ranks[place] as RankTrials, problems);
        });
        if (records.length > 0) yield mergedTrial(id, records, ranks, problems);
      }
    },
  };
}

function mergedTrial(
  id: string,
  records: readonly TrialRecord[],
  ranks: readonly Pick<RankRun, 'rank'>[],
  problems: string[],
): TrialRecord {
  const whole = mergeRanks(records);
  const trial = ranks.length <= MOST_RANKS_WITH_TIMES ? whole : withoutTimesOfRanks(whole);
  if (records.length === ranks.length) return trial;
  const known = new Set(records.map(({ rank }) => rank));
  const missing = ranks.filter(({ rank }) => !known.has(rank)).map(({ rank }) => rank);
  problems.push(`trial ${id}: rank ${missing.join(', ')} did not record it, so it is not counted`);
  return trial.status === 'ok' ? { ...trial, status: 'aborted' } : trial;
}

function withoutTimesOfRanks(trial: TrialRecord): TrialRecord {
  const ranks = (trial.ranks ?? []).map(({ training, checkpoints: times, ...part }): RankPart => {
    const epochs = training?.epochs.map(({ stepTimes: _, ...epoch }) => epoch) ?? [];
    return { ...part, ...(training !== undefined && { training: { ...training, epochs } }), series: [] };
  });
  return { ...trial, ranks };
}

/** The beginning of a line of `trials.jsonl`: the id is the second field of every record. */
const ID = /^\{"recordVersion":\d+,"id":"([^"\\]+)"/;

/** Returns the lines of a rank's trials by their ids. */
function linesOf(rank: number, directory: string, problems: string[]): Map<string, string> {
  const lines = new Map<string, string>();
  const path = join(directory, RUN_FILES.trials);
  try {
    forEachLine(path, (line) => {
      const [, id] = ID.exec(line ?? '') ?? [];
      if (id !== undefined && line !== null && !lines.has(id)) lines.set(id, line);
      else if (line !== '') problems.push(`rank ${rank}: ${path}: a line is no trial; it is lost`);
    });
  } catch (error) {
    problems.push(`rank ${rank}: ${path}: cannot be read (${systemFaultOf(error).message})`);
  }
  return lines;
}

function decoded(line: string, { rank, host, clockOffsetNs = 0 }: RankTrials, problems: string[]): TrialRecord[] {
  try {
    const trial = decodeTrial(line, `rank ${rank}: ${RUN_FILES.trials}`);
    if (trial.ranks !== undefined) return [trial];
    const beganNs = trial.beganNs === undefined ? {} : { beganNs: trial.beganNs - clockOffsetNs };
    return [{ ...trial, rank, ...beganNs, ...(trial.host === undefined && host !== undefined && { host }) }];
  } catch (error) {
    if (!(error instanceof FeedrateError)) throw error;
    problems.push(`${error.message}; this trial is lost`);
    return [];
  }
}
