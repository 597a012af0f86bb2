/** Runs one trial, from its files to its record. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemFaultOf } from '../base/errors.js';
import { workersOf } from '../engine/choose.js';
import { Counters } from '../engine/core/counters.js';
import type { WorkerOutcome } from '../engine/core/protocol.js';
import type { WorkerPool } from '../engine/pool.js';
import { storeOf } from '../host/files/store-of.js';
import type { NfsReading } from '../host/nfs/read-nfs.js';
import { explained } from '../host/system/exhaustion.js';
import type { Arm, PlannedTrial, Target } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';
import { skippedEnds } from '../plan/skipped-ends.js';
import type { PartialTrial } from '../record/partial-trial.js';
import type { Injection } from '../record/run-record.js';
import { RECORD_VERSION, type TrialRecord } from '../record/trial-record.js';
import { ENGINES } from '../workload/engines.js';
import { Abandonment } from './abandonment.js';
import {
  assembleClient,
  assembleLatency,
  assemblePhases,
  assembleRing,
  assembleSeries,
  assembleWindow,
  assembleWire,
} from './assemble.js';
import { assembleReplay } from './assemble-replay.js';
import { type CachePreparation, movedSince } from './cache.js';
import { exchanged, type Moved } from './cache-origin.js';
import { beganSince1970, CommonStart, type GroupPlace, type Meet } from './common-start.js';
import { judgeTrial } from './judge-trial.js';
import { type LiveView, type Looks, watch } from './live.js';
import { NfsWatch } from './live-nfs.js';
import { watchMachine } from './machine-watch.js';
import { missedIn } from './missed-in-trial.js';
import { nullAuOf } from './null-au.js';
import { partOf } from './part.js';
import { type PrepareSettings, prepareTrial } from './prepare-trial.js';
import { readersOfSame } from './shared-files.js';
import { expectedBytes, type Stage, stageOf, tasksOf } from './stage.js';
import { identityOf } from './trial-identity.js';
import { seedsOf } from './trial-seeds.js';
import { silent, warningsOf } from './warnings.js';

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
   * Called with the running trial's counters so that a stop request can reach its workers, and with null when the trial
   * ends.
   */
  readonly onCounters: (counters: Counters | null) => void;
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

interface MeasuredTrial {
  readonly beganNs?: number | undefined;
  readonly machine?: TrialRecord['machine'];
  readonly outcomes: readonly WorkerOutcome[];
  readonly longestQuietNs: number;
  readonly abandoned: boolean;
  readonly eventLoopDelay: { readonly maxNs: number; readonly p99Ns: number };
}

async function measure(
  trial: PlannedTrial,
  stage: Stage,
  counters: Counters,
  before: NfsReading | null,
  settings: TrialSettings,
  start: CommonStart | null,
): Promise<MeasuredTrial> {
  const tasks = tasksOf(stage, counters, seedsOf(trial, stage, settings), settings.injected);
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
  settings.onCounters(counters);
  const machineUse = ENGINES[stage.engine.used].virtualClock ? () => undefined : watchMachine();
  delay.enable();
  try {
    if (start !== null) counters.hold();
    const running = settings.pool.run(tasks, counters, abandonment.decided);
    const outcomes = await (start?.release(counters, running) ?? running);
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

function faultOfWorkers({ outcomes }: MeasuredTrial): TrialRecord['fault'] {
  const failed = outcomes.find(({ fault }) => fault !== null);
  return failed?.fault ? { ...explained(failed.fault), worker: failed.worker } : null;
}

/** The outcome of a trial, whether it completed or failed. */
interface Execution {
  readonly preparation: CachePreparation | null;
  readonly moved: Moved | null;
  readonly measured: MeasuredTrial;
  readonly fault: TrialRecord['fault'];
}

async function execute(
  trial: PlannedTrial,
  stage: Stage,
  counters: Counters,
  settings: TrialSettings,
): Promise<Execution> {
  const start = settings.meet === null ? null : new CommonStart(settings.meet, trial.id);
  let preparation: CachePreparation | null = null;
  let moved: Moved | null = null;
  let fault: TrialRecord['fault'] = null;
  let measured: MeasuredTrial = {
    outcomes: [],
    longestQuietNs: 0,
    abandoned: false,
    eventLoopDelay: { maxNs: 0, p99Ns: 0 },
  };
  try {
    settings.requireUnchanged(stage.target);
    preparation = await prepareTrial(trial, stage, settings);
    measured = await measure(trial, stage, counters, preparation.nfs, settings, start);
    if (!measured.abandoned) moved = movedSince(preparation, assembleWire(measured.outcomes));
    fault = faultOfWorkers(measured) ?? start?.fault ?? null;
  } catch (thrown) {
    // The first failure explains more than a counter that could not be read afterwards.
    fault = faultOfWorkers(measured) ?? { ...explained(systemFaultOf(thrown)), worker: -1 };
    await start?.refuse(fault.message);
  }
  if (measured.abandoned) settings.onAbandoned(stage.target.name);
  else {
    fault = changeOf(stage, settings) ?? fault;
    removeQuietly(stage.scratchDirectory);
  }
  return { preparation, moved, measured, fault };
}

/** Returns the fault of a target that changed during the trial. It explains all others, and counts without them. */
function changeOf({ target }: Stage, settings: TrialSettings): TrialRecord['fault'] {
  try {
    settings.requireUnchanged(target);
    return null;
  } catch (thrown) {
    return { ...explained(systemFaultOf(thrown)), worker: -1 };
  }
}

/** Removes a directory and ignores errors: removing the run's whole scratch directory later tries again and reports. */
function removeQuietly(directory: string): void {
  try {
    storeOf(directory).removeTree(directory);
  } catch {}
}

/** Returns what a training job measured, with its AU on an engine that reads nothing. */
async function trainingOf(
  stage: Stage,
  { outcomes, abandoned }: MeasuredTrial,
  fault: TrialRecord['fault'],
  settings: TrialSettings,
): Promise<TrialRecord['training']> {
  const training = outcomes.find(({ report }) => report?.training !== undefined)?.report?.training;
  if (training === undefined || abandoned || fault !== null || settings.stopped()) return training;
  const nullAu = await nullAuOf(stage, settings.pool, settings.onCounters);
  return nullAu === undefined ? training : { ...training, nullAu };
}

/**
 * Runs a trial and returns its record. Never throws for a failure within the trial: the record has it. The trial's
 * scratch files are removed afterwards.
 */
export async function runTrial(trial: PlannedTrial, settings: TrialSettings): Promise<TrialRecord> {
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const stage = stageOf(trial, settings);
  const { arm } = stage;
  const counters = Counters.allocate(workersOf(arm.spec, stage.engine));
  const { preparation, moved, measured, fault } = await execute(trial, stage, counters, settings);
  const reports = measured.outcomes.map(({ report }) => report).filter((report) => report !== null);
  const engine = { ...stage.engine, ring: assembleRing(reports) };
  const window = assembleWindow(reports);
  const training = await trainingOf(stage, measured, fault, settings);
  const cache = judgeTrial(arm.spec.cache, preparation, window, moved, training);
  const nfs = moved === null ? null : exchanged(moved);
  const client = assembleClient(reports, measured.eventLoopDelay);
  const series = assembleSeries(reports, window.lastDoneNs);
  const phases = assemblePhases(reports);
  const replay = assembleReplay(reports, stage.trace?.trace.head ?? null, arm.spec);
  const { longestQuietNs, machine, beganNs } = measured;
  const missedFiles = measured.abandoned ? null : missedIn(stage, reports);
  const status = settings.stopped() ? 'aborted' : fault === null ? 'ok' : 'failed';
  return {
    recordVersion: RECORD_VERSION,
    ...identityOf(trial, arm, settings.place),
    status,
    fault: status === 'failed' ? fault : null,
    startedAt,
    ...(beganNs !== undefined && { beganNs }),
    wallNs: Math.round((performance.now() - startMs) * 1e6),
    engine,
    window,
    latency: assembleLatency(counters),
    ...(phases !== undefined && { phases }),
    ...(training !== undefined && { training }),
    ...(replay !== undefined && { replay }),
    series,
    cache,
    ...(nfs === null ? {} : { nfs }),
    client,
    ...(machine !== undefined && { machine }),
    ...(missedFiles !== null && { missedFiles }),
    warnings:
      reports.length === 0
        ? [silent({ engine, longestQuietNs })].filter((found) => found !== null)
        : warningsOf({
            job: arm.spec,
            filePlace: stage.files.place,
            engine,
            window,
            ...skippedEnds(arm.spec, stage.files.extents),
            cache,
            nfs,
            client,
            machine,
            longestQuietNs,
            readers: readersOfSame(arm, settings.place),
            shortTransfers: reports.reduce((sum, report) => sum + report.shortTransfers, 0),
            missedFiles,
            status,
            series,
            phases,
            training,
            replay,
          }),
  };
}
