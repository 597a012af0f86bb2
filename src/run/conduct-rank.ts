/** Conducts the run of one rank of a group. Every rank keeps a run of its own; rank 0 merges them into that of the group. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FeedrateError } from '../base/errors.js';
import type { GroupRecord } from '../record/group-record.js';
import type { RunRecord } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { RUN_FILES, rankDirectory } from '../store/run-files.js';
import { createRankRun, createRun, type RunStore, reopenRun } from '../store/run-store.js';
import type { GroupPlace } from '../trial/common-start.js';
import type { HeadStart } from './head-start.js';
import type { RunEnd, RunListener } from './listener.js';
import { endGroupRun } from './merge-runs.js';
import { type Preparation, rankFilesOf } from './preparation.js';
import { compareClocks } from './rank-clocks.js';
import { agreeOnFacts, sharedTargets } from './rank-facts.js';
import type { RankMeetings } from './rank-meetings.js';
import type { RequestedGroup, RunRequest } from './request.js';
import { type Conducted, measureSessions } from './sessions.js';
import { removeDeadScratch } from './targets.js';

/** Another machine sees a new directory after this time at most. */
const APPEARS_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 100;

/** The run directories that a rank writes to. */
export interface RankStores {
  /** The run of the group; null: rank 0 writes it. */
  readonly whole: RunStore | null;
  /** The run of this rank alone. */
  readonly own: RunStore;
}

/** A stage of a run. A run that is measured at once has one. */
export interface RankStage {
  readonly preparation: Preparation;
  readonly request: RunRequest;
  readonly headStart?: HeadStart;
  readonly firstSession: number;
  /** The merged trials of earlier stages, on rank 0. */
  readonly known: readonly TrialRecord[];
  /** Creates or reopens the runs, for ranks whose clocks were compared. */
  readonly open: (group: GroupRecord) => Promise<RankStores>;
}

/**
 * Measures this rank's part of a run that begins now, and returns it; rank 0 returns the run of the group.
 * @param recordOf makes the record of the run
 * @throws FeedrateError as `measureAsRank` does
 */
export function conductRank(
  preparation: Preparation,
  request: RunRequest,
  group: RequestedGroup,
  recordOf: () => Promise<Omit<RunRecord, 'id'>>,
  listener: RunListener,
  headStart: HeadStart,
): Promise<Conducted> {
  const open = async (record: GroupRecord) => createRuns(await recordOf(), record, request, group.meetings);
  return measureAsRank({ preparation, request, headStart, firstSession: 1, known: [], open }, group, listener);
}

/** Creates the run of the group, on rank 0, and in it that of this rank. */
async function createRuns(
  recorded: Omit<RunRecord, 'id'>,
  group: GroupRecord,
  request: RunRequest,
  meetings: RankMeetings,
): Promise<RankStores> {
  const whole = meetings.group.rank === 0 ? createRun(request.resultsDirectory, { ...recorded, group }) : null;
  try {
    const [directory = ''] = await meetings.exchange('results', whole?.directory ?? '');
    return { whole, own: await createOwnRun(directory, recorded, group, request, meetings) };
  } catch (thrown) {
    whole?.finish('failed');
    throw thrown;
  }
}

/**
 * Reopens the runs of a rank for another stage. Throws as `reopenRun` does.
 * @param directory the run that this rank returned: on rank 0 that of the group, on others their own
 */
export function reopenRuns(
  directory: string,
  group: GroupRecord,
  changes: Parameters<typeof reopenRun>[1],
  { group: { rank } }: RankMeetings,
): RankStores {
  const own = rank === 0 ? join(directory, rankDirectory(rank)) : directory;
  const stores = { own: reopenRun(own, { ...changes, group: { ...group, rank } }) };
  return { ...stores, whole: rank === 0 ? reopenRun(directory, { ...changes, group }) : null };
}

/**
 * Measures this rank's part of a stage, and returns its run; rank 0 returns that of the group.
 * @throws FeedrateError for faults that the user can fix. Another rank's fault is a `PeerError`
 */
export async function measureAsRank(
  { preparation, request, headStart, firstSession, known, open }: RankStage,
  { meetings }: RequestedGroup,
  listener: RunListener,
): Promise<Conducted> {
  const { rank, size, launcher } = meetings.group;
  const facts = await agreeOnFacts(preparation, request, meetings, (text) => listener.note?.(text));
  const clocks = await compareClocks(
    meetings,
    facts.map(({ host }) => host),
  );
  for (const note of removeDeadScratch(preparation.plan.targets)) listener.note?.(note);
  const { files } = rankFilesOf(request);
  const { whole, own: store } = await open({ launcher, size, files, members: clocks.members });
  let end: RunEnd = 'failed';
  try {
    const place: GroupPlace = {
      rank,
      size,
      host: meetings.group.host,
      files,
      clockShiftNs: clocks.clockShiftNs,
      sharedTargets: sharedTargets(facts, preparation.plan.targets),
    };
    const { stop, ontap } = request;
    const ofRank = { place, meetings, liveDirectory: whole?.directory ?? null };
    const own = { preparation, store, firstSession, stop, ontap, rank: ofRank, ...(headStart && { headStart }) };
    const measured = await measureSessions(own, listener);
    end = measured.status;
    await meetings.afterAll();
    return whole === null ? measured : endGroupRun(whole, meetings, listener, known);
  } catch (thrown) {
    whole?.finish(end);
    throw thrown;
  }
}

/** Creates the run of this rank in that of the group. Throws when the results directory is not the one of rank 0. */
async function createOwnRun(
  directory: string,
  recorded: Omit<RunRecord, 'id'>,
  group: GroupRecord,
  request: RunRequest,
  meetings: RankMeetings,
): Promise<RunStore> {
  const { rank } = meetings.group;
  const own = join(resolve(request.resultsDirectory), basename(directory));
  const problem = await unlessSeen(own, meetings);
  if (problem !== null) throw new FeedrateError('store', problem);
  const store = createRankRun(own, rank, {
    ...recorded,
    id: `${basename(directory)}.rank-${rank}`,
    group: { ...group, rank },
  });
  await meetings.exchange('ready', '');
  return store;
}

/** Returns why the run of the group is not in this rank's results directory; null: it is. */
async function unlessSeen(directory: string, meetings: RankMeetings): Promise<string | null> {
  const endMs = performance.now() + APPEARS_WITHIN_MS;
  while (!existsSync(join(directory, RUN_FILES.run))) {
    if (performance.now() > endMs) {
      const what = `${resolve(directory, '..')} is not the results directory of ${meetings.nameOf(0)}`;
      return `${what}: it does not have the run ${basename(directory)}; use -o with a directory that all machines share`;
    }
    await sleep(LOOK_AGAIN_MS);
  }
  return null;
}
