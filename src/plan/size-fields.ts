/** The fields of a workload that make its files smaller or larger, and its trials shorter or longer. */
import { rowsOf } from '../workload/job-fields.js';
import type { Job } from '../workload/workload.js';
import { touchesFiles } from './arm-files.js';
import { jobPlanOf } from './jobs/registry.js';
import type { Plan } from './plan.js';

/** Returns the field that sets the bytes of a job's files, such as `size`, `shard_size` or `dataset.filesize`. */
export function sizeFieldOf(job: Job): string {
  if ('shardBytes' in job) return job.shardBytes === null ? 'scale' : 'shard_size';
  if ('noStall' in job) return 'dataset.trace';
  if ('recordBytes' in job) return job.files === null ? 'dataset.limit' : 'num_files_train';
  if ('passes' in job) return 'nrfiles';
  if ('filesizeBytes' in job) return job.filesizeBytes === null ? 'dataset.filesize' : 'filesize';
  return typeof job.sizeBytes === 'number' ? 'size' : 'dataset.filesize';
}

/**
 * Returns whether `time_based` is possible for a job, and leaves its claim true: a cold job that reads its files again reads
 * them from memory.
 */
export function canBeTimed(job: Job): boolean {
  const isKnown = rowsOf(job.kind).some(({ word }) => word === 'time_based');
  return isKnown && !(job.cache === 'cold' && jobPlanOf(job).reads);
}

/**
 * Returns the overrides that make the files on some targets smaller: `--set shard_size=…`. If the plan has several jobs,
 * each one names its job.
 */
export function smallerFiles(plan: Pick<Plan, 'arms'>, targets: readonly string[]): string {
  const arms = plan.arms.filter((arm) => targets.includes(arm.target) && touchesFiles(arm));
  const several = new Set(plan.arms.map(({ job }) => job)).size > 1;
  const fields = arms.map(({ job, spec }) => {
    const field = sizeFieldOf(spec);
    return several && !field.includes('.') ? `${job}.${field}` : field;
  });
  return [...new Set(fields)].map((field) => `--set ${field}=…`).join(' ');
}
