import { libc } from '../host/libc.js';
import type { EngineUse } from '../record/trial-record.js';
import type { Job } from '../workload/workload.js';

/** What will carry out a job's operations: `auto` means the fastest backend that runs here. */
export function chooseEngine(job: Job): EngineUse {
  const used = job.ioengine === 'auto' ? 'psync' : job.ioengine;
  return {
    asked: job.ioengine,
    used,
    calls: used === 'psync' ? (libc() === null ? 'fs' : 'koffi') : null,
    numjobs: job.numjobs,
    // Every backend there is works on one operation at a time.
    iodepth: 1,
    direct: job.direct,
  };
}
