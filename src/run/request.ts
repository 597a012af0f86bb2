/** The request for a run, with all arguments parsed. */
import type { OntapConnection } from '../fsx/ontap-connection.js';
import type { StartTime } from '../group/start-time.js';
import type { Found } from '../plan/planned-dataset.js';
import type { RankFiles } from '../plan/rank-files.js';
import type { Injection, TargetEnvironment } from '../record/run-record.js';
import type { Override } from '../workload/overrides.js';
import type { ExistingDataset } from '../workload/workload.js';
import type { RankMeetings } from './rank-meetings.js';
import type { StopHandle } from './stop-handle.js';

/** A target as the user named it. Preparation checks that it can be used. */
export interface NamedPath {
  readonly name: string;
  /** Absolute, or `nfs://server/export?version=…`. */
  readonly path: string;
  /** See `Target.read`. */
  readonly read?: string;
}

/** The YAML of a workload: a file as it was read, or a text that was made from options. It is kept with the run. */
export interface WorkloadText {
  readonly source: string;
  /** Its name in messages: the path of the file, or where else it is from. */
  readonly path: string;
  /** For each line that was made from an option, the option as typed, which messages name instead. Default: none. */
  readonly options?: ReadonlyMap<number, string>;
}

/** A workload that is chosen when its files are found. */
export interface WorkloadChoice {
  readonly dataset: ExistingDataset;
  /** Returns the workload and one line that says why. Throws `FeedrateError('target')` when there is nothing to read. */
  readonly choose: (found: ReadonlyMap<string, Found>) => { readonly workload: WorkloadText; readonly words: string };
}

/** The workload, its overrides and its targets. */
export interface PlanRequest {
  readonly workload: WorkloadText | WorkloadChoice;
  /** Empty: a fresh directory below the system's temporary directory, removed at the end. */
  readonly targets: readonly NamedPath[];
  /** Later ones win. Default: none. */
  readonly overrides?: readonly Override[];
  /** Default, or null: the workload's seed. */
  readonly seed?: number | null;
  /** Unmount and mount NFS targets before each cold trial. Needs root. Default: false. */
  readonly remount?: boolean;
  /** Ends it early. Default: nothing does. */
  readonly stop?: StopHandle;
  /** The dataset to read, or to prepare, instead of the data files that all runs share. Default: none. */
  readonly datasetId?: string;
  /** False: only the files are laid out, so no workers need to fit this machine. Default: true. */
  readonly measures?: boolean;
  /** The group of machines that does it together, and how they use data files. Default: this machine alone. */
  readonly group?: RequestedGroup;
  /** When the first trial begins. Default: at once. */
  readonly startAt?: SetStart;
  /** What scans have found so far, by what they looked for: those files are not looked for again. Scans of this run are added. Default: none. */
  readonly scans?: Map<string, Promise<Found>>;
}

/** The meetings of a group of machines, and how its ranks use data files. */
export interface RequestedGroup {
  readonly meetings: RankMeetings;
  readonly files: RankFiles | null;
}

/** The time of the first trial, and the place of this machine among others. */
export interface SetStart {
  readonly startTime: StartTime;
  readonly files: RankFiles | null;
}

/** A run that `conduct` can measure. */
export interface RunRequest extends PlanRequest {
  /** Where run directories are kept. Created if missing. */
  readonly resultsDirectory: string;
  /** Recorded with the run. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The arguments after `feedrate` that repeat this run. Recorded, never read back. Default: none. */
  readonly command?: readonly string[];
  /** Also write to /proc/sys/vm/drop_caches before each cold trial. Needs root. Default: false. */
  readonly dropCaches?: boolean;
  /** The targets are one target, which is measured against itself. Default: false. */
  readonly calibration?: boolean;
  /** A file of ceilings whose rows replace those that feedrate ships. Default, or null: none. */
  readonly ceilingsFile?: string | null;
  /** Ask AWS about the volumes behind targets that may be on FSx for ONTAP. Default: true. */
  readonly aws?: boolean;
  /** What is known of the targets' volumes. Default: AWS is asked. */
  readonly volumes?: ReadonlyMap<string, Pick<TargetEnvironment, 'volume' | 'storage' | 'volumeUnknown'>>;
  /** Targets to slow down on purpose. Default: none. */
  readonly injected?: readonly Injection[];
  /** Asked about the volumes behind the targets, and for their counters during the run. Default: nothing is asked. */
  readonly ontap?: OntapConnection;
}
