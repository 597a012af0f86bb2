import type { Dataset } from '../workload/workload.js';
import { filesOf, touchesFiles } from './arm-files.js';
import { dataFilesOf } from './filesets.js';
import { jobPlanOf } from './jobs/registry.js';
import { type Plan, type Target, trialsByArm } from './plan.js';

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
  const trials = trialsByArm(plan);
  return plan.targets.map((target) => {
    const isShared = plan.targets.some(({ name, path }) => name !== target.name && path === target.path);
    let dataBytes = 0;
    for (const { path, bytes } of dataFilesOf(plan, dataset, target)) {
      const where = isShared ? `${target.path}/${path}` : '';
      if (isShared && counted.has(where)) continue;
      if (isShared) counted.add(where);
      if (!existing(target, path, bytes)) dataBytes += bytes;
    }
    let scratchBytes = 0;
    let writtenBytes = 0;
    let writtenIsLowerBound = false;
    plan.arms.forEach((arm, index) => {
      if (arm.target !== target.name || !touchesFiles(arm)) return;
      const files = filesOf(arm, dataset);
      if (files.place === 'data') return;
      const fileBytes = sum(files.files.map(({ bytes }) => bytes));
      const job = jobPlanOf(arm.spec);
      scratchBytes = Math.max(scratchBytes, job.scratchBytes(fileBytes));
      const count = trials[index] ?? 0;
      writtenBytes += count * job.writtenBytes(fileBytes);
      writtenIsLowerBound ||= count > 0 && job.bounds.repeats;
    });
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
