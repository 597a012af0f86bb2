import type { Dataset } from '../workload/workload.js';
import { filesOf, touchesFiles } from './arm-files.js';
import { dataFilesOf } from './filesets.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Plan, Target } from './plan.js';

const GIB = 2 ** 30;

/** The space that a plan needs on one target. */
export interface SpaceNeed {
  /** The target's name. */
  readonly target: string;
  /** Bytes of data files that are not there yet. They stay after the run. */
  readonly dataBytes: number;
  /** The most that the scratch files of a single trial need at once. They are removed after it. */
  readonly scratchBytes: number;
  /** All bytes written during the run, layout included. */
  readonly writtenBytes: number;
  /** Whether more may be written: jobs that write for a given time are counted as one pass. */
  readonly writtenIsLowerBound: boolean;
}

/**
 * Returns the space that the plan needs for data files and scratch files, per target in the plan's order. Files that
 * targets of the same directory share are counted for the first target. Throws `FeedrateError('workload')` as `filesOf`
 * does.
 * @param existing whether this data file is on the target already
 */
export function spaceNeeded(
  plan: Plan,
  dataset: Dataset | null,
  existing: (target: Target, path: string, bytes: number) => boolean,
): SpaceNeed[] {
  const counted = new Set<string>();
  return plan.targets.map((target) => {
    const missing = dataFilesOf(plan, dataset, target).filter(({ path, bytes }) => {
      const where = `${target.path}/${path}`;
      if (counted.has(where)) return false;
      counted.add(where);
      return !existing(target, path, bytes);
    });
    let scratchBytes = 0;
    let writtenBytes = 0;
    let writtenIsLowerBound = false;
    plan.arms.forEach((arm, index) => {
      if (arm.target !== target.name || !touchesFiles(arm)) return;
      const files = filesOf(arm, dataset);
      if (files.place === 'data') return;
      const trials = plan.trials.filter((trial) => trial.arm === index).length;
      const fileBytes = sum(files.files.map(({ bytes }) => bytes));
      const job = jobPlanOf(arm.spec);
      scratchBytes = Math.max(scratchBytes, job.scratchBytes(fileBytes));
      writtenBytes += trials * job.writtenBytes(fileBytes);
      writtenIsLowerBound ||= trials > 0 && job.bounds.repeats;
    });
    const dataBytes = sum(missing.map(({ bytes }) => bytes));
    return {
      target: target.name,
      dataBytes,
      scratchBytes,
      writtenBytes: writtenBytes + dataBytes,
      writtenIsLowerBound,
    };
  });
}

/** Whether a target has enough space for the plan. */
export interface SpaceVerdict {
  readonly fits: boolean;
  /** Data and scratch files together, without the margin. */
  readonly neededBytes: number;
  /** Bytes that must stay free in addition. */
  readonly marginBytes: number;
}

/**
 * Returns whether the files fit on the file system while 5 % of it, at most 10 GiB, stays free. A plan that writes
 * nothing always fits.
 */
export function fits(
  need: Pick<SpaceNeed, 'dataBytes' | 'scratchBytes'>,
  fileSystem: { readonly totalBytes: number; readonly freeBytes: number },
): SpaceVerdict {
  const neededBytes = need.dataBytes + need.scratchBytes;
  const marginBytes = Math.min(Math.floor(fileSystem.totalBytes * 0.05), 10 * GIB);
  return { fits: neededBytes === 0 || neededBytes + marginBytes <= fileSystem.freeBytes, neededBytes, marginBytes };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
