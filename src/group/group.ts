/**
 * The machines that measure together. A launcher starts one feedrate on each (mpirun, srun, a Kubernetes Job, SageMaker);
 * feedrate launches nothing itself. Each process has a rank, and a group lets them meet and tell each other short texts.
 */

/** How the ranks of a group reach each other. `none`: a single process. */
export type Launcher = 'none' | 'pmi' | 'mpi' | 'files';

/** A place in a group, as the launcher gave it. */
export interface GroupRank {
  /** 0-based. */
  readonly rank: number;
  readonly size: number;
}

/** What the ranks of a group do together. All of them make the same calls in the same order. */
export interface Group extends GroupRank {
  readonly launcher: Launcher;
  /** The host name of this rank's machine. */
  readonly host: string;
  /** Where the launcher's words were found, for people: `PMI_FD, PMI_RANK`. Empty for `none`. */
  readonly foundIn: string;
  /**
   * Waits until every rank has come to the meeting of this name, and returns the text of each, by rank. Keep texts short
   * (some kilobytes): long results go through files. Ranks leave together, within some milliseconds.
   * @throws FeedrateError `measurement` that names the rank and host that died, stopped or is at another meeting
   */
  meet(name: string, text?: string): Promise<readonly string[]>;
  /** The moment at which this rank left the last meeting, on this machine's monotonic clock, ns. */
  readonly leftNs: number;
  /**
   * Aborted when the group cannot go on, also between two meetings. The reason is the FeedrateError that `meet` throws from
   * then on.
   */
  readonly lost: AbortSignal;
  /** Ends the other ranks, as far as the launcher can, with this reason. Never throws. */
  abort(reason: string): void;
  /**
   * Leaves the group and removes its files. No meeting may follow. After `lost` or `abort`, it also ends the launcher's other
   * processes, which may end this process before the promise resolves: close the group last. Never throws.
   */
  close(): Promise<void>;
}
