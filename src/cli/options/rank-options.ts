/** The options of commands that the ranks of a group do together. */
import { type Command, Option } from 'commander';
import type { RankFiles } from '../../plan/rank-files.js';
import type { PlanRequest } from '../../run/request.js';
import { addGroupOptions, type RawGroupOptions } from './group-options.js';

/** The options as commander returns them. */
export interface RawRankOptions extends RawGroupOptions {
  readonly rankFiles?: RankFiles;
}

/** The machines of a command, as a request for a run has them. Both absent: this machine alone. */
export type RequestedRanks = Pick<PlanRequest, 'group' | 'startAt'>;

/**
 * Adds the options.
 * @param meetingPlace the directory in which ranks meet by default, in words
 */
export function addRankOptions(command: Command, meetingPlace: string): Command {
  return addGroupOptions(command, meetingPlace).addOption(
    new Option(
      '--rank-files <use>',
      'data files of the ranks of a group (default: a dataset is shared, files of a job’s own are disjoint)',
    ).choices(['shared', 'disjoint'] satisfies RankFiles[]),
  );
}
