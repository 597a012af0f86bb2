/** Runs the workers of a trial's own job, and watches them. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Counters, Stoppable } from '../engine/core/counters.js';
import type { WorkerOutcome } from '../engine/core/protocol.js';
import type { WorkerPool } from '../engine/pool.js';
import type { NfsReading } from '../host/nfs/read-nfs.js';
import type { Arm, PlannedTrial, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import type { PartialTrial } from '../record/partial-trial.js';
import type { Injection } from '../record/run-record.js';
import type { TrialRecord } from '../record/trial-record.js';
import { ENGINES } from '../workload/engines.js';
import { Abandonment } from './abandonment.js';
import { beganSince1970, type CommonStart, type GroupPlace, type Meet } from './common-start.js';
import { type LiveView, type Looks, watch } from './live.js';
import { NfsWatch } from './live-nfs.js';
import { watchMachine } from './machine-watch.js';
import { partOf } from './part.js';
import type { PrepareSettings } from './prepare-trial.js';
import { expectedBytes, type Stage, tasksOf } from './stage.js';
import { seedsOf } from './trial-seeds.js';

/** Each reading wakes this thread, possibly on a processor that a worker needs, so readings are rare. */
const LOOP_DELAY_RESOLUTION_MS = 50;

/** The settings that all trials of a session share. */
export interface TrialSettings extends PrepareSettings {
  readonly dataset: PlannedDataset | null;
  readonly runId: string;
  readonly pool: WorkerPool;
  /** Throws when a target is no longer the one that the session holds. The session then ends after the trial. */
  readonly requireUnchanged: (target: Target) => void;
  readonly injected: readonly Injection[];
  readonly looks: Looks;
  /**
   * Called with what stops the running trial's workers, so that a stop request can reach them, and with null when the trial
   * ends.
   */
  readonly onCounters: (counters: Stoppable | null) => void;
  /** Called when workers are left waiting for an unresponsive target. Nothing there may be touched afterwards. */
  readonly onAbandoned: (target: string) => void;
  readonly onLive: (trial: PlannedTrial, arm: Arm, view: LiveView) => void;
  /** Called while threads of the trial's workers have not started, and once when all have. */
  readonly onStarting: (trial: PlannedTrial, arm: Arm, counters: Counters) => void;
  /** Called every `keepPartMs` with what is measured so far of the running trial. */
  readonly onPart: (part: PartialTrial) => void;
  readonly keepPartMs: number;
  /** This machine's place in a group, whose ranks start each trial together; null: it measures alone. */
  readonly place: GroupPlace | null;
  readonly meet: Meet | null;
}

/** What the workers of a trial's own job have measured. */
export interface MeasuredTrial {
  readonly beganNs?: number | undefined;
  readonly machine?: TrialRecord['machine'];
  readonly outcomes: readonly WorkerOutcome[];
  readonly longestQuietNs: number;
  readonly abandoned: boolean;
  readonly eventLoopDelay: { readonly maxNs: number; readonly p99Ns: number };
}

/** The job that runs beside a trial's own, and the start that both share. */
interface Beside extends Stoppable {
  readonly start: Counters;
}

/** What a trial's own job is measured with. */
interface Surroundings {
  readonly before: NfsReading | null;
  readonly beside: Beside | null;
  /** The common start of a group's machines; null: this one measures alone. */
  readonly start: CommonStart | null;
}

/** Runs the workers of a trial's own job. A stop request also reaches the job beside it. */
export async function measureTrial(
  trial: PlannedTrial,
  stage: Stage,
  counters: Counters,
  { before, beside, start }: Surroundings,
  settings: TrialSettings,
): Promise<MeasuredTrial> {
  const isLast = settings.plan.trials.findLast(({ session }) => session === trial.session) === trial;
  const seeds = seedsOf(trial, stage, settings);
  const tasks = tasksOf(stage, counters, seeds, settings.injected, beside?.start ?? null).map((task) => ({
    ...task,
    isLast,
  }));
  const both: Stoppable = {
    requestStop: () => {
      for (const each of [counters, beside?.start, beside]) each?.requestStop();
    },
  };
  const delay = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION_MS });
  const abandonment = new Abandonment(settings.stopped);
  const told = {
    job: stage.arm.spec,
    expectedBytes: expectedBytes(stage.arm, stage.files) / (tasks[0]?.partition?.size ?? 1),
    nfs: new NfsWatch(before),
    looks: settings.looks,
  };
  const watched = watch(
    counters,
    told,
    (view) => {
      abandonment.look(view);
      settings.onLive(trial, stage.arm, view);
    },
    () => settings.onStarting(trial, stage.arm, counters),
  );
  const startedAt = new Date().toISOString();
  const keeper = setInterval(() => {
    const part = partOf(counters, { trial: trial.id, arm: stage.arm.id, target: stage.target.name, startedAt });
    if (part !== null) settings.onPart(part);
  }, settings.keepPartMs);
  settings.onCounters(both);
  const machineUse = ENGINES[stage.engine.used].virtualClock ? () => undefined : watchMachine();
  delay.enable();
  try {
    // Workers of both jobs wait for their common start.
    const starting = beside?.start ?? counters;
    if (start !== null) starting.hold();
    const running = settings.pool.run(tasks, both, abandonment.decided);
    const outcomes = await (start?.release(starting, running) ?? running);
    const { abandoned } = abandonment;
    const longestQuietNs = watched.longestQuietNs();
    const eventLoopDelay = { maxNs: delay.max, p99Ns: delay.percentile(99) };
    const { virtualClock } = ENGINES[stage.engine.used];
    const beganNs = virtualClock ? undefined : beganSince1970(counters, settings.place);
    return { machine: machineUse(), beganNs, outcomes, longestQuietNs, abandoned, eventLoopDelay };
  } finally {
    delay.disable();
    clearInterval(keeper);
    watched.stop();
    settings.onCounters(null);
  }
}
