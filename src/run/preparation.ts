/** Prepares a run: parses the workload, opens the targets, makes the plan and checks that it fits. */
import { hostname } from 'node:os';
import { FeedrateError } from '../base/errors.js';
import { formatBytes, formatWhole } from '../base/units.js';
import { chooseEngine, engineRefusal } from '../engine/choose.js';
import { measureOwnCost } from '../engine/own-cost.js';
import { captureEnvironment } from '../host/environment.js';
import { chooseDataPlace } from '../host/files/data-place.js';
import { ownFileStatus } from '../host/files/own-file.js';
import { DATA_DIRECTORY_NAME } from '../host/files/own-names.js';
import { below, storeOf, whileHeld } from '../host/files/store-of.js';
import { openTarget, statTarget } from '../host/target.js';
import { imbalancesOf } from '../plan/balance.js';
import type { FileList } from '../plan/file-list.js';
import { dataFilesOf } from '../plan/filesets.js';
import { type DataFile, type Plan, type Target, targetOf } from '../plan/plan.js';
import { type PlannedDataset, scannedIn } from '../plan/planned-dataset.js';
import { rampNotes } from '../plan/ramps.js';
import { planOfRank, type RankFilesPlace } from '../plan/rank-files.js';
import { buildPlan } from '../plan/schedule.js';
import { smallerFiles } from '../plan/size-fields.js';
import { skippedEndsNotes } from '../plan/skipped-ends.js';
import { type ExistingIn, fits, type SpaceNeed, spaceNeeded } from '../plan/space.js';
import type { DatasetRecord } from '../record/dataset-manifest.js';
import { RUN_VERSION, type RunRecord } from '../record/run-record.js';
import { dataDirectory } from '../trial/data-directory.js';
import { overrideText } from '../workload/override-text.js';
import { resolveJob } from '../workload/resolve.js';
import type { Workload } from '../workload/workload.js';
import { refuseWhatTargetsCannot } from './abilities.js';
import { datasetNote, provenDatasets, withDataset } from './datasets.js';
import { touchableOf, untilTouched } from './first-touch.js';
import { foundNotes, type ScanListener } from './found-data.js';
import { requireRemounts } from './remounts.js';
import type { PlanRequest, RunRequest } from './request.js';
import { plannedDataset, type SettledWorkload, settleWorkload } from './settled-workload.js';
import { leftoverNotes, useTargets } from './targets.js';
import { userDataRecords } from './user-data.js';
import { type RecordedVolumes, withVolumes } from './volumes.js';
import { refuseBeyondLimits } from './worker-limits.js';

/** The common input of a run, a dry run and `prepare`. */
export interface Preparation {
  readonly workload: Workload;
  /** The workload's dataset; files that exist were looked for in every target. */
  readonly dataset: PlannedDataset | null;
  readonly workloadSource: string;
  readonly plan: Plan;
  readonly space: readonly SpaceNeed[];
  /** Whether the target is a temporary directory, which is removed after the run with its data files. */
  readonly isTemporary: boolean;
  /** The kept datasets that the run reads, proven unchanged, by the target's name. */
  readonly datasets: ReadonlyMap<string, DatasetRecord>;
  /** Notes for the user before the run starts, one line each. */
  readonly notes: readonly string[];
}

/**
 * Waits until the targets respond, prepares the run, and passes it to `use`. Without targets, it uses a temporary directory
 * and removes it afterwards. Throws `FeedrateError` when the request cannot be carried out, with the code `interrupted` when
 * it was stopped before `use`, and what `use` throws.
 * @param tell called for each target that does not respond, and while files are looked for
 * @param answered resolves when every target has responded. Default: they are touched now
 */
export async function withPreparation<T>(
  request: PlanRequest,
  tell: ScanListener,
  use: (preparation: Preparation) => T | Promise<T>,
  answered?: Promise<void>,
): Promise<T> {
  const targets = useTargets(request.targets);
  try {
    await (answered ?? untilTouched(touchableOf(request.targets), (text) => tell.note?.(text), request.stop));
    const asked = { ...request, targets: targets.list };
    const settled = await settleWorkload(request, tell);
    const preparation = { ...prepareRun(asked, settled), isTemporary: request.targets.length === 0 };
    await request.stop?.listen();
    return await use(preparation);
  } finally {
    targets.dispose();
  }
}

/**
 * Opens the targets and makes the plan. Writes only a small probe file to targets that the plan
 * writes to, so a plan that only reads existing files works on a read-only target. Throws `FeedrateError` when a part is
 * wrong or the plan does not fit into the free space.
 */
function prepareRun(request: PlanRequest, settled: SettledWorkload): Omit<Preparation, 'isTemporary'> {
  const { workload, source, notes: ofCopies } = settled;
  const targets = request.targets.map(({ name, path, read }): Target => {
    const opened = openTarget(name, path, { write: false });
    return read === undefined ? opened : { ...opened, read };
  });
  const common = buildPlan(workload, targets, resolveJob, request.seed ?? workload.seed);
  const ofRank = rankFilesOf(request);
  const planned = planOfRank(common, ofRank);
  const ofEngines = engineNotes(planned);
  // Files that exist are not copied for each rank but divided.
  const dataset = plannedDataset(settled, planned, planned.filesets * (ofRank.files === 'disjoint' ? ofRank.size : 1));
  const ofJobs = [...rampNotes(planned, dataset), ...skippedEndsNotes(planned, dataset), ...imbalancesOf(planned)];
  if (request.measures !== false) refuseBeyondLimits(planned, dataset);
  // Before the targets are held, because what is held cannot be unmounted.
  if (request.remount === true) requireRemounts(planned);
  return whileHeld(
    targets.map(({ path }) => path),
    () => {
      const { datasetId, measures = true } = request;
      const { plan, notes: ofPlaces } =
        datasetId === undefined
          ? withDataPlaces(planned, dataset)
          : { plan: withDataset(planned, dataset, datasetId), notes: [] };
      const datasets = measures ? provenDatasets(plan, dataset) : new Map<string, DatasetRecord>();
      const space = checkedSpace(plan, dataset);
      const ofDatasets = [...datasets].map(([target, record]) => datasetNote(target, record));
      const scanned = scannedIn(dataset);
      const ofFound = scanned === null ? [] : foundNotes(plan, dataset, scanned);
      const ofData = [...ofPlaces, ...ofDatasets, ...ofCopies, ...ofFound];
      const ofOthers = request.group === undefined ? leftoverNotes(targets) : [];
      const notes = [...ofOthers, ...ofData, ...ofEngines, ...ofJobs];
      return { workload, dataset, workloadSource: source, plan, space, datasets, notes };
    },
  );
}

/** Returns how this rank of a group uses data files. A dataset that is kept for later days has no files of ranks. */
export function rankFilesOf({ group, startAt, datasetId }: PlanRequest): RankFilesPlace {
  const { files = null } = group ?? startAt ?? {};
  if (datasetId !== undefined && files === 'disjoint')
    throw new FeedrateError(
      'usage',
      '--rank-files disjoint: a dataset of --dataset-id is shared by all ranks; leave one out',
    );
  const { rank, size } = group?.meetings.group ?? startAt?.startTime.place ?? { rank: 0, size: 1 };
  return { rank, size, files: datasetId === undefined ? files : 'shared' };
}

/** Chooses the directories of the data files. Targets with the same path share one. Throws as `chooseDataPlace` does. */
function withDataPlaces(plan: Plan, dataset: PlannedDataset | null): { readonly plan: Plan; readonly notes: string[] } {
  const notes: string[] = [];
  const targets = plan.targets.map((target): Target => {
    const sharing = plan.targets.filter(({ path }) => path === target.path);
    const unions = sharing.map((each) => dataFilesOf(plan, dataset, each));
    if (unions.every(({ isEmpty }) => isEmpty)) return target;
    const { name, note } = chooseDataPlace(target, function* () {
      for (const union of unions)
        for (const { folder, list, places } of union.folders()) yield { folder, files: filesAt(list, places) };
    });
    if (note !== null) notes.push(note);
    return name === DATA_DIRECTORY_NAME ? target : { ...target, dataDirectory: name };
  });
  return { plan: { ...plan, targets }, notes };
}

function* filesAt(list: FileList, places: Iterable<number>): Generator<DataFile, void> {
  for (const place of places) yield list.at(place) as DataFile;
}

/** Returns the space that the plan needs. Throws `FeedrateError` when a target cannot do what the plan asks of it. */
function checkedSpace(plan: Plan, dataset: PlannedDataset | null): readonly SpaceNeed[] {
  const { targets } = plan;
  const space = spaceNeeded(plan, dataset, existingIn);
  const written = writtenTargets(space, targets);
  for (const { name, path } of targets) if (written.has(name)) openTarget(name, path, { write: true });
  refuseWhatDoesNotFit(plan, space, targets);
  refuseWhatTargetsCannot(plan, dataset, written);
  return space;
}

/** Returns what tells whether a target has a data file, or null when it has no data files at all. */
export function existingIn(target: Target): ExistingIn | null {
  const directory = dataDirectory(target, 'none');
  const exists = (path: string) => storeOf(path).status(path) !== null;
  if (!exists(directory)) return null;
  const isFile = (path: string, bytes: number) => ownFileStatus(below(directory, path))?.bytes === bytes;
  return (folder) => (exists(below(directory, folder)) ? isFile : null);
}

/** Returns the names of the targets whose directory the plan writes to, also as another target with the same path. */
function writtenTargets(space: readonly SpaceNeed[], targets: readonly Target[]): ReadonlySet<string> {
  const directories = new Set(targets.filter((_, i) => (space[i]?.writtenBytes ?? 0) > 0).map(({ path }) => path));
  return new Set(targets.filter(({ path }) => directories.has(path)).map(({ name }) => name));
}

/** Returns a note for each reason why threads replace a queue. Throws for a named engine that cannot run here. */
function engineNotes(plan: Plan): string[] {
  const notes = new Set<string>();
  for (const arm of plan.arms) {
    const { job, spec } = arm;
    const target = targetOf(plan, arm);
    const refusal = engineRefusal(spec, target);
    if (refusal !== null) {
      const remedy = 'use ioengine: auto to choose an engine that is available';
      throw new FeedrateError(
        'measurement',
        `${job}: ioengine ${spec.ioengine} cannot run here: ${refusal}; ${remedy}`,
      );
    }
    const { reason } = chooseEngine(spec, target);
    if (reason !== null) notes.add(`using blocking threads instead of an I/O queue for iodepth: ${reason}`);
  }
  return [...notes];
}

/** Throws when the plan does not fit. Targets on one file system share its space; only one trial's scratch exists at a time. */
function refuseWhatDoesNotFit(plan: Plan, space: readonly SpaceNeed[], targets: readonly Target[]): void {
  const devices = targets.map(({ path }) => storeOf(path).statusBehind(path)?.device);
  for (const device of new Set(devices)) {
    const sharing = targets.filter((_, i) => devices[i] === device);
    const needs = space.filter(({ target }) => sharing.some(({ name }) => name === target));
    const dataSpaceBytes = needs.reduce((sum, need) => sum + need.dataSpaceBytes, 0);
    const scratchSpaceBytes = Math.max(...needs.map((need) => need.scratchSpaceBytes));
    const entries = needs.reduce((sum, need) => sum + need.dataEntries, 0);
    const scratchEntries = Math.max(...needs.map((need) => need.scratchEntries));
    const { totalBytes, freeBytes, freeFiles } = statTarget(sharing[0] as Target);
    const verdict = fits({ dataSpaceBytes, scratchSpaceBytes }, { totalBytes, freeBytes });
    const who = sharing.map(({ name, path }) => `${name} (${path})`).join(', ');
    if (freeFiles !== null && entries + scratchEntries > freeFiles) {
      throw new FeedrateError(
        'target',
        `target ${who}: the plan needs ${formatWhole(entries + scratchEntries)} files and directories, but the file system ` +
          `has room for ${formatWhole(freeFiles)} (df -i); remove files there, or use fewer with a smaller nrfiles`,
      );
    }
    if (verdict.fits) continue;
    throw new FeedrateError(
      'target',
      `target ${who}: the plan needs ${formatBytes(verdict.neededBytes)} and a margin of ${formatBytes(verdict.marginBytes)}, ` +
        `but ${formatBytes(freeBytes)} are free; free some space, or use smaller files with ${smallerFiles(
          plan,
          sharing.map(({ name }) => name),
        )}`,
    );
  }
}

/** Returns the record of a run that begins now. */
export function runRecordOf(
  preparation: Preparation,
  request: Omit<RunRequest, 'workload' | 'targets' | 'seed' | 'resultsDirectory' | 'stop'>,
  volumes: RecordedVolumes = new Map(),
): Omit<RunRecord, 'id'> {
  const { labels = {}, overrides = [], command = [], dropCaches = false, remount = false, injected = [] } = request;
  const { calibration = false } = request;
  const { plan, workloadSource, datasets } = preparation;
  const environment = captureEnvironment(plan.targets);
  const scanned = scannedIn(preparation.dataset);
  const userData = scanned === null ? new Map() : userDataRecords(scanned, plan.targets);
  const targets = environment.targets.map((target) => {
    const [kept, users] = [datasets.get(target.name), userData.get(target.name)];
    return { ...target, ...(kept && { dataset: kept }), ...(users && { userData: users }) };
  });
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
    environment: withVolumes({ ...environment, targets }, volumes),
    ownCost: measureOwnCost(),
    ...(injected.length === 0 ? {} : { injected }),
    calibration,
    dropCaches,
    remount,
  };
}
