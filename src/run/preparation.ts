/** What stands before a run: the workload read, the targets opened, the plan made and found to fit. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { formatBytes } from '../base/units.js';
import { chooseEngine, engineRefusal } from '../engine/choose.js';
import { measureOwnCost } from '../engine/own-cost.js';
import { captureEnvironment } from '../host/environment.js';
import { refuseForeignDirectory } from '../host/files/own-directory.js';
import { below, storeOf } from '../host/files/store-of.js';
import { openTarget, statTarget } from '../host/target.js';
import { imbalancesOf } from '../plan/balance.js';
import { dataFilesOf } from '../plan/filesets.js';
import { type Plan, type Target, targetOf } from '../plan/plan.js';
import { buildPlan } from '../plan/schedule.js';
import { fits, type SpaceNeed, spaceNeeded } from '../plan/space.js';
import { RUN_VERSION, type RunRecord } from '../record/run-record.js';
import { dataDirectory } from '../trial/layout.js';
import { overrideText } from '../workload/override-text.js';
import { parseWorkload } from '../workload/parse.js';
import { resolveJob } from '../workload/resolve.js';
import type { Workload } from '../workload/workload.js';
import { refuseWhatTargetsCannot } from './abilities.js';
import { untilTargetsAnswer } from './first-touch.js';
import { requireRemounts } from './remounts.js';
import type { PlanRequest, RunRequest, WorkloadText } from './request.js';
import { leftoverNotes, useTargets } from './targets.js';

/** What a run, a dry run and the layout of data files work from. */
export interface Preparation {
  readonly workload: Workload;
  readonly workloadSource: string;
  readonly plan: Plan;
  readonly space: readonly SpaceNeed[];
  /** What the user should know before it starts, a line each. */
  readonly notes: readonly string[];
}

/** Reads a workload file. Throws `FeedrateError('workload')`. */
export function readWorkload(path: string): WorkloadText {
  try {
    return { source: readFileSync(path, 'utf8'), path };
  } catch (thrown) {
    const { code } = systemFaultOf(thrown);
    throw new FeedrateError('workload', `cannot read the workload ${path}: ${code}; give the path of a .yaml file`, {
      cause: thrown,
    });
  }
}

/**
 * Waits until the targets respond, prepares the run, and hands it to `use`. Where no target was named there is a temporary
 * directory meanwhile. Throws `FeedrateError` when the request cannot be carried out, and what `use` throws.
 * @param tell told which target does not respond
 * @param answered resolves when every target has responded. Default: they are touched now
 */
export async function withPreparation<T>(
  request: PlanRequest,
  tell: { note?(text: string): void },
  use: (preparation: Preparation) => T | Promise<T>,
  answered?: Promise<void>,
): Promise<T> {
  const targets = useTargets(request.targets);
  try {
    await (answered ?? untilTargetsAnswer(request.targets, (text) => tell.note?.(text)));
    return await use(prepareRun({ ...request, targets: targets.list }));
  } finally {
    targets.dispose();
  }
}

/**
 * Parses the workload, opens the targets and makes the plan. Throws `FeedrateError` when a part of
 * it is wrong or the plan does not fit the free space. Nothing is written but a probe of the targets that the plan
 * writes on; a plan that only reads what is there already can use a read-only one.
 */
function prepareRun(request: PlanRequest): Preparation {
  const { source, path: workloadPath } = request.workload;
  const workload = parseWorkload(source, workloadPath, request.overrides ?? []);
  const targets = request.targets.map(({ name, path }) => openTarget(name, path, { write: false }));
  const plan = buildPlan(workload, targets, resolveJob, request.seed ?? workload.seed);
  const ofEngines = engineNotes(plan);
  if (request.remount === true) requireRemounts(plan);
  for (const target of targets) {
    if (dataFilesOf(plan, workload.dataset, target).length > 0) refuseForeignDirectory(dataDirectory(target, 'none'));
  }
  const space = spaceNeeded(
    plan,
    workload.dataset,
    (target, path, bytes) =>
      storeOf(target.path).statusBehind(below(dataDirectory(target, 'none'), path))?.bytes === bytes,
  );
  const written = writtenTargets(space, targets);
  for (const { name, path } of targets) if (written.has(name)) openTarget(name, path, { write: true });
  refuseWhatDoesNotFit(space, targets);
  refuseWhatTargetsCannot(plan, workload.dataset, written);
  return {
    workload,
    workloadSource: source,
    plan,
    space,
    notes: [...leftoverNotes(targets), ...ofEngines, ...imbalancesOf(plan)],
  };
}

/** Names of the targets whose directory the plan writes in, be it under another target's name. */
function writtenTargets(space: readonly SpaceNeed[], targets: readonly Target[]): ReadonlySet<string> {
  const directories = new Set(targets.filter((_, i) => (space[i]?.writtenBytes ?? 0) > 0).map(({ path }) => path));
  return new Set(targets.filter(({ path }) => directories.has(path)).map(({ name }) => name));
}

/** What takes the place of queues that the kernel refuses, said once. Throws for a named engine that cannot run here. */
function engineNotes(plan: Plan): string[] {
  const notes = new Set<string>();
  for (const arm of plan.arms) {
    const { job, spec } = arm;
    const target = targetOf(plan, arm);
    const refusal = engineRefusal(spec, target);
    if (refusal !== null) {
      const remedy = 'leave ioengine at auto to use what the machine has';
      throw new FeedrateError(
        'measurement',
        `${job}: ioengine ${spec.ioengine} cannot run here: ${refusal}; ${remedy}`,
      );
    }
    const { reason } = chooseEngine(spec, target);
    if (reason !== null) notes.add(`blocking threads take the place of iodepth: ${reason}`);
  }
  return [...notes];
}

/** Targets on one file system share its space: what stays adds up; of the scratch, one trial's is there at a time. */
function refuseWhatDoesNotFit(space: readonly SpaceNeed[], targets: readonly Target[]): void {
  const devices = targets.map(({ path }) => storeOf(path).statusBehind(path)?.device);
  for (const device of new Set(devices)) {
    const sharing = targets.filter((_, i) => devices[i] === device);
    const needs = space.filter(({ target }) => sharing.some(({ name }) => name === target));
    const dataBytes = needs.reduce((sum, need) => sum + need.dataBytes, 0);
    const scratchBytes = Math.max(...needs.map((need) => need.scratchBytes));
    const { totalBytes, freeBytes } = statTarget(sharing[0] as Target);
    const verdict = fits({ dataBytes, scratchBytes }, { totalBytes, freeBytes });
    if (verdict.fits) continue;
    const who = sharing.map(({ name, path }) => `${name} (${path})`).join(', ');
    throw new FeedrateError(
      'target',
      `target ${who}: the plan needs ${formatBytes(verdict.neededBytes)} and a margin of ${formatBytes(verdict.marginBytes)}, ` +
        `but ${formatBytes(freeBytes)} are free; free some space, or use smaller files with --set size=…`,
    );
  }
}

/** The record of a run that begins now. */
export function runRecordOf(
  { plan, workloadSource }: Preparation,
  request: Omit<RunRequest, 'workload' | 'targets' | 'seed' | 'resultsDirectory' | 'stop'>,
): Omit<RunRecord, 'id'> {
  const { labels = {}, overrides = [], command = [], dropCaches = false, remount = false, injected = [] } = request;
  return {
    runVersion: RUN_VERSION,
    status: 'running',
    startedAt: new Date().toISOString(),
    endedAt: null,
    pid: process.pid,
    hostname: hostname(),
    command,
    labels,
    workloadSource,
    overrides: overrides.map(overrideText),
    plan,
    environment: captureEnvironment(plan.targets),
    ownCost: measureOwnCost(),
    ...(injected.length === 0 ? {} : { injected }),
    dropCaches,
    remount,
  };
}
