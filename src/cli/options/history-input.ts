/** Selects the runs that the options of `feedrate history` ask for. */

import { resolve } from 'node:path';
import { FeedrateError } from '../../base/errors.js';
import { commandFor } from '../../base/results-command.js';
import { type History, type HistoryArm, historyArms, historyOf, placeOf } from '../../gate/run-history.js';
import { isCalibration } from '../../record/run-purpose.js';
import type { RunRecord } from '../../record/run-record.js';
import type { Measure } from '../../stats/measure.js';
import type { FoundRun } from '../../store/bucket-listing.js';
import { onlySetAside } from '../../store/find-runs.js';
import { withListedRuns } from '../../store/run-sources.js';
import { tell } from '../output/print.js';
import { pairOf } from './arguments.js';
import { measuresOf } from './comparison-input.js';

/** The options as commander returns them. */
export interface HistoryOptions {
  readonly output: string;
  readonly workload?: string;
  /** Names or paths of targets. */
  readonly target?: readonly string[];
  readonly where?: readonly string[];
  readonly metric?: readonly string[];
  readonly since?: string;
  readonly limit?: string;
}

/** Listings whose `run.json` could be read. */
type Known = FoundRun & { readonly run: RunRecord };

/**
 * Returns the runs of a workload over time, by default those of the latest run's workload on its targets. Incomplete and
 * damaged runs are counted and left out. Calibrations are no part of a history.
 * Throws `FeedrateError`: `usage` for a wrong option, `store` when no run matches, `cloud` when a bucket cannot be asked.
 */
export async function askedHistory(options: HistoryOptions): Promise<History> {
  return withListedRuns(options.output, tell, (listings) => historyOfRuns(listings, options));
}

async function historyOfRuns(listings: readonly FoundRun[], options: HistoryOptions): Promise<History> {
  const measures = measuresOf(options.metric ?? ['throughput']);
  const where = new Map((options.where ?? []).map((text) => pairOf('--where', text)));
  const { workload, runs, targets } = chosen(listings, options);
  const limit = options.limit === undefined ? runs.length : limitOf(options.limit);
  const leftOut = new Map<string, number>();
  const leave = (why: string, count = 1) => leftOut.set(why, (leftOut.get(why) ?? 0) + count);
  const lost = listings.filter(({ run }) => run === null).length;
  if (lost > 0) leave('damaged', lost);
  const arms: HistoryArm[][] = [];
  // From the newest, so that a limit saves reading the others.
  for (const listing of runs.toReversed()) {
    if (arms.length === limit) break;
    const found = listing.status === 'complete' ? await armsOf(listing, where, measures, targets) : listing.status;
    if (typeof found === 'string') leave(found);
    else if (found.length > 0) arms.unshift(found);
  }
  const series = historyOf(arms.flat(), measures);
  if (series.length === 0) throw nothingFound(options, workload, leftOut);
  return { workload, runs: arms.length, leftOut, series };
}

/** Returns the arms of a run on the targets, or `damaged` when one of its trials cannot be read. */
async function armsOf(
  { trials: readTrials, id, run }: Known,
  where: ReadonlyMap<string, string>,
  measures: readonly Measure[],
  targets: readonly string[] | null,
): Promise<HistoryArm[] | 'damaged'> {
  const { trials, problems } = await readTrials();
  if (problems.length > 0) return 'damaged';
  const names = targetNames(run, targets);
  return historyArms({ name: id, run, trials }, where, measures).filter(({ arm }) => names.includes(arm.target));
}

interface Chosen {
  readonly workload: string;
  /** Oldest first. */
  readonly runs: readonly Known[];
  /** Names or paths; null for all. */
  readonly targets: readonly string[] | null;
}

/** Returns the requested workload, runs and targets. Missing options are taken from the latest run that matches the rest. */
function chosen(listings: readonly FoundRun[], options: HistoryOptions): Chosen {
  const since = options.since === undefined ? '' : dateOf(options.since);
  const readable = listings.filter((listing): listing is Known => listing.run !== null);
  const known = readable.filter(({ run }) => !isCalibration(run));
  if (known.length === 0 && readable.length > 0) {
    throw new FeedrateError(
      'store',
      `${options.output}: no run has a history; ${onlySetAside(
        options.output,
        readable.map(({ run }) => run),
      )}`,
    );
  }
  const asked = options.target ?? null;
  const latest = known.findLast(({ run }) => {
    return (options.workload ?? run.plan.workload) === run.plan.workload && targetNames(run, asked).length > 0;
  });
  if (latest === undefined) throw noSuchRun(known, options);
  const { workload, targets: ofLatest } = latest.run.plan;
  const targets = asked ?? (options.workload === undefined ? ofLatest.map(({ path }) => placeOf(path)) : null);
  const runs = known.filter(({ run }) => {
    return run.plan.workload === workload && run.startedAt >= since && targetNames(run, targets).length > 0;
  });
  return { workload, runs, targets };
}

/** Returns the run's names of the targets that match by name or path. */
function targetNames(run: RunRecord, wanted: readonly string[] | null): string[] {
  return run.plan.targets
    .filter(({ name, path }) => {
      return wanted?.some((text) => text === name || text === placeOf(path) || resolve(text) === path) ?? true;
    })
    .map(({ name }) => name);
}

function noSuchRun(known: readonly Known[], { output, workload, target }: HistoryOptions): FeedrateError {
  const asked = [
    ...(workload === undefined ? [] : [`of workload '${workload}'`]),
    ...(target ?? []).map((t) => `on ${t}`),
  ];
  const workloads = [...new Set(known.map(({ run }) => run.plan.workload))].sort().join(', ');
  const have =
    known.length === 0 ? 'it holds no run yet' : `it holds runs of ${workloads}; see ${commandFor(output, 'list')}`;
  return new FeedrateError('store', `${output}: no run${asked.map((part) => ` ${part}`).join('')}; ${have}`);
}

function nothingFound(
  { output, where, since }: HistoryOptions,
  workload: string,
  leftOut: ReadonlyMap<string, number>,
): FeedrateError {
  const asked = [...(where ?? []).map((text) => ` with ${text}`), ...(since === undefined ? [] : [` since ${since}`])];
  const others = [...leftOut].map(([why, count]) => `${count} ${why}`).join(', ');
  const left = others === '' ? '' : ` (left out: ${others})`;
  return new FeedrateError('store', `${output}: no complete run of '${workload}'${asked.join('')} matches${left}`);
}

/** Parses a date or time in UTC and returns it in ISO 8601, which compares with `startedAt` as text. */
function dateOf(text: string): string {
  const [, day, time = '00:00'] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)Z?)?$/.exec(text) ?? [];
  const date = new Date(`${day}T${time}Z`);
  if (Number.isNaN(date.getTime())) {
    throw new FeedrateError('usage', `--since ${text}: expected a date in UTC, such as 2026-11-01 or 2026-11-01T12:00`);
  }
  return date.toISOString();
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1) {
    throw new FeedrateError('usage', `--limit ${text}: expected a number of runs, a whole number of at least 1`);
  }
  return limit;
}
