/** Resolves a planned trial into its arm, target, engine and files, and into a task for each worker. */
import { chooseEngine } from '../engine/choose.js';
import type { Counters } from '../engine/core/counters.js';
import type { Slowdown, WorkerTask } from '../engine/core/protocol.js';
import { orderBytes } from '../engine/jobs/replay-order.js';
import { descriptorOf } from '../host/files/held-directories.js';
import { ownDirectoryPath } from '../host/files/own-directory.js';
import { below } from '../host/files/store-of.js';
import { filesOf } from '../plan/arm-files.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import {
  type Arm,
  type ArmFiles,
  besideOf,
  type DataFile,
  type Plan,
  type PlannedTrial,
  type Target,
  targetOf,
} from '../plan/plan.js';
import type { PlannedDataset, RecordedDataset } from '../plan/planned-dataset.js';
import { WholeFiles } from '../plan/whole-share.js';
import type { Injection } from '../record/run-record.js';
import type { EngineUse } from '../record/trial-record.js';
import { dataDirectory } from './data-directory.js';
import type { TaskSeeds } from './trial-seeds.js';

interface StageSettings {
  readonly plan: Plan;
  readonly dataset: PlannedDataset | null;
  readonly runId: string;
}

export interface Stage {
  readonly arm: Arm;
  readonly target: Target;
  readonly engine: EngineUse;
  readonly files: ArmFiles;
  /** The directory that contains the files. */
  readonly directory: string;
  readonly scratchDirectory: string;
  /** The trace that the job replays; null: none. */
  readonly trace: Pick<RecordedDataset, 'image' | 'trace'> | null;
}

export function stageOf(trial: PlannedTrial, settings: StageSettings): Stage {
  const arm = settings.plan.arms[trial.arm] as Arm;
  return stageOfArm(arm, trial, settings, trial.id);
}

/** Returns the stage of the job that runs beside the trial's; null if none does. */
export function stageBeside(trial: PlannedTrial, settings: StageSettings): Stage | null {
  const arm = besideOf(settings.plan, settings.plan.arms[trial.arm] as Arm);
  return arm === undefined ? null : stageOfArm(arm, trial, settings, `${trial.id}-beside`);
}

function stageOfArm(arm: Arm, trial: PlannedTrial, settings: StageSettings, scratchName: string): Stage {
  const target = targetOf(settings.plan, arm);
  const files = filesOf(arm, settings.dataset, trial.fileset);
  const scratchDirectory = below(ownDirectoryPath(target, settings.runId, 'scratch'), scratchName);
  const directory = {
    data: () => dataDirectory(target, settings.runId),
    scratch: () => scratchDirectory,
    existing: () => target.path,
  }[files.place]();
  const trace = settings.dataset?.kind === 'recorded' ? settings.dataset : null;
  return { arm, target, engine: chooseEngine(arm.spec, target), files, directory, scratchDirectory, trace };
}

/** Returns one job's files and extents, renumbered from 0. Whole files are described by their rule. */
function shareOf(stage: Stage, job: number): Pick<WorkerTask, 'files' | 'extents'> {
  const extents = stage.files.extents[job] ?? [];
  if (extents instanceof WholeFiles)
    return { files: extents.of(stage.files.files).placed({ directory: stage.directory }).rule, extents: null };
  const wanted = [...new Set(extents.map(({ file }) => file))];
  const slots = new Map(wanted.map((file, slot) => [file, slot]));
  return {
    files: wanted.map((file) => {
      const data = stage.files.files.at(file) as DataFile;
      return { ...data, path: below(stage.directory, data.path) };
    }),
    extents: extents.map((extent) => ({ ...extent, file: slots.get(extent.file) as number })),
  };
}

/** Returns the target's slowdown. If only another target has one, it is zero: same loop, so only the delay differs. */
function slowdownOf({ target }: Stage, injected: readonly Injection[]): Slowdown | null {
  if (injected.length === 0) return null;
  return injected.find(({ target: name }) => name === target.name) ?? { part: 0, delayNs: 0 };
}

/** @param start the counters of a start that the job shares with another; null: it starts on its own */
export function tasksOf(
  stage: Stage,
  counters: Counters,
  { seed, partition }: TaskSeeds,
  injected: readonly Injection[],
  start: Counters | null = null,
): WorkerTask[] {
  const { arm, engine, files, scratchDirectory, trace } = stage;
  const threads = engine.threadsPerJob;
  const { path } = stage.target;
  const sharedBytes = jobPlanOf(arm.spec).threads?.sharedBytes ?? 0;
  const shared = sharedBytes === 0 ? null : new SharedArrayBuffer(sharedBytes);
  const fd = descriptorOf(path);
  const recording = trace && {
    image: trace.image,
    order: new SharedArrayBuffer(orderBytes(trace.trace.head.tokens)),
  };
  return Array.from({ length: counters.workers }, (_, worker) => ({
    memory: counters.memory,
    ...(start !== null && { start: { memory: start.memory, workers: start.workers } }),
    ...(shared !== null && { shared }),
    worker,
    workers: counters.workers,
    thread: worker % threads,
    threads,
    backend: engine.used,
    job: arm.spec,
    ...shareOf(stage, Math.floor(worker / threads)),
    laidOut: files.laidOut,
    opening: files.place === 'existing' ? files.files.opening : null,
    scratchDirectory,
    held: fd === null ? null : { path, fd },
    seed,
    ...(partition != null && { partition }),
    ...(recording && { recording }),
    slowdown: slowdownOf(stage, injected),
  }));
}

/** Returns the bytes that a trial moves unless it ends early. Used for progress only. */
export function expectedBytes(arm: Arm, files: ArmFiles): number {
  return jobPlanOf(arm.spec).movedBytes(files.files.sums.totalBytes);
}
