import { filesOf, touchesFiles } from './arm-files.js';
import { FILES_PER_FOLDER } from './file-list.js';
import { countFile, type FileCount, type FileUnion } from './file-union.js';
import { dataFilesOf } from './filesets.js';
import { jobPlanOf } from './jobs/registry.js';
import { type Arm, type Plan, partiesOf, type Target, trialsByArm } from './plan.js';
import type { PlannedDataset } from './planned-dataset.js';
import { mostSpaceOf } from './size-sums.js';

const GIB = 2 ** 30;

/** The space that a plan needs on one target. */
export interface SpaceNeed {
  /** The target's name. */
  readonly target: string;
  /** Bytes of data files that are not there yet. They stay after the run. */
  readonly dataBytes: number;
  /** The most that the scratch files of a single trial have at once. They are removed after it. */
  readonly scratchBytes: number;
  /** The space that these files take, each rounded up to whole blocks of 4 KiB. */
  readonly dataSpaceBytes: number;
  readonly scratchSpaceBytes: number;
  /** Number of these data files. */
  readonly dataFiles: number;
  /** Files and directories that these data files and scratch files add. */
  readonly dataEntries: number;
  readonly scratchEntries: number;
  /** All bytes written during the run, layout included. */
  readonly writtenBytes: number;
  /** Whether more may be written: jobs that write for a given time are counted as one pass. */
  readonly writtenIsLowerBound: boolean;
}

/**
 * Returns the space that the plan needs for data files and scratch files, per target in the plan's order. Files that
 * targets of the same directory share are counted for the first target. Throws `FeedrateError('workload')` as `filesOf`
 * does.
 * @param existingIn returns whether a data file is on this target already; null: the target has none
 */
export function spaceNeeded(
  plan: Plan,
  dataset: PlannedDataset | null,
  existingIn: (target: Target) => ExistingIn | null,
): SpaceNeed[] {
  const trials = trialsByArm(plan);
  return plan.targets.map((target) => {
    const before = plan.targets.slice(0, plan.targets.indexOf(target)).filter(({ path }) => path === target.path);
    const missing = missingOf(dataFilesOf(plan, dataset, target, before), existingIn(target));
    let scratch = NO_SCRATCH;
    let writtenBytes = 0;
    let writtenIsLowerBound = false;
    plan.arms.forEach((arm, index) => {
      if (arm.target !== target.name) return;
      const parties = partiesOf(plan, arm).filter(touchesFiles);
      const needs = parties.map((each) => scratchOf(each, dataset));
      const count = trials[index] ?? 0;
      const both = needs.reduce(added, NO_SCRATCH);
      scratch = greater(scratch, both);
      writtenBytes += count * both.writtenBytes;
      // The job beside another starts over if it ends first.
      const repeats = parties.some((each, place) => place > 0 || jobPlanOf(each.spec).bounds.repeats);
      writtenIsLowerBound ||= count > 0 && repeats && needs.some((need) => need.files > 0);
    });
    return {
      target: target.name,
      dataBytes: missing.bytes,
      dataFiles: missing.files,
      scratchBytes: scratch.bytes,
      dataSpaceBytes: missing.spaceBytes,
      scratchSpaceBytes: scratch.spaceBytes,
      dataEntries: entriesFor(missing.files),
      scratchEntries: entriesFor(scratch.files),
      writtenBytes: writtenBytes + missing.bytes,
      writtenIsLowerBound,
    };
  });
}

/** The scratch files of one trial: the most of them at once, and what is written in all. */
interface ScratchNeed extends FileCount {
  readonly writtenBytes: number;
}

const NO_SCRATCH: ScratchNeed = { files: 0, bytes: 0, spaceBytes: 0, writtenBytes: 0 };

function scratchOf(arm: Arm, dataset: PlannedDataset | null): ScratchNeed {
  const { files, place, written } = filesOf(arm, dataset);
  const besides =
    written === undefined ? NO_SCRATCH : { ...written, spaceBytes: mostSpaceOf(written.bytes, written.files) };
  if (place !== 'scratch') return besides;
  const job = jobPlanOf(arm.spec);
  const { totalBytes, spaceBytes } = files.sums;
  const own = {
    files: job.scratchFiles(files.length),
    bytes: job.scratchBytes(totalBytes),
    spaceBytes: job.scratchBytes(spaceBytes),
    writtenBytes: job.writtenBytes(totalBytes),
  };
  return { ...greater(own, besides), writtenBytes: own.writtenBytes + besides.writtenBytes };
}

function added(a: ScratchNeed, b: ScratchNeed): ScratchNeed {
  return {
    files: a.files + b.files,
    bytes: a.bytes + b.bytes,
    spaceBytes: a.spaceBytes + b.spaceBytes,
    writtenBytes: a.writtenBytes + b.writtenBytes,
  };
}

function greater(a: ScratchNeed, b: ScratchNeed): ScratchNeed {
  return {
    files: Math.max(a.files, b.files),
    bytes: Math.max(a.bytes, b.bytes),
    spaceBytes: Math.max(a.spaceBytes, b.spaceBytes),
    writtenBytes: Math.max(a.writtenBytes, b.writtenBytes),
  };
}

/** Returns what tells whether a data file is in a folder of a target; null if the target has no such folder. */
export type ExistingIn = (folder: string) => ((path: string, bytes: number) => boolean) | null;

/** Returns how many of the files are missing, and what they take. */
function missingOf(files: FileUnion, existingIn: ExistingIn | null): FileCount {
  if (existingIn === null) return files.count();
  const missing = { files: 0, bytes: 0, spaceBytes: 0 };
  for (const { folder, list, places } of files.folders()) {
    const isExisting = existingIn(folder);
    for (const place of places) {
      const bytes = list.bytesOf(place);
      if (!isExisting?.(list.pathOf(place), bytes)) countFile(missing, bytes);
    }
  }
  return missing;
}

/** Directories and markers of a few files. */
const ENTRIES_AROUND = 10;

/** Returns how many files and directories come into being with so many files: a folder for each thousand. */
function entriesFor(files: number): number {
  return files === 0 ? 0 : files + Math.ceil(files / FILES_PER_FOLDER) + ENTRIES_AROUND;
}

/** Whether a target has enough space for the plan. */
export interface SpaceVerdict {
  readonly fits: boolean;
  /** Space for data and scratch files together, without the margin. */
  readonly neededBytes: number;
  /** Bytes that must stay free in addition. */
  readonly marginBytes: number;
}

/**
 * Returns whether the files fit on the file system while 5 % of it, at most 10 GiB, stays free. A plan that writes
 * nothing always fits.
 */
export function fits(
  need: Pick<SpaceNeed, 'dataSpaceBytes' | 'scratchSpaceBytes'>,
  fileSystem: { readonly totalBytes: number; readonly freeBytes: number },
): SpaceVerdict {
  const neededBytes = need.dataSpaceBytes + need.scratchSpaceBytes;
  const marginBytes = Math.min(Math.floor(fileSystem.totalBytes * 0.05), 10 * GIB);
  return { fits: neededBytes === 0 || neededBytes + marginBytes <= fileSystem.freeBytes, neededBytes, marginBytes };
}
