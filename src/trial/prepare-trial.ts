/** What is done before a trial: its scratch files, and the state of the caches. */
import { dirname } from 'node:path';
import { storeOf } from '../host/files/store-of.js';
import { touchesFiles, writesScratch } from '../plan/arm-files.js';
import type { FileList } from '../plan/file-list.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { Arm, Plan, PlannedTrial, Target } from '../plan/plan.js';
import { ENGINES } from '../workload/engines.js';
import { type CachePreparation, prepareCache } from './cache.js';
import type { PreparingStep, WorkProgress } from './events.js';
import { layOutFiles } from './lay-out-files.js';
import { isUsedBefore } from './server-cache.js';
import type { Stage } from './stage.js';

/** The settings of a session that its trials are prepared with. */
export interface PrepareSettings {
  readonly plan: Plan;
  readonly dropCaches: boolean;
  /** Remounts a target before its cold trials; null: no remounts. If it fails, the session ends. */
  readonly remount: ((target: Target) => Promise<void>) | null;
  /** The targets whose data files this session wrote. */
  readonly wrote: ReadonlySet<string>;
  readonly stopped: () => boolean;
  /** Called some times a second while files are written, evicted or read before a trial. */
  readonly onPreparing: (trial: PlannedTrial, arm: Arm, step: PreparingStep, work: WorkProgress) => void;
}

/** Removes a trial's scratch files and ignores errors: removing the run's whole scratch directory later tries again and reports. */
export function removeScratch({ scratchDirectory }: Stage): void {
  try {
    storeOf(scratchDirectory).removeTree(scratchDirectory);
  } catch {}
}

/** Creates the trial's scratch directory and its files, then prepares the cache state. Throws `LayoutStopped` after a stop. */
export async function prepareTrial(
  trial: PlannedTrial,
  stage: Stage,
  settings: PrepareSettings,
): Promise<CachePreparation> {
  const { arm, files, target, directory, scratchDirectory } = stage;
  const real = touchesFiles(arm);
  const { reads, makesDirectories } = jobPlanOf(arm.spec);
  const { remount } = settings;
  const tell = (step: PreparingStep, work: WorkProgress) => settings.onPreparing(trial, arm, step, work);
  const isScratch = files.place === 'scratch';
  if (real && writesScratch(files))
    storeOf(scratchDirectory).makeDirectories(dirname(scratchDirectory), scratchDirectory);
  if (real && isScratch) {
    if (!files.laidOut && !makesDirectories) makeDirectoriesOf(directory, files.files);
    if (files.laidOut) await layOutScratch(stage, settings.stopped, (work) => tell('scratch files', work));
  }
  return prepareCache({
    claim: arm.spec.cache,
    paths: real && files.laidOut ? files.files.pathsIn(directory) : [],
    targetPath: target.path,
    reads: real && reads,
    dropCaches: settings.dropCaches,
    remount: remount === null ? null : () => remount(target),
    countsReads: !ENGINES[stage.engine.used].mapsFiles,
    sharesFiles: jobPlanOf(arm.spec).sharesFiles ?? false,
    touchedBefore: files.place === 'scratch' || settings.wrote.has(target.name) || isUsedBefore(settings.plan, trial),
    stopped: settings.stopped,
    progress: tell,
    totalBytes: real ? files.files.sums.totalBytes : 0,
  });
}

/** Fills the files of a trial that overwrites them. Nobody else knows their directory, so they need no other names first. */
function layOutScratch(
  { files: { files }, target, directory }: Stage,
  stopped: () => boolean,
  progress: (work: WorkProgress) => void,
): Promise<void> {
  const totals = { totalFiles: files.length, totalBytes: files.sums.totalBytes };
  const layout = { directory, passingDirectory: null, heldPath: target.path, files, ...totals };
  return layOutFiles(layout, { progress, stopped });
}

function makeDirectoriesOf(directory: string, files: FileList): void {
  let made = '';
  for (const path of files.pathsIn(directory)) {
    const parent = dirname(path);
    if (parent !== made) storeOf(path).makeDirectories(directory, parent);
    made = parent;
  }
}
