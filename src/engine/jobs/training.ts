import type { TrainingJob } from '../../workload/jobs/training.js';
import type { JobProgram } from './job-program.js';
import { AcceleratorProgram } from './training-accelerators.js';
import { LoaderProgram } from './training-loader.js';

/** The last thread plays all accelerators. The others are the workers of their loaders. */
export const trainingProgram: JobProgram<TrainingJob> = {
  create: (context, job) => {
    const { worker, workers } = context.task;
    return worker === workers - 1 ? new AcceleratorProgram(context, job) : new LoaderProgram(context, job);
  },
  rehearsal: () => ({}),
};
