/** The plan of a run, made before anything is written: arms, their files, and the order of trials. */
import type { Job, RoundOrder, Threshold } from '../workload/workload.js';
import type { FileList } from './file-list.js';
import type { Extent } from './file-part.js';
import type { FoundFiles } from './found-files.js';
import type { WholeFiles } from './whole-share.js';

export type { DataFile, Extent } from './file-part.js';

/** A named path to measure. */
export interface Target {
  readonly name: string;
  /** An absolute path with symbolic links resolved, or the `nfs://` URL of a directory that is not mounted. */
  readonly path: string;
  /** What a dataset of files that exist reads in it, in the place of the dataset's path. Absent: that path. */
  readonly read?: string;
  /** Name of the directory in it that has the data files. Absent: `.feedrate-data`. */
  readonly dataDirectory?: string;
}

export interface Factor {
  /** The word of the workload file (`bs`) or `target`. */
  readonly name: string;
  readonly label: string;
}

/** One combination of levels. Arms are what a run compares. */
export interface Arm {
  /** Unique in the plan and stable between runs: `randread/bs=4KiB,iodepth=8`; with several targets `@name` follows. */
  readonly id: string;
  readonly job: string;
  readonly target: string;
  /** The factors that vary in the plan: the job's factors, then `target` if there are several targets. */
  readonly factors: readonly Factor[];
  readonly spec: Job;
  /**
   * The job in the words of the workload file: the value of each field as spelled there (`bs` → `4KiB`), and `kind`.
   */
  readonly words: Readonly<Record<string, string>>;
  /** The workload's and the job's thresholds. */
  readonly thresholds: readonly Threshold[];
  /** The id of the arm whose job runs at the same time on the same target. Absent: the arm runs alone. */
  readonly beside?: string;
}

/** Returns the arm whose job runs beside that of an arm; undefined if it runs alone. */
export function besideOf({ arms }: Pick<Plan, 'arms'>, { beside }: Pick<Arm, 'beside'>): Arm | undefined {
  return beside === undefined ? undefined : arms.find(({ id }) => id === beside);
}

/** Returns the arms that take part in a trial of an arm: itself, and the one beside it. */
export function partiesOf(plan: Pick<Plan, 'arms'>, arm: Arm): readonly [Arm, ...Arm[]] {
  const beside = besideOf(plan, arm);
  return beside === undefined ? [arm] : [arm, beside];
}

/** Returns the target on which an arm is measured. */
export function targetOf({ targets }: Pick<Plan, 'targets'>, { target }: Pick<Arm, 'target'>): Target {
  return targets.find(({ name }) => name === target) as Target;
}

/** One planned execution of one arm. */
export interface PlannedTrial {
  /** `s1r2t3`: session, round, place in the round; all 1-based. */
  readonly id: string;
  readonly session: number;
  readonly round: number;
  readonly place: number;
  /** Index into `Plan.arms`. */
  readonly arm: number;
  /** Warm-up trials are recorded but not counted. */
  readonly warmup: boolean;
  /** The set of data files that the trial reads, 0-based; absent when it reads none. */
  readonly fileset?: number;
}

export interface Plan {
  readonly workload: string;
  readonly seed: number;
  readonly targets: readonly Target[];
  readonly arms: readonly Arm[];
  readonly sessions: number;
  /** Rounds of a session, warm-up rounds included. */
  readonly rounds: number;
  /** Number of sets of data files that sessions and targets take in turn. */
  readonly filesets: number;
  readonly order: RoundOrder;
  /** In the order of execution. */
  readonly trials: readonly PlannedTrial[];
}

/** Returns the number of trials of each arm, in the order of `plan.arms`. */
export function trialsByArm({ arms, trials }: Pick<Plan, 'arms' | 'trials'>): number[] {
  const counts = arms.map(() => 0);
  for (const { arm } of trials) counts[arm] = (counts[arm] ?? 0) + 1;
  return counts;
}

/** The files of an arm, and each worker's part of them. */
export type ArmFiles = FilesIn<'data' | 'scratch', FileList> | FilesIn<'existing', FoundFiles>;

interface FilesIn<P, F> {
  /**
   * `data`: read-only files in the data directory, which are kept and shared. `scratch`: files that are created for
   * each trial and removed afterwards. `existing`: files of the target that are not feedrate's.
   */
  readonly place: P;
  /** Whether files are filled before the trial (for reads and overwrites). If not, the job creates them. */
  readonly laidOut: boolean;
  readonly files: F;
  /** One list per worker. */
  readonly extents: readonly Extents[];
  /** What a job that reads such files writes besides, in the trial's scratch directory. Absent: nothing. */
  readonly written?: WrittenBesides;
}

/** Scratch files that a trial writes besides what it reads. */
export interface WrittenBesides {
  /** How many there are at once, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Bytes written in all. */
  readonly writtenBytes: number;
}

/** The parts of files that one worker uses. Whole files are not listed but generated. */
export type Extents = readonly Extent[] | WholeFiles;
