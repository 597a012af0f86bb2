/** The machines that measured a run together. */

/** How the ranks use the data files of a target: each has its own, or all read the same. */
export type RankFiles = 'disjoint' | 'shared';

/** One rank of a run. */
export interface GroupMember {
  readonly rank: number;
  readonly host: string;
  /**
   * The wall clock of this machine minus that of rank 0, ns, and how far it may be wrong; null where it was not measured.
   */
  readonly clockOffsetNs: number | null;
  readonly clockErrorNs: number | null;
}

/** The group of a run; absent in runs of one process. */
export interface GroupRecord {
  /** How the ranks met: see `Launcher`; `merge`: they did not, and their runs were merged later. */
  readonly launcher: string;
  readonly size: number;
  readonly files: RankFiles;
  readonly members: readonly GroupMember[];
}
