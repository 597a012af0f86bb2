import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { libc } from '../host/system/libc.js';
import { touchesFiles } from '../plan/arm-files.js';
import type { EngineUse } from '../record/trial-record.js';
import type { Job } from '../workload/workload.js';
import { mmapRefusal } from './backends/mmap.js';
import { uringRefusal } from './uring/availability.js';

/** Beyond this many threads of a job the client's scheduler is what is measured. */
const MAX_THREADS_PER_JOB = 64;
/** Of all jobs together: each takes about 10 MiB, and with 512 Node was seen to run out of memory. */
const MAX_THREADS = 256;

/** What of a target decides which engine it takes. */
interface Place {
  readonly path: string;
}

/**
 * What will carry out a job's operations. `auto` is the fastest backend for its queue that runs here:
 * blocking calls for one operation at a time, io_uring for more, and where the kernel refuses that a
 * blocking thread for each operation in flight. On targets without a mount it is libnfs, with as many threads. A backend
 * that is named is taken: see `engineRefusal`.
 */
export function chooseEngine(job: Job, target: Place): EngineUse {
  const depth = job.kind === 'io' ? job.iodepth : 1;
  const common = { asked: job.ioengine, numjobs: job.numjobs, direct: job.direct, ring: null };
  if (job.ioengine !== 'auto') return { ...common, ...useOf(job.ioengine, 1, depth), reason: null };
  const blocking = isNfsUrl(target.path) ? 'nfs' : 'psync';
  if (depth === 1) return { ...common, ...useOf(blocking, 1, 1), reason: null };
  const reason = blocking === 'nfs' ? 'libnfs makes one call at a time' : uringRefusal(job.numjobs, depth);
  if (reason === null) return { ...common, ...useOf('io_uring', 1, depth), reason };
  const threads = threadsFor(job, depth);
  return { ...common, ...useOf(blocking, threads, threads), reason };
}

function useOf(
  used: EngineUse['used'],
  threadsPerJob: number,
  iodepth: number,
): Pick<EngineUse, 'used' | 'calls' | 'threadsPerJob' | 'iodepth'> {
  const calls = used === 'null' || used === 'simulated' ? null : libc() === null ? 'fs' : 'koffi';
  return { used, calls, threadsPerJob, iodepth };
}

/** Threads cannot pause together as a queue does for think time: with it, one operation at a time is what is left. */
function threadsFor(job: Job, depth: number): number {
  if (job.kind === 'io' && job.thinktimeNs > 0) return 1;
  return Math.max(1, Math.min(depth, MAX_THREADS_PER_JOB, Math.floor(MAX_THREADS / job.numjobs)));
}

/** Why the backend that a job names cannot run here, in words; null when it can. */
export function engineRefusal(job: Job, target: Place): string | null {
  if (isNfsUrl(target.path) && job.ioengine !== 'auto' && touchesFiles({ spec: job }))
    return 'it works on mounts, and an nfs:// target has none: libnfs does its operations';
  switch (job.ioengine) {
    case 'io_uring':
      return uringRefusal(job.numjobs, job.kind === 'io' ? job.iodepth : 1);
    case 'mmap':
      return mmapRefusal();
    default:
      return null;
  }
}
