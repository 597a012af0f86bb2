import type { Job, JobOf, Kind } from '../../workload/jobs/registry.js';
import { planCheckpointRestore } from './checkpoint-restore.js';
import { planCheckpointWrite } from './checkpoint-write.js';
import { planIo } from './io.js';
import type { JobPlan } from './job-plan.js';
import { planMetadata } from './metadata.js';
import { planSmallFiles } from './small-files.js';
import { planTraining } from './training.js';

const JOB_PLANS: { readonly [K in Kind]: (job: JobOf<K>) => JobPlan } = {
  io: planIo,
  'checkpoint-write': planCheckpointWrite,
  'checkpoint-restore': planCheckpointRestore,
  'small-files': planSmallFiles,
  metadata: planMetadata,
  training: planTraining,
};

/** Returns the plan of a job, by its kind. */
export function jobPlanOf(job: Job): JobPlan {
  const plan = JOB_PLANS[job.kind] as (job: Job) => JobPlan;
  return plan(job);
}
