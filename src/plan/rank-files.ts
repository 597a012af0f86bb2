/** The data files of the machines of a group, each of which has a rank. */
import { readsDataFiles, readsDataset } from './arm-files.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Arm, Plan } from './plan.js';

/** How the ranks use the data files of a target: each has its own, or all read the same. */
export type RankFiles = 'disjoint' | 'shared';

/** A rank, and how it uses data files. */
export interface RankFilesPlace {
  readonly rank: number;
  /** Machines of the group. */
  readonly size: number;
  /** As `--rank-files` says; null: a dataset is shared, and files of a job's own are disjoint. */
  readonly files: RankFiles | null;
}

/**
 * Returns whether each rank reads data files of its own in this arm. By default, ranks share a dataset, as the machines of
 * one training do, a training's own files, whose samples are dealt out to them, and the checkpoint that they restore. Other
 * files of a job's own belong to its workers, so more machines have more of them.
 */
export function hasOwnFiles(arm: Arm, files: RankFiles | null): boolean {
  if (!readsDataFiles(arm)) return false;
  if (files !== null) return files === 'disjoint';
  const { dealsOut, spreadsRanks } = jobPlanOf(arm.spec);
  return !readsDataset(arm) && dealsOut !== true && spreadsRanks !== true;
}

/**
 * Returns the plan of one rank: each rank takes other sets of the files that are its own. They differ in content, too. The
 * ranks of a training job whose files are not each machine's own are divided.
 */
export function planOfRank(plan: Plan, { rank, size, files }: RankFilesPlace): Plan {
  if (size === 1) return plan;
  const first = rank * plan.filesets;
  const trials = plan.trials.map((trial) => {
    const arm = plan.arms[trial.arm] as Arm;
    return trial.fileset !== undefined && hasOwnFiles(arm, files)
      ? { ...trial, fileset: first + trial.fileset }
      : trial;
  });
  const arms = plan.arms.map((arm) => {
    const isSpread = jobPlanOf(arm.spec).spreadsRanks === true && !hasOwnFiles(arm, files);
    return isSpread ? { ...arm, spec: { ...arm.spec, part: { rank, size } } } : arm;
  });
  return { ...plan, trials, arms };
}

/** Returns what the arms of all ranks have in common. */
export function commonArms({ arms }: Pick<Plan, 'arms'>): Arm[] {
  return arms.map((arm) => {
    if (!('part' in arm.spec)) return arm;
    const { part: _, ...spec } = arm.spec;
    return { ...arm, spec };
  });
}

/** Returns the plan with only the trials that read files of this rank's own, or only the others. */
export function planOfFiles(plan: Plan, files: RankFiles | null, isOwn: boolean): Plan {
  const trials = plan.trials.filter(({ arm }) => hasOwnFiles(plan.arms[arm] as Arm, files) === isOwn);
  return { ...plan, trials };
}
