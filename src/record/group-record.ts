/** The machines that measured a run together. */
import type { RankFiles } from '../plan/rank-files.js';
import type { JsonReader } from './json-reader.js';

export type { RankFiles } from '../plan/rank-files.js';

/** One rank of a run. */
export interface GroupMember {
  readonly rank: number;
  readonly host: string;
  /**
   * The wall clock of this machine minus that of rank 0, ns, and how far it may be wrong; null where it was not measured.
   */
  readonly clockOffsetNs: number | null;
  readonly clockErrorNs: number | null;
  /** Of a machine that met no other: its clock and that of the server of its first target; absent if it is not known. */
  readonly serverClock?: ServerClockRecord;
}

/** How far a machine's clock is ahead of that of a file server, ns, and how far that may be wrong. */
export interface ServerClockRecord {
  /** Equal on machines whose mounts say that they use the same storage. */
  readonly server: string;
  readonly offsetNs: number;
  readonly errorNs: number;
}

/** The group of a run; absent in runs of one process. */
export interface GroupRecord {
  /** How the ranks met: see `Launcher`; `merge`: they did not, and their runs were merged later. */
  readonly launcher: string;
  readonly size: number;
  /** As `--rank-files` says; null: a dataset is shared, and files of a job's own are disjoint. */
  readonly files: RankFiles | null;
  /** In the record of one rank, which is a run directory of its own: this rank. Absent in the record of the group. */
  readonly rank?: number;
  readonly members: readonly GroupMember[];
  /** Why the group ended early, with rank and host; absent: it did not. */
  readonly problem?: string;
}

/** Throws `FeedrateError('store')` at the first field that is missing or has a wrong type. */
export function checkGroup(group: JsonReader): void {
  group.at('launcher').text();
  group.at('size').number();
  group.at('files').textOrNull();
  if (group.at('rank').value !== undefined) group.at('rank').number();
  if (group.at('problem').value !== undefined) group.at('problem').text();
  for (const member of group.at('members').list()) {
    member.at('rank').number();
    member.at('host').text();
    member.at('clockOffsetNs').numberOrNull();
    member.at('clockErrorNs').numberOrNull();
    const serverClock = member.at('serverClock');
    if (serverClock.value === undefined) continue;
    serverClock.at('server').text();
    for (const key of ['offsetNs', 'errorNs']) serverClock.at(key).number();
  }
}
