/** One trial from its files to its record. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { FeedrateError, type SystemFault, systemFaultOf } from '../base/errors.js';
import { seedOf } from '../base/prng.js';
import { chooseEngine } from '../engine/choose.js';
import { Counters } from '../engine/counters.js';
import type { WorkerPool } from '../engine/pool.js';
import type { Slowdown, WorkerOutcome, WorkerTask } from '../engine/protocol.js';
import { ownDirectoryPath } from '../host/own-directory.js';
import { filesOf, touchesFiles } from '../plan/files.js';
import type { Arm, ArmFiles, DataFile, Extent, Plan, PlannedTrial, Target } from '../plan/plan.js';
import type { Injection } from '../record/run-record.js';
import { type EngineUse, RECORD_VERSION, type TrialRecord } from '../record/trial-record.js';
import type { Dataset, Job } from '../workload/workload.js';
import { assembleClient, assembleLatency, assembleRing, assembleSeries, assembleWindow } from './assemble.js';
import { type CachePreparation, exchanged, judgeCache, type Moved, movedSince, prepareCache } from './cache.js';
import { dataDirectory, layOutFiles } from './layout.js';
import { type LiveView, SILENCE_NS, watch } from './live.js';
import { warningsOf } from './warnings.js';

/** What all trials of a session share. */
export interface TrialSettings {
  readonly plan: Plan;
  readonly dataset: Dataset | null;
  readonly runId: string;
  readonly pool: WorkerPool;
  readonly dropCaches: boolean;
  readonly injected: readonly Injection[];
  readonly stopped: () => boolean;
  /** Told the counters of the trial under way, so that a stop can reach its workers; null when it is over. */
  readonly onCounters: (counters: Counters | null) => void;
  /** The workers were left waiting for a target that does not answer: nothing there may be touched any more. */
  readonly onAbandoned: (target: string) => void;
  readonly onLive: (trial: PlannedTrial, arm: Arm, view: LiveView) => void;
}

interface Stage {
  readonly arm: Arm;
  readonly target: Target;
  readonly engine: EngineUse;
  readonly files: ArmFiles;
  /** Where the files lie. */
  readonly directory: string;
  readonly scratchDirectory: string;
}

/** Whether a job reads bytes whose cache state could matter. */
function reads(job: Job): boolean {
  return (
    job.kind === 'checkpoint-restore' ||
    job.kind === 'small-files' ||
    (job.kind === 'io' && job.rw !== 'write' && job.rw !== 'randwrite')
  );
}

function stageOf(trial: PlannedTrial, settings: TrialSettings): Stage {
  const arm = settings.plan.arms[trial.arm] as Arm;
  const target = settings.plan.targets.find(({ name }) => name === arm.target) as Target;
  const files = filesOf(arm, settings.dataset, trial.fileset);
  const scratchDirectory = join(ownDirectoryPath(target, settings.runId, 'scratch'), trial.id);
  const directory = files.place === 'data' ? dataDirectory(target, settings.runId) : scratchDirectory;
  return { arm, target, engine: chooseEngine(arm.spec), files, directory, scratchDirectory };
}

/** One job's own files and extents, numbered anew from 0. */
function shareOf(stage: Stage, job: number): { files: DataFile[]; extents: Extent[] } {
  const extents = stage.files.extents[job] ?? [];
  const wanted = [...new Set(extents.map(({ file }) => file))];
  const slots = new Map(wanted.map((file, slot) => [file, slot]));
  return {
    files: wanted.map((file) => {
      const data = stage.files.files[file] as DataFile;
      return { ...data, path: join(stage.directory, data.path) };
    }),
    extents: extents.map((extent) => ({ ...extent, file: slots.get(extent.file) as number })),
  };
}

/** Where one target is slowed down, the others run through the same loop, so that nothing but the delay differs. */
function slowdownOf({ target }: Stage, injected: readonly Injection[]): Slowdown | null {
  if (injected.length === 0) return null;
  return injected.find(({ target: name }) => name === target.name) ?? { part: 0, delayNs: 0 };
}

function tasksOf(stage: Stage, counters: Counters, seed: number, injected: readonly Injection[]): WorkerTask[] {
  const { arm, engine, files, scratchDirectory } = stage;
  const threads = engine.threadsPerJob;
  return Array.from({ length: counters.workers }, (_, worker) => ({
    memory: counters.memory,
    worker,
    workers: counters.workers,
    thread: worker % threads,
    threads,
    backend: engine.used,
    job: arm.spec,
    ...shareOf(stage, Math.floor(worker / threads)),
    laidOut: files.laidOut,
    scratchDirectory,
    seed,
    slowdown: slowdownOf(stage, injected),
  }));
}

/** Makes the trial's scratch directory and what must be in it, then brings about the cache state. */
async function prepare(stage: Stage, settings: TrialSettings): Promise<CachePreparation> {
  const { arm, files, target, directory, scratchDirectory } = stage;
  const real = touchesFiles(arm);
  if (real && files.place === 'scratch') {
    mkdirSync(scratchDirectory, { recursive: true });
    // Checkpoints name their own directories.
    if (!files.laidOut && arm.spec.kind === 'io') makeDirectoriesOf(directory, files.files);
    if (files.laidOut) await layOutFiles(directory, files.files, { wrote: () => {}, stopped: settings.stopped });
  }
  return prepareCache({
    claim: arm.spec.cache,
    paths: real && files.laidOut ? files.files.map((file) => join(directory, file.path)) : [],
    targetPath: target.path,
    reads: real && reads(arm.spec),
    dropCaches: settings.dropCaches,
    stopped: settings.stopped,
  });
}

function makeDirectoriesOf(directory: string, files: readonly DataFile[]): void {
  for (const path of new Set(files.map((file) => dirname(join(directory, file.path)))))
    mkdirSync(path, { recursive: true });
}

/** Bytes that a trial moves when nothing ends it early; for the progress only. */
function expectedBytes(arm: Arm, files: ArmFiles): number {
  const onePass = files.extents.flat().reduce((sum, extent) => sum + extent.lengthBytes, 0);
  return arm.spec.kind === 'checkpoint-write' ? onePass * arm.spec.checkpoints : onePass;
}

/** After a stop, what waits for a silent target may still end in this time. */
const ABANDON_AFTER_NS = 2e9;

interface Measured {
  readonly outcomes: readonly WorkerOutcome[];
  readonly longestQuietNs: number;
  readonly abandoned: boolean;
  readonly eventLoopDelay: { readonly maxNs: number; readonly p99Ns: number };
}

async function measure(
  trial: PlannedTrial,
  stage: Stage,
  counters: Counters,
  settings: TrialSettings,
): Promise<Measured> {
  // The same trial of the same plan sees the same offsets; another round sees others.
  const seed = seedOf(
    `${settings.plan.seed}/${stage.arm.spec.randseed}/${trial.session}/${trial.round}/${stage.arm.id}`,
  );
  const tasks = tasksOf(stage, counters, seed, settings.injected);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const abandonment = new Abandonment(settings.stopped);
  const watched = watch(counters, stage.arm.spec, expectedBytes(stage.arm, stage.files), (view) => {
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

/** Decides that workers wait in vain: the run is stopped, and their target stays silent. */
class Abandonment {
  readonly #stopped: () => boolean;
  readonly decided: Promise<void>;
  #decide: () => void = () => {};
  #stoppedAtNs: number | null = null;
  abandoned = false;

  constructor(stopped: () => boolean) {
    this.#stopped = stopped;
    this.decided = new Promise((resolve) => {
      this.#decide = resolve;
    });
  }

  look({ elapsedNs, quietNs }: LiveView): void {
    if (!this.#stopped()) return;
    this.#stoppedAtNs ??= elapsedNs;
    if (quietNs < SILENCE_NS || elapsedNs - this.#stoppedAtNs < ABANDON_AFTER_NS) return;
    this.abandoned = true;
    this.#decide();
  }
}

/** A preparation that failed, told like a worker's fault. */
function faultOf(thrown: unknown): SystemFault {
  const cause = thrown instanceof FeedrateError ? thrown.cause : thrown;
  const fault = systemFaultOf(cause ?? thrown);
  return thrown instanceof FeedrateError ? { ...fault, message: thrown.message } : fault;
}

/** What came of a trial, complete or not. */
interface Execution {
  readonly preparation: CachePreparation | null;
  readonly moved: Moved | null;
  readonly measured: Measured;
  readonly fault: TrialRecord['fault'];
}

async function execute(
  trial: PlannedTrial,
  stage: Stage,
  counters: Counters,
  settings: TrialSettings,
): Promise<Execution> {
  let preparation: CachePreparation | null = null;
  let measured: Measured = {
    ...{ outcomes: [], longestQuietNs: 0, abandoned: false },
    eventLoopDelay: { maxNs: 0, p99Ns: 0 },
  };
  try {
    preparation = await prepare(stage, settings);
    measured = await measure(trial, stage, counters, settings);
    const moved = measured.abandoned ? null : movedSince(preparation);
    const failed = measured.outcomes.find((outcome) => outcome.fault !== null);
    return { preparation, moved, measured, fault: failed?.fault ? { ...failed.fault, worker: failed.worker } : null };
  } catch (thrown) {
    return { preparation, moved: null, measured, fault: { ...faultOf(thrown), worker: -1 } };
  } finally {
    if (measured.abandoned) settings.onAbandoned(stage.target.name);
    else removeQuietly(stage.scratchDirectory);
  }
}

/** What cannot be removed now is removed, or complained of, with the run's whole scratch directory. */
function removeQuietly(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
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
    ...{ id: trial.id, session: trial.session, round: trial.round, place: trial.place, rank: 0, warmup: trial.warmup },
    ...{ arm: arm.id, job: arm.job, target: arm.target, factors: arm.factors },
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
        ? []
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
