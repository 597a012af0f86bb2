import type { JobOf, Kind } from '../../workload/jobs/registry.js';
import type { IoJob, Job } from '../../workload/workload.js';
import { checkpointRestoreProgram } from './checkpoint-restore.js';
import { checkpointWriteProgram } from './checkpoint-write.js';
import { ioProgram } from './io.js';
import type { JobProgram, Program, ProgramContext } from './job-program.js';
import { metadataProgram } from './metadata.js';
import { smallFilesProgram } from './small-files.js';
import { trainingProgram } from './training.js';

const PROGRAMS: { readonly [K in Kind]: JobProgram<JobOf<K>> } = {
  io: ioProgram,
  'checkpoint-write': checkpointWriteProgram,
  'checkpoint-restore': checkpointRestoreProgram,
  'small-files': smallFilesProgram,
  metadata: metadataProgram,
  training: trainingProgram,
};

function jobProgramOf(job: Job): JobProgram<Job> {
  return PROGRAMS[job.kind];
}

/** Returns the program for the task's job kind. */
export function programOf(context: ProgramContext): Program {
  const { job } = context.task;
  return jobProgramOf(job).create(context, job);
}

/** Returns the properties that determine which code a job's operations run; see `JobProgram`. */
export function rehearsalOf(job: Job): Partial<IoJob> {
  return jobProgramOf(job).rehearsal(job);
}
