import { loadersOf } from '../../plan/jobs/training.js';
import type { TrainingJob } from '../../workload/jobs/training.js';
import type { JobProgram } from './job-program.js';
import { AcceleratorProgram } from './training-accelerators.js';
import { LoaderProgram } from './training-loader.js';
import { SaverProgram } from './training-saver.js';

/** The last thread plays all accelerators. The others are the workers of their loaders, and then those that save. */
export const trainingProgram: JobProgram<TrainingJob> = {
  create: (context, job) => {
    const { worker, workers } = context.task;
    if (worker === workers - 1) return new AcceleratorProgram(context, job);
    const rank = worker - job.numjobs * loadersOf(job);
    return rank < 0 ? new LoaderProgram(context, job) : new SaverProgram(context, job, rank);
  },
  rehearsal: () => ({}),
};
