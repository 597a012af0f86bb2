/** One trial from its files to its record. */
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FeedrateError, type SystemFault, systemFaultOf } from '../base/errors.js';
import { seedOf } from '../base/prng.js';
import { Counters } from '../engine/core/counters.js';
import type { WorkerOutcome } from '../engine/core/protocol.js';
import type { WorkerPool } from '../engine/pool.js';
import { below, storeOf } from '../host/files/store-of.js';
import type { NfsReading } from '../host/nfs/read-nfs.js';
import { touchesFiles } from '../plan/arm-files.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Arm, DataFile, Plan, PlannedTrial, Target } from '../plan/plan.js';
import type { Injection } from '../record/run-record.js';
import { RECORD_VERSION, type TrialRecord } from '../record/trial-record.js';
import type { Dataset } from '../workload/workload.js';
import { Abandonment } from './abandonment.js';
import {
  assembleClient,
  assembleLatency,
  assembleRing,
  assembleSeries,
  assembleWindow,
  assembleWire,
} from './assemble.js';
import { type CachePreparation, movedSince, prepareCache } from './cache.js';
import { exchanged, judgeCache, type Moved } from './cache-verdict.js';
import { layOutFiles } from './layout.js';
import { type LiveView, type Looks, watch } from './live.js';
import { NfsWatch } from './live-nfs.js';
import { expectedBytes, type Stage, stageOf, tasksOf } from './stage.js';
import { silent, warningsOf } from './warnings.js';

/** Each reading wakes this thread, on a processor that a worker may have. */
const LOOP_DELAY_RESOLUTION_MS = 50;

/** What all trials of a session share. */
export interface TrialSettings {
  readonly plan: Plan;
  readonly dataset: Dataset | null;
  readonly runId: string;
  readonly pool: WorkerPool;
  readonly dropCaches: boolean;
  /** Mounts a target anew before its cold trials; null: nobody does. A session in which it fails is over. */
  readonly remount: ((target: Target) => Promise<void>) | null;
  readonly injected: readonly Injection[];
  readonly looks: Looks;
  readonly stopped: () => boolean;
  /** Told the counters of the trial under way, so that a stop can reach its workers; null when it is over. */
  readonly onCounters: (counters: Counters | null) => void;
  /** The workers were left waiting for a target that does not answer: nothing there may be touched any more. */
  readonly onAbandoned: (target: string) => void;
  readonly onLive: (trial: PlannedTrial, arm: Arm, view: LiveView) => void;
}

/** Makes the trial's scratch directory and what must be in it, then brings about the cache state. */
async function prepare(stage: Stage, settings: TrialSettings): Promise<CachePreparation> {
  const { arm, files, target, directory, scratchDirectory } = stage;
  const real = touchesFiles(arm);
  const { reads, makesDirectories } = jobPlanOf(arm.spec);
  const { remount } = settings;
  if (real && files.place === 'scratch') {
    storeOf(scratchDirectory).makeDirectories(scratchDirectory);
    if (!files.laidOut && !makesDirectories) makeDirectoriesOf(directory, files.files);
    if (files.laidOut) await layOutFiles(directory, files.files, { wrote: () => {}, stopped: settings.stopped });
  }
  return prepareCache({
    claim: arm.spec.cache,
    paths: real && files.laidOut ? files.files.map((file) => below(directory, file.path)) : [],
    targetPath: target.path,
    reads: real && reads,
    dropCaches: settings.dropCaches,
    remount: remount === null ? null : () => remount(target),
    stopped: settings.stopped,
  });
}

function makeDirectoriesOf(directory: string, files: readonly DataFile[]): void {
  for (const path of new Set(files.map((file) => dirname(below(directory, file.path)))))
    storeOf(path).makeDirectories(path);
}

interface MeasuredTrial {
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
): Promise<MeasuredTrial> {
  // The same trial of the same plan sees the same offsets; another round sees others.
  const seed = seedOf(
    `${settings.plan.seed}/${stage.arm.spec.randseed}/${trial.session}/${trial.round}/${stage.arm.id}`,
  );
  const tasks = tasksOf(stage, counters, seed, settings.injected);
  const delay = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION_MS });
  const abandonment = new Abandonment(settings.stopped);
  const told = {
    job: stage.arm.spec,
    expectedBytes: expectedBytes(stage.arm, stage.files),
    nfs: new NfsWatch(before),
    looks: settings.looks,
  };
  const watched = watch(counters, told, (view) => {
    abandonment.look(view);
    settings.onLive(trial, stage.arm, view);
  });
  settings.onCounters(counters);
  delay.enable();
  try {
    const outcomes = await settings.pool.run(tasks, counters, abandonment.decided);
    const { abandoned } = abandonment;
    const longestQuietNs = watched.longestQuietNs();
    return { outcomes, longestQuietNs, abandoned, eventLoopDelay: { maxNs: delay.max, p99Ns: delay.percentile(99) } };
  } finally {
    delay.disable();
    watched.stop();
    settings.onCounters(null);
  }
}

/** A preparation that failed, told like a worker's fault. */
function faultOf(thrown: unknown): SystemFault {
  const cause = thrown instanceof FeedrateError ? thrown.cause : thrown;
  const fault = systemFaultOf(cause ?? thrown);
  return thrown instanceof FeedrateError ? { ...fault, message: thrown.message } : fault;
}

function faultOfWorkers({ outcomes }: MeasuredTrial): TrialRecord['fault'] {
  const failed = outcomes.find(({ fault }) => fault !== null);
  return failed?.fault ? { ...failed.fault, worker: failed.worker } : null;
}

/** What came of a trial, complete or not. */
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
  let preparation: CachePreparation | null = null;
  let measured: MeasuredTrial = {
    outcomes: [],
    longestQuietNs: 0,
    abandoned: false,
    eventLoopDelay: { maxNs: 0, p99Ns: 0 },
  };
  try {
    preparation = await prepare(stage, settings);
    measured = await measure(trial, stage, counters, preparation.nfs, settings);
    const moved = measured.abandoned ? null : movedSince(preparation, assembleWire(measured.outcomes));
    return { preparation, moved, measured, fault: faultOfWorkers(measured) };
  } catch (thrown) {
    // What failed first says more than what could not be asked of the target afterwards.
    const fault = faultOfWorkers(measured) ?? { ...faultOf(thrown), worker: -1 };
    return { preparation, moved: null, measured, fault };
  } finally {
    if (measured.abandoned) settings.onAbandoned(stage.target.name);
    else removeQuietly(stage.scratchDirectory);
  }
}

/** What cannot be removed now is removed, or complained of, with the run's whole scratch directory. */
function removeQuietly(directory: string): void {
  try {
    storeOf(directory).removeTree(directory);
  } catch {}
}

/**
 * Runs a trial and returns its record, whatever happens in it: what fails is in the record. The
 * trial's scratch files are gone afterwards.
 */
export async function runTrial(trial: PlannedTrial, settings: TrialSettings): Promise<TrialRecord> {
  const startedAt = new Date().toISOString();
  const startMs = performance.now();
  const stage = stageOf(trial, settings);
  const { arm } = stage;
  const counters = Counters.allocate(arm.spec.numjobs * stage.engine.threadsPerJob);
  const { preparation, moved, measured, fault } = await execute(trial, stage, counters, settings);
  const reports = measured.outcomes.map(({ report }) => report).filter((report) => report !== null);
  const engine = { ...stage.engine, ring: assembleRing(reports) };
  const window = assembleWindow(reports);
  const cache = judgeCache(arm.spec.cache, preparation, window, moved);
  const nfs = moved === null ? null : exchanged(moved);
  const client = assembleClient(reports, measured.eventLoopDelay);
  const series = assembleSeries(reports, window.lastDoneNs);
  const { longestQuietNs } = measured;
  const shortTransfers = reports.reduce((sum, report) => sum + report.shortTransfers, 0);
  const status = settings.stopped() ? 'aborted' : fault === null ? 'ok' : 'failed';
  return {
    recordVersion: RECORD_VERSION,
    id: trial.id,
    session: trial.session,
    round: trial.round,
    place: trial.place,
    rank: 0,
    warmup: trial.warmup,
    arm: arm.id,
    job: arm.job,
    target: arm.target,
    factors: arm.factors,
    ...(trial.fileset === undefined ? {} : { fileset: trial.fileset }),
    status,
    fault: status === 'failed' ? fault : null,
    startedAt,
    wallNs: Math.round((performance.now() - startMs) * 1e6),
    engine,
    window,
    latency: assembleLatency(counters),
    series,
    cache,
    ...(nfs === null ? {} : { nfs }),
    client,
    warnings:
      reports.length === 0
        ? [silent({ engine, longestQuietNs })].filter((found) => found !== null)
        : warningsOf({
            job: arm.spec,
            engine,
            window,
            cache,
            nfs,
            client,
            longestQuietNs,
            shortTransfers,
            status,
            series,
          }),
  };
}
