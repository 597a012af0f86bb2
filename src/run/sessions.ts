/** Measures the sessions of a plan, one after the other, each in its own process. */
import { FeedrateError } from '../base/errors.js';
import type { OntapConnection } from '../fsx/ontap-connection.js';
import { mountIdsOf } from '../host/held-target.js';
import { closingNs, expectedRunTime } from '../plan/expected-time.js';
import type { ReadableRun } from '../record/stored-run.js';
import { armsOfRun } from '../stats/arm-columns.js';
import { writeArms } from '../store/arms-file.js';
import { makeTablesDurable } from '../store/derived-tables.js';
import { readRun } from '../store/read-run.js';
import type { LostResults } from '../store/rescue.js';
import type { FinishedRun, RunStore } from '../store/run-store.js';
import type { GroupPlace, Meet } from '../trial/common-start.js';
import type { SessionEvent } from '../trial/events.js';
import type { HeadStart } from './head-start.js';
import { RARE_LOOKS, type RunEnd, type RunListener } from './listener.js';
import { LiveWriter, liveLooks } from './live-writer.js';
import { watchOntap } from './ontap-watch.js';
import type { Preparation } from './preparation.js';
import { isComplete, type SessionMeetings } from './rank-meetings.js';
import { Remounts } from './remounts.js';
import { ResultsLost, SessionRunner } from './session-runner.js';
import type { StopHandle } from './stop-handle.js';
import { removeScratch } from './targets.js';
import { Watchdog } from './watchdog.js';

/** A run that has ended. */
export interface Conducted {
  /** The run as it is stored, with its trials, read once after it ended. */
  readonly run: ReadableRun;
  /** How it ended. Trials that failed by themselves do not make it `failed`: see `exitStatusOf`. */
  readonly status: RunEnd;
}

/** A plan and the run directory that its sessions are saved in. */
export interface SessionsToMeasure {
  readonly preparation: Preparation;
  readonly store: RunStore;
  /** 1-based; the sessions before it were measured earlier. */
  readonly firstSession: number;
  readonly stop: StopHandle | undefined;
  readonly headStart?: HeadStart;
  /** Asked for the counters of the volumes while the sessions run. Default: nothing is asked. */
  readonly ontap?: OntapConnection | undefined;
  /** The place in a group, and the meetings of its ranks. Default: this machine measures alone. */
  readonly rank?: RankOfRun;
}

/** One rank of a run. */
export interface RankOfRun {
  readonly place: GroupPlace;
  readonly meetings: SessionMeetings;
  /** The run directory of the group, which shows how far the run is; null: another rank does that. */
  readonly liveDirectory: string | null;
}

/**
 * Measures the sessions, records how the run ended, and returns it as read from disk. A note gives the reason of an early
 * end.
 */
export async function measureSessions(measurement: SessionsToMeasure, listener: RunListener): Promise<Conducted> {
  const { preparation, store, ontap } = measurement;
  const watch = ontap === undefined ? null : await watchOntap(ontap, store, listener);
  const liveDirectory = measurement.rank?.liveDirectory ?? store.directory;
  const live = new LiveWriter(liveDirectory, preparation.plan, measurement.firstSession);
  // The default, so that an unexpected exception does not leave a run that looks alive.
  let end: SessionsEnd = { status: 'failed', lost: null, problem: null };
  let finished: FinishedRun;
  try {
    listener.begun?.(store.run, expectedNs(measurement));
    for (const note of preparation.notes) listener.note?.(note);
    end = await runSessions(measurement, live.listener(watch?.listener ?? listener));
    end = await endForAll(end, measurement);
  } finally {
    await live.end();
    await watch?.close(measurement.stop?.isAsked ?? false);
    finished = finish(store, end, listener, measurement.rank?.meetings.over?.reason ?? null);
  }
  const stored = readRun(finished.directory);
  const { problem, run: ended } = finished;
  keepTables(finished.directory, { ...stored, run: stored.run ?? ended }, listener);
  return { run: { ...stored, run: stored.run ?? ended }, status: problem === null ? end.status : 'failed' };
}

/** Returns the time that the sessions will take, ns. Nothing is measured for it: the run itself tells more, and soon. */
function expectedNs({ preparation, firstSession }: SessionsToMeasure): number {
  const { plan } = preparation;
  const left = plan.trials.filter(({ session }) => session >= firstSession);
  const { knownNs, estimatedNs } = expectedRunTime({ ...preparation, plan: { ...plan, trials: left } });
  return knownNs + estimatedNs;
}

/** Writes the table of arms, and makes all tables durable. They can be had from the trials, so a run does not fail for them. */
export function keepTables(directory: string, { run, trials }: ReadableRun, listener: RunListener): void {
  try {
    writeArms(directory, armsOfRun(run, trials));
    makeTablesDurable(directory, run);
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    listener.note?.(thrown.message);
  }
}

/** How the sessions ended. */
interface SessionsEnd {
  readonly status: RunEnd;
  /** Not null when the results could no longer be saved. */
  readonly lost: LostResults | null;
  /** Why they failed; null: they did not. */
  readonly problem: string | null;
  /** They are complete, although trials are missing, because their time was up. */
  readonly isTimeUp?: true;
}

/** @param reason why the group ended early; null: it did not, or there is none */
function finish(
  store: RunStore,
  { status, lost, isTimeUp }: SessionsEnd,
  listener: RunListener,
  reason: string | null,
): FinishedRun {
  let told: RunEnd = 'failed';
  try {
    const { group } = store.run;
    const finished = store.finish(status, lost, {
      ...(group !== undefined && reason !== null && { group: { ...group, problem: reason } }),
      ...(isTimeUp && { endedBy: 'time' }),
    });
    if (finished.problem === null) told = status;
    else listener.note?.(finished.problem);
    return finished;
  } finally {
    listener.ended?.(told);
  }
}

/** Returns how the sessions ended for all ranks of a group: a rank whose run is complete is aborted if another one's is not. */
async function endForAll(end: SessionsEnd, { rank, stop }: SessionsToMeasure): Promise<SessionsEnd> {
  if (rank === undefined) return end;
  const { meetings } = rank;
  const disconnect = stop?.heedWith(() => {
    if (!stop.isPlanned) meetings.abandon('stopped while it waited for the other ranks');
  });
  const own = { complete: end.isTimeUp ? 'time-up' : 'complete', aborted: 'stopped', failed: 'failed' } as const;
  const over = await meetings.end(own[end.status], end.problem);
  disconnect?.();
  if (end.status === 'complete' && over.end === 'time-up') return { ...end, isTimeUp: true };
  return end.status === 'complete' && !isComplete(over) ? { ...end, status: 'aborted' } : end;
}

/** Runs the sessions and returns how they ended. Sessions before a failure count. */
async function runSessions(
  { preparation, store, firstSession, stop, headStart, rank }: SessionsToMeasure,
  listener: RunListener,
): Promise<SessionsEnd> {
  const { plan, dataset } = preparation;
  const { id: runId, dropCaches, remount, injected = [], environment } = store.run;
  const note = (text: string) => listener.note?.(text);
  const runner = new SessionRunner((text) => listener.output?.(text), headStart);
  const meet = rank && meetWith(rank.meetings, runner, stop);
  const place = rank && { place: rank.place };
  const release = stopWith(stop, runner, listener);
  const afterNs = closingNs(preparation);
  let mountIds = mountIdsOf(plan.targets);
  const remounts = remount ? new Remounts(plan, note) : null;
  const watchdog = new Watchdog({
    plan,
    targets: environment.targets,
    note,
    isStopping: () => runner.stopping,
    kill: () => runner.kill(),
  });
  const onEvent = (event: SessionEvent) => {
    watchdog.handle(event);
    listener.event?.(withClosing(event, afterNs));
  };
  try {
    for (let session = firstSession; session <= plan.sessions && !runner.stopping; session++) {
      const looks = liveLooks(listener.looks ?? RARE_LOOKS);
      const options = { plan, dataset, runId, session, dropCaches, injected, looks, mountIds, ...place };
      await runner.run(options, store.directory, onEvent, remounts?.remount ?? null, meet);
      if (remounts !== null) mountIds = mountIdsOf(plan.targets);
    }
    if (!runner.stopping) return { status: 'complete', lost: null, problem: null };
    const isTimeUp = stop?.isPlanned === true || rank?.meetings.over?.end === 'time-up';
    return { status: isTimeUp ? 'complete' : 'aborted', lost: null, problem: null, ...(isTimeUp && { isTimeUp }) };
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    const problem = thrown.message;
    if (thrown instanceof ResultsLost)
      return { status: 'failed', lost: { reason: problem, unsaved: thrown.unsaved }, problem };
    // The fault of another rank is that rank's to tell.
    if (rank?.meetings.isEndedByOther === true) return { status: 'aborted', lost: null, problem: null };
    note(problem);
    return { status: 'failed', lost: null, problem };
  } finally {
    release();
    watchdog.close();
    await remounts?.settled();
    if (runner.killed) await removeScratch(plan.targets, runId, watchdog.silent, note);
  }
}

/** Returns the event with the time that the run takes after its last trial as a part of the time left. */
function withClosing(event: SessionEvent, afterNs: number): SessionEvent {
  return 'etaNs' in event && event.etaNs != null ? { ...event, etaNs: event.etaNs + afterNs } : event;
}

/** Returns how sessions meet the other ranks. They are stopped when the run is over for all. */
function meetWith(meetings: SessionMeetings, runner: SessionRunner, stop: StopHandle | undefined): Meet {
  meetings.attend(
    () => (!runner.stopping ? null : stop?.isPlanned ? 'time-up' : 'stopped'),
    () => runner.stop(),
  );
  return async (purpose, text, problem) => {
    const met = await meetings.forSession(purpose, text, problem);
    if (meetings.over !== null) runner.stop();
    return met;
  };
}

/** Connects stop requests to the runner: the first one stops, the second one kills. Returns a function that disconnects them. */
function stopWith(stop: StopHandle | undefined, runner: SessionRunner, listener: RunListener): () => void {
  const heed = () => {
    if (runner.stopping) {
      // Another rank of the group may have told before that the time is up.
      if (!stop?.isPlanned) runner.kill();
      return;
    }
    runner.stop();
    listener.stopping?.();
  };
  const unheed = stop?.heedWith(heed);
  if (stop?.isAsked) heed();
  return () => {
    unheed?.();
    listener.over?.();
  };
}
