/** Runs the engine's worker threads without the trial around them: for tests and benchmarks of the engine alone. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { OperationKind } from '../../src/base/latency-kinds.js';
import { workersOf } from '../../src/engine/choose.js';
import { CELL, Counters } from '../../src/engine/core/counters.js';
import type { Slowdown, WorkerOutcome, WorkerReport, WorkerTask } from '../../src/engine/core/protocol.js';
import type { WorkerPool } from '../../src/engine/pool.js';
import type { SparseCounts } from '../../src/histogram/sparse-counts.js';
import { jobPlanOf } from '../../src/plan/jobs/registry.js';
import type { DataFile, Extent } from '../../src/plan/plan.js';
import type { Window } from '../../src/record/trial-record.js';
import { assembleLatency, assembleWindow } from '../../src/trial/assemble.js';
import { layOutFiles } from '../../src/trial/lay-out-files.js';
import type { Job } from '../../src/workload/workload.js';

/** Writes the files below a directory and returns them with absolute paths, as workers want them. */
export async function layOut(directory: string, files: readonly DataFile[]): Promise<DataFile[]> {
  const totals = { totalFiles: files.length, totalBytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  const layout = { directory, passingDirectory: null, heldPath: null, files, ...totals };
  await layOutFiles(layout, { progress: () => {}, stopped: () => false });
  return below(directory, files);
}

export function below(directory: string, files: readonly DataFile[]): DataFile[] {
  return files.map((file) => ({ ...file, path: join(directory, file.path) }));
}

/** All files, whole: what fio gives each of its jobs that name the same files. */
export function wholeFiles(files: readonly DataFile[]): Extent[] {
  return files.map(({ bytes }, file) => ({ file, startBytes: 0, lengthBytes: bytes }));
}

export interface EngineSetting {
  /** With absolute paths. Every worker gets this list, or the one that `filesOf` gives it. */
  readonly files: readonly DataFile[];
  readonly filesOf?: (worker: number) => readonly DataFile[];
  /** One list per worker; every worker gets all files whole otherwise. */
  readonly extents?: readonly (readonly Extent[])[];
  readonly laidOut?: boolean;
  readonly scratchDirectory?: string;
  readonly seed?: number;
  readonly partition?: WorkerTask['partition'];
  readonly slowdown?: Slowdown;
}

export interface EngineRun {
  readonly outcomes: readonly WorkerOutcome[];
  readonly reports: readonly WorkerReport[];
  readonly window: Window;
  readonly latency: Partial<Record<OperationKind, SparseCounts>>;
}

/** One trial's measured part on a pool that is warm. `counters` is for callers that look or stop meanwhile. */
export async function runEngine(
  pool: WorkerPool,
  job: Job,
  setting: EngineSetting,
  counters = Counters.allocate(workersOf(job, { threadsPerJob: jobPlanOf(job).threads?.each ?? 1 })),
): Promise<EngineRun> {
  const { workers } = counters;
  const sharedBytes = jobPlanOf(job).threads?.sharedBytes;
  const shared = sharedBytes === undefined ? {} : { shared: new SharedArrayBuffer(sharedBytes) };
  const tasks = Array.from({ length: workers }, (_, worker): WorkerTask => {
    const files = setting.filesOf?.(worker) ?? setting.files;
    return {
      ...shared,
      memory: counters.memory,
      worker,
      workers,
      thread: 0,
      threads: 1,
      backend: job.ioengine === 'auto' ? 'psync' : job.ioengine,
      job,
      files,
      extents: setting.extents?.[worker] ?? wholeFiles(files),
      laidOut: setting.laidOut ?? true,
      scratchDirectory: setting.scratchDirectory ?? '/nonexistent',
      seed: setting.seed ?? job.randseed,
      ...(setting.partition !== undefined && { partition: setting.partition }),
      slowdown: setting.slowdown ?? null,
    };
  });
  const outcomes = await pool.run(tasks, counters);
  const reports = outcomes.map(({ report }) => report).filter((report) => report !== null);
  return { outcomes, reports, window: assembleWindow(reports), latency: assembleLatency(counters) };
}

/** As `runEngine`, for callers that need every worker to have ended well: throws the first fault. */
export async function runEngineWell(...args: Parameters<typeof runEngine>): Promise<EngineRun> {
  const run = await runEngine(...args);
  const fault = run.outcomes.find((outcome) => outcome.fault !== null)?.fault;
  if (fault) throw new Error(`${fault.code} in ${fault.syscall}: ${fault.message}`);
  if (run.reports.length < run.outcomes.length) throw new Error('a worker was stopped before it began');
  return run;
}

/** Asks the workers to stop once the first of them has published its clock: it is in the measured part. */
export async function stopOnceMeasuring(counters: Counters): Promise<void> {
  while (!((counters.cellsOf(0)[CELL.nowNs] as number) > 0)) await wait(5);
  counters.requestStop();
}
