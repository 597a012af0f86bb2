/** What a run will do, decided before anything is written: arms, their files, and the order of trials. */
import type { Job, Preallocation, RoundOrder, Threshold } from '../workload/workload.js';

/** A named path to measure. */
export interface Target {
  readonly name: string;
  /** Absolute, symbolic links resolved; or an `nfs://` URL: the directory of a server that is not mounted. */
  readonly path: string;
}

export interface Factor {
  /** The word of the workload file (`bs`) or `target`. */
  readonly name: string;
  readonly label: string;
}

/** One combination of levels: the thing that is compared with others. */
export interface Arm {
  /** Unique in the plan and stable between runs: `randread/bs=4KiB,iodepth=8`; with several targets `@name` follows. */
  readonly id: string;
  readonly job: string;
  readonly target: string;
  /** Only what varies in the plan: the job's factors, then `target` when there are several. */
  readonly factors: readonly Factor[];
  readonly spec: Job;
  /** The job as a workload file would say it: every field's word with its value as it is spelled (`bs` → `4KiB`), and its `kind`. */
  readonly words: Readonly<Record<string, string>>;
  /** The workload's and the job's thresholds. */
  readonly thresholds: readonly Threshold[];
}

/** The target that an arm is measured on. */
export function targetOf({ targets }: Pick<Plan, 'targets'>, { target }: Pick<Arm, 'target'>): Target {
  return targets.find(({ name }) => name === target) as Target;
}

/** One execution of one arm, in its place. */
export interface PlannedTrial {
  /** `s1r2t3`: session, round, place in the round; all 1-based. */
  readonly id: string;
  readonly session: number;
  readonly round: number;
  readonly place: number;
  /** Index into `Plan.arms`. */
  readonly arm: number;
  /** Recorded, but not counted. */
  readonly warmup: boolean;
  /** The set of data files that it reads, 0-based; absent when it reads none. */
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
  /** Sets of data files that sessions and targets take in turn. */
  readonly filesets: number;
  readonly order: RoundOrder;
  /** In the order of execution. */
  readonly trials: readonly PlannedTrial[];
}

/**
 * A file of reproducible content. Its path says its content (set, seed, index, size), so a file that
 * exists under its path is the file that is wanted.
 */
export interface DataFile {
  /** Below the target's data directory: `s42/000/000007-268435456`, in sets after the first `set1/s42/…`. */
  readonly path: string;
  readonly bytes: number;
  /** Seed of the content, an integer below 2^53: see `engine/content/content.ts`. */
  readonly contentSeed: number;
  /** Asked for before the content is written; absent = none. */
  readonly fallocate?: Preallocation;
}

/** The part of a file that one worker works on. */
export interface Extent {
  /** Index into the arm's files. */
  readonly file: number;
  readonly startBytes: number;
  readonly lengthBytes: number;
}

/** The files of an arm and who works on which part. */
export interface ArmFiles {
  /**
   * `data`: read-only files of the data directory, kept and shared. `scratch`: files of the run,
   * made anew for each trial and removed after it.
   */
  readonly place: 'data' | 'scratch';
  /** Filled with content before the trial (reads, overwrites) or created by the workload itself. */
  readonly laidOut: boolean;
  readonly files: readonly DataFile[];
  /** One list per worker. */
  readonly extents: readonly (readonly Extent[])[];
}
