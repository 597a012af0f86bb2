import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { libc } from '../host/system/libc.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { EngineUse } from '../record/trial-record.js';
import { AUTOMATIC, type AutomaticEngines, ENGINES, type Engine, namedEngine } from '../workload/engines.js';
import type { Job } from '../workload/workload.js';
import type { EngineDemand } from './backends/backend-factory.js';
import { BACKENDS } from './backends/factories.js';

/** Beyond this many threads of a job the client's scheduler is what is measured. */
const MAX_THREADS_PER_JOB = 64;
/** Of all jobs together: each takes about 10 MiB, and with 512 Node was seen to run out of memory. */
const MAX_THREADS = 256;

/** What of a target decides which engine it takes. */
interface Reachable {
  readonly path: string;
}

function kindOf({ path }: Reachable): keyof typeof AUTOMATIC {
  return isNfsUrl(path) ? 'servers' : 'mounts';
}

/**
 * What will carry out a job's operations. `auto` is the fastest backend for its queue that runs here:
 * blocking calls for one operation at a time, io_uring for more, and where the kernel refuses that a
 * blocking thread for each operation in flight. On targets without a mount it is libnfs, with as many threads. A backend
 * that is named is taken: see `engineRefusal`.
 */
export function chooseEngine(job: Job, target: Reachable): EngineUse {
  const { depth } = jobPlanOf(job).queue;
  const common = { asked: job.ioengine, numjobs: job.numjobs, direct: job.direct, ring: null };
  const named = namedEngine(job.ioengine);
  if (named !== null) return { ...common, ...useOf(named, 1, depth), reason: null };
  const { blocking, queue } = AUTOMATIC[kindOf(target)];
  if (depth === 1) return { ...common, ...useOf(blocking, 1, 1), reason: null };
  const chosen = queueOrReason(queue, { numjobs: job.numjobs, iodepth: depth });
  if ('engine' in chosen) return { ...common, ...useOf(chosen.engine, 1, depth), reason: null };
  const threads = threadsFor(job, depth);
  return { ...common, ...useOf(blocking, threads, threads), reason: chosen.reason };
}

/** The engine that holds a queue here, or why there is none. */
function queueOrReason(
  queue: AutomaticEngines['queue'],
  demand: EngineDemand,
): { readonly engine: Engine } | { readonly reason: string } {
  if (typeof queue === 'object') return { reason: queue.missing };
  const reason = BACKENDS[queue].refusal(demand);
  return reason === null ? { engine: queue } : { reason };
}

function useOf(
  used: Engine,
  threadsPerJob: number,
  iodepth: number,
): Pick<EngineUse, 'used' | 'calls' | 'threadsPerJob' | 'iodepth'> {
  const calls = !ENGINES[used].touchesFiles ? null : libc() === null ? 'fs' : 'koffi';
  return { used, calls, threadsPerJob, iodepth };
}

function threadsFor(job: Job, depth: number): number {
  if (!jobPlanOf(job).queue.byThreads) return 1;
  return Math.max(1, Math.min(depth, MAX_THREADS_PER_JOB, Math.floor(MAX_THREADS / job.numjobs)));
}

/** Why the backend that a job names cannot run here, in words; null when it can. */
export function engineRefusal(job: Job, target: Reachable): string | null {
  const engine = namedEngine(job.ioengine);
  if (engine === null) return null;
  const { targets } = ENGINES[engine];
  if (targets !== 'any' && targets !== kindOf(target))
    return 'it works on mounts, and an nfs:// target has none: libnfs does its operations';
  return BACKENDS[engine].refusal({ numjobs: job.numjobs, iodepth: jobPlanOf(job).queue.depth });
}
