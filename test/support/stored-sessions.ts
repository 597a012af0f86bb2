/** Runs on disk that nobody measured: levels that a test names, session by session. */
import type { Arm } from '../../src/plan/plan.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { createRun } from '../../src/store/run-store.js';
import { latencies, makeArm, makeRun, makeTrial } from './records.js';

export interface SessionsOptions {
  /** Default: one, `read`. */
  readonly arms?: readonly Arm[];
  /** Throughput of each session, the same for all arms, bytes/s. */
  readonly levels: readonly number[];
  readonly run?: Partial<RunRecord>;
  readonly trial?: (trial: TrialRecord) => TrialRecord;
}

/** One trial of each arm in each session, with enough operations for a p99. */
export function trialsOfSessions({ arms = [makeArm('read')], levels, trial = (same) => same }: SessionsOptions) {
  const latency = { read: latencies(...Array.from({ length: 400 }, (_, index) => 100_000 + index * 100)) };
  return levels.flatMap((level, index) =>
    arms.map((arm, place) => {
      const session = index + 1;
      return trial(makeTrial(arm, 1, level, { id: `s${session}r1t${place + 1}`, session, place: place + 1, latency }));
    }),
  );
}

export function runOfSessions({ arms = [makeArm('read')], levels, run = {} }: SessionsOptions): RunRecord {
  const made = makeRun(arms, 1, run);
  const trials = levels.flatMap((_, index) =>
    made.plan.trials.map((trial) => ({ ...trial, id: `s${index + 1}r1t${trial.place}`, session: index + 1 })),
  );
  return { ...made, plan: { ...made.plan, sessions: levels.length, trials } };
}

/** Writes it below a results directory. Returns its path. */
export function storeSessions(results: string, options: SessionsOptions): string {
  const run = runOfSessions(options);
  const store = createRun(results, run);
  for (const trial of trialsOfSessions(options)) store.appendTrial(trial);
  if (run.status !== 'running') store.finish(run.status);
  return store.directory;
}
