/** The workload that options describe instead of a file. */
import type { WorkloadText } from '../../run/request.js';
import { composeWorkload, DEFAULT_SIZE, type GivenField, lacksSize } from '../../workload/compose.js';
import { tell } from '../output/print.js';

/** The option that names the workload. The others are fields of its job. */
export const NAME_OPTION = 'name';
const DEFAULT_NAME = 'ad-hoc';

/**
 * Returns the workload of one job with these fields. Prints a line when feedrate chooses the size of its files. Throws
 * `FeedrateError('usage')` for a field with an empty value.
 * @param place where a missing field is reported
 * @param hasFiles whether other options say which files the job uses, or how large they are
 */
export function adHocWorkload(given: readonly GivenField[], place: string, hasFiles: boolean): WorkloadText {
  const job = given.filter(({ word }) => word !== NAME_OPTION);
  const named = given.filter(({ word }) => word === NAME_OPTION);
  const isUnsized = !hasFiles && lacksSize(job);
  const composed = composeWorkload({
    comments: [],
    head: named.length > 0 ? named : [{ word: NAME_OPTION, text: DEFAULT_NAME }],
    sections: {},
    job: isUnsized ? [...job, { word: 'size', text: DEFAULT_SIZE }] : job,
    jobPlace: place,
  });
  if (isUnsized) tell(`--size is not given; each worker gets ${DEFAULT_SIZE} of files`);
  return { ...composed, path: 'ad hoc job' };
}
