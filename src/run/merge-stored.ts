/** Merges stored runs of machines that did not meet, or whose group broke up, into a new run. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { rankText } from '../base/rank-text.js';
import { formatDurationNs } from '../base/units.js';
import { passingName } from '../host/files/own-names.js';
import { makeDirectories } from '../host/system/make-directories.js';
import { commonArms } from '../plan/rank-files.js';
import type { GroupMember, ServerClockRecord } from '../record/group-record.js';
import type { RunRecord } from '../record/run-record.js';
import { windowNs } from '../record/trial-values.js';
import { isCounted } from '../stats/summary.js';
import { makeNamesDurable } from '../store/durable-files.js';
import { mergedTrials, type RankRun, rankRunsIn } from '../store/rank-parts.js';
import { readHeader, readRun } from '../store/read-run.js';
import { createRun, type RunStore } from '../store/run-store.js';
import { keepTables } from './sessions.js';

/** A merged run. */
export interface MergedRun {
  /** The new run directory. */
  readonly directory: string;
  readonly ranks: number;
  /** Time in which all ranks ran, and the longest time of a rank, ns, summed over the counted trials. */
  readonly commonNs: number;
  readonly longestNs: number;
  /** What is missing or uncertain, one line each. */
  readonly problems: readonly string[];
}

interface StoredRank extends RankRun {
  readonly host: string;
  /** Null: unknown. Records of ranks that met are by the clock of rank 0 already. */
  readonly clock: ComparedClock | null;
}

/** How far the clock of a rank's records is ahead of that of the first rank, ns, and how far that may be wrong. */
interface ComparedClock {
  readonly offsetNs: number;
  readonly errorNs: number;
}

/**
 * Merges runs into a new one in the results directory, which appears when it is complete. Only the time in which all ranks
 * ran counts.
 * @param directories run directories of single ranks, or of groups
 * @param command recorded with the run
 * @throws FeedrateError `store` when a run cannot be read or written, `usage` when there is nothing to merge, and
 * `measurement` when the ranks never ran at the same time
 */
export function mergeStoredRuns(
  directories: readonly string[],
  resultsDirectory: string,
  command: readonly string[],
): MergedRun {
  const ranks = withClocks(numbered(directories.flatMap(ranksOf)));
  if (ranks.length < 2)
    throw new FeedrateError(
      'usage',
      `${directories.join(', ')}: one rank, so there is nothing to merge; name the run of each machine`,
    );
  for (const rank of ranks) refuseOther(ranks[0] as StoredRank, rank);
  const parent = resolve(resultsDirectory);
  const passing = join(parent, passingName('new'));
  try {
    makeDirectories(parent);
    mkdirSync(passing);
    const store = createRun(passing, recordOf(ranks, command));
    const merged = fill(store, ranks);
    const directory = join(parent, basename(store.directory));
    renameSync(store.directory, directory);
    makeNamesDurable(parent);
    return { ...merged, directory };
  } catch (thrown) {
    if (thrown instanceof FeedrateError) throw thrown;
    throw new FeedrateError('store', `${parent}: cannot write (${systemFaultOf(thrown).message})`, { cause: thrown });
  } finally {
    rmSync(passing, { recursive: true, force: true });
  }
}

/** Returns the ranks in a run directory: those of a group, or the run itself. */
function ranksOf(directory: string): StoredRank[] {
  const ranks = rankRunsIn(directory);
  if (ranks.length > 0) return ranks.map((rank) => ({ ...rank, host: hostIn(rank.run, rank.rank), clock: null }));
  const { run, problems } = readHeader(directory);
  if (run === null) throw new FeedrateError('store', `${directory}: cannot be merged: ${problems[0]}`);
  const rank = run.group?.rank ?? 0;
  return [{ rank, directory, run, host: hostIn(run, rank), clock: null }];
}

function hostIn({ group, hostname }: RunRecord, rank: number): string {
  return group?.members.find((member) => member.rank === rank)?.host ?? hostname;
}

/** Returns what a run says of its own rank, which may have another number in the merged one. */
function memberOf({ run: { group }, rank }: RankRun): GroupMember | undefined {
  return group?.members.find((member) => member.rank === (group.rank ?? rank));
}

/** Adds the clocks of several machines that have not met, if all of them know that of the same server. */
function withClocks(ranks: readonly StoredRank[]): readonly StoredRank[] {
  const clocks = ranks.flatMap((rank) => memberOf(rank)?.serverClock ?? []);
  const [first] = clocks;
  const isCommon = clocks.length === ranks.length && clocks.every(({ server }) => server === first?.server);
  if (first === undefined || !isCommon || new Set(ranks.map(({ host }) => host)).size === 1) return ranks;
  return ranks.map((rank, at) => {
    const own = clocks[at] as ServerClockRecord;
    const errorNs = at === 0 ? 0 : own.errorNs + first.errorNs;
    return { ...rank, clock: { offsetNs: own.offsetNs - first.offsetNs, errorNs } };
  });
}

/** Keeps the ranks that runs have, or counts them in their order if two have the same. */
function numbered(ranks: readonly StoredRank[]): StoredRank[] {
  const isUnique = new Set(ranks.map(({ rank }) => rank)).size === ranks.length;
  if (isUnique) return ranks.toSorted((a, b) => a.rank - b.rank);
  return ranks.map((each, rank) => ({ ...each, rank }));
}

/** Throws `FeedrateError('usage')` when a rank measured something else than the first one. */
function refuseOther(first: StoredRank, other: StoredRank): void {
  const { plan: a } = first.run;
  const { plan: b } = other.run;
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['feedrate', first.run.environment.feedrate.version, other.run.environment.feedrate.version],
    ['workload', a.workload, b.workload],
    ['seed', a.seed, b.seed],
    ['sessions', a.sessions, b.sessions],
    ['rounds', a.rounds, b.rounds],
    ['overrides', first.run.overrides.join(' ') || 'none', other.run.overrides.join(' ') || 'none'],
  ];
  const found = facts.find(([, one, two]) => one !== two);
  const differs =
    found !== undefined
      ? `has ${found[0]} ${found[2]}, rank ${first.rank} (${first.directory}) has ${found[1]}`
      : isSamePlan(first.run, other.run)
        ? null
        : `has other arms or another order of trials than rank ${first.rank} (${first.directory})`;
  if (differs === null) return;
  throw new FeedrateError(
    'usage',
    `rank ${other.rank} (${other.directory}) ${differs}; merge only runs of the same workload and seed`,
  );
}

/** Ranks read different sets of files of the same plan, and have different parts of a training. */
function isSamePlan(a: RunRecord, b: RunRecord): boolean {
  const planOf = ({ plan }: RunRecord) =>
    JSON.stringify([commonArms(plan), plan.trials.map(({ id, arm, warmup }) => [id, arm, warmup])]);
  return planOf(a) === planOf(b);
}

function recordOf(ranks: readonly StoredRank[], command: readonly string[]): Omit<RunRecord, 'id'> {
  const [{ run }] = ranks as [StoredRank];
  const runs = ranks.map((rank) => rank.run);
  const members = ranks.map((each): GroupMember => {
    const { rank, host, clock } = each;
    const known = memberOf(each);
    const clockOffsetNs = known?.clockOffsetNs ?? clock?.offsetNs ?? null;
    return { rank, host, clockOffsetNs, clockErrorNs: known?.clockErrorNs ?? clock?.errorNs ?? null };
  });
  const { id: _, ...record } = run;
  return {
    ...record,
    command,
    pid: process.pid,
    status: 'running',
    startedAt: runs.map(({ startedAt }) => startedAt).sort()[0] as string,
    group: { launcher: 'merge', size: ranks.length, files: run.group?.files ?? null, members },
  };
}

function fill(store: RunStore, ranks: readonly StoredRank[]): Omit<MergedRun, 'directory'> {
  const merged = mergedTrials(ranks.map((each) => ({ ...each, clockOffsetNs: each.clock?.offsetNs ?? 0 })));
  let commonNs = 0;
  let longestNs = 0;
  let counted = 0;
  for (const trial of merged) {
    store.appendTrial(trial);
    if (!isCounted(trial)) continue;
    counted++;
    commonNs += windowNs(trial);
    longestNs += Math.max(...(trial.ranks ?? []).map(windowNs));
  }
  if (counted === 0)
    throw new FeedrateError(
      'measurement',
      `no trial was completed by all ${ranks.length} ranks, so there is no result`,
    );
  if (!(commonNs > 0)) throw new FeedrateError('measurement', neverTogether(ranks));
  const isComplete = ranks.every(({ run }) => run.status === 'complete');
  const { run } = store.finish(isComplete ? 'complete' : 'aborted');
  const problems: string[] = [...missingRanks(ranks), ...merged.problems, ...uncertainClocks(ranks)];
  keepTables(store.directory, { ...readRun(store.directory), run }, { note: (text) => problems.push(text) });
  return { ranks: ranks.length, commonNs, longestNs, problems };
}

function neverTogether(ranks: readonly StoredRank[]): string {
  const inOrder = ranks.toSorted((a, b) => (a.run.startedAt < b.run.startedAt ? -1 : 1));
  const of = ({ rank, host, run }: StoredRank) => `${rankText(rank, host)} began at ${run.startedAt}`;
  const [first, last] = [inOrder[0], inOrder.at(-1)] as [StoredRank, StoredRank];
  return `the ranks never ran at the same time: ${of(first)}, ${of(last)}; start them together, for example with --start-at`;
}

/** Returns a line for the ranks of a group that left no run. */
function missingRanks(ranks: readonly StoredRank[]): string[] {
  const known = new Set(ranks.map(({ rank }) => rank));
  const missing = (ranks[0]?.run.group?.members ?? []).filter(({ rank }) => !known.has(rank));
  if (missing.length === 0) return [];
  const named = missing.map(({ rank, host }) => rankText(rank, host)).join(', ');
  return [`${named} left no run; the result is that of the other ${ranks.length}`];
}

/** Returns a line when the clocks of several machines are not known to agree, or only as far as that of their server tells. */
function uncertainClocks(ranks: readonly StoredRank[]): string[] {
  const hosts = new Set(ranks.map(({ host }) => host));
  if (hosts.size === 1 || ranks.every((rank) => memberOf(rank)?.clockOffsetNs != null)) return [];
  const errorsNs = ranks.flatMap(({ clock }) => clock?.errorNs ?? []);
  if (errorsNs.length === ranks.length)
    return [
      `the clocks of the machines were compared by that of their file server, to within ${formatDurationNs(Math.max(...errorsNs))}`,
    ];
  return ['the clocks of the machines were not compared, so the common time is as exact as their NTP'];
}
