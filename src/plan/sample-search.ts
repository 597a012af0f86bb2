import { FeedrateError } from '../base/errors.js';
import { resolveJob } from '../workload/resolve.js';
import type { Workload } from '../workload/workload.js';
import { expandArms } from './arms.js';
import { jobPlanOf } from './jobs/registry.js';
import type { SampleSearch } from './sample-table.js';

/**
 * Returns what the jobs of a workload look for in the files of its dataset; null when they only read bytes. Throws
 * `FeedrateError('workload')` when they look for different samples.
 */
export function sampleSearchOf(workload: Workload): SampleSearch | null {
  const arms = expandArms(workload, [{ name: '', path: '' }], resolveJob);
  const searches = arms.flatMap(({ spec }) => jobPlanOf(spec).samples ?? []);
  if (new Set(searches.map((search) => JSON.stringify(search))).size <= 1) return searches[0] ?? null;
  const message = 'its training jobs look for different samples in the same files';
  throw new FeedrateError(
    'workload',
    `dataset: ${message}; use the same format, record_length_bytes, columns_read and npz_samples, or a workload for each`,
  );
}
