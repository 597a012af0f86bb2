import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import type { CheckpointRestoreJob, CheckpointWriteJob, JobDeclaration } from '../../src/workload/workload.js';

function jobOf(kind: string, fields: string) {
  const { jobs } = parseWorkload(
    `name: test\ndescription: test\njobs:\n  job: {kind: ${kind}, ${fields}}\n`,
    'test.yaml',
  );
  return resolveJob(jobs[0] as JobDeclaration, new Map());
}

/** Returns the job of these fields of a workload file: `writer: dcp, params: 1M`. */
export function writeJobOf(fields: string): CheckpointWriteJob {
  return jobOf('checkpoint-write', fields) as CheckpointWriteJob;
}

export function restoreJobOf(fields: string): CheckpointRestoreJob {
  return jobOf('checkpoint-restore', fields) as CheckpointRestoreJob;
}
