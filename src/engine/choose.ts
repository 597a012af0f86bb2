import { isNfsUrl } from '../host/libnfs/nfs-url.js';
import { libc } from '../host/system/libc.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { EngineUse } from '../record/trial-record.js';
import { AUTOMATIC, type AutomaticEngines, ENGINES, type Engine, namedEngine } from '../workload/engines.js';
import type { Job } from '../workload/workload.js';
import type { EngineDemand } from './backends/backend-factory.js';
import { BACKENDS } from './backends/factories.js';

/** With more threads per job, a trial would measure the client's scheduler. */
const MAX_THREADS_PER_JOB = 64;
/** Limit for all jobs together. Each thread takes about 20 MiB. */
const MAX_THREADS = 256;

/** The properties of a target that determine its engine. */
interface Reachable {
  readonly path: string;
}

function kindOf({ path }: Reachable): keyof typeof AUTOMATIC {
  return isNfsUrl(path) ? 'servers' : 'mounts';
}

/**
 * Returns the engine for a job on a target. `auto` chooses the fastest one that runs here: blocking calls for one
 * operation at a time, io_uring for more. Where the kernel refuses io_uring, each operation in flight gets a blocking
 * thread. Targets without a mount use libnfs, with as many threads. An engine that the job names is always used; see
 * `engineRefusal`.
 */
export function chooseEngine(job: Job, target: Reachable): EngineUse {
  const { queue: jobQueue, threads: own } = jobPlanOf(job);
  const { depth } = jobQueue;
  const common = { asked: job.ioengine, numjobs: job.numjobs, direct: job.direct, ring: null };
  const named = namedEngine(job.ioengine);
  const { blocking, queue } = AUTOMATIC[kindOf(target)];
  if (own !== undefined) return { ...common, ...useOf(named ?? blocking, own.each, own.each), reason: null };
  if (named !== null) return { ...common, ...useOf(named, 1, depth), reason: null };
  if (depth === 1) return { ...common, ...useOf(blocking, 1, 1), reason: null };
  const chosen = queueOrReason(queue, { numjobs: job.numjobs, iodepth: depth });
  if ('engine' in chosen) return { ...common, ...useOf(chosen.engine, 1, depth), reason: null };
  const threads = threadsFor(job, depth);
  return { ...common, ...useOf(blocking, threads, threads), reason: chosen.reason };
}

/** Returns how many threads a trial of a job has. */
export function workersOf(job: Job, { threadsPerJob }: Pick<EngineUse, 'threadsPerJob'>): number {
  return job.numjobs * threadsPerJob + (jobPlanOf(job).threads?.besides ?? 0);
}

/** Returns the engine that holds a queue here, or the reason why there is none. */
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

/** Returns the reason why the engine that a job names cannot run here; null when it can. */
export function engineRefusal(job: Job, target: Reachable): string | null {
  const engine = namedEngine(job.ioengine);
  if (engine === null) return null;
  const { targets } = ENGINES[engine];
  if (targets !== 'any' && targets !== kindOf(target))
    return 'it works on mounts only, and an nfs:// target is not mounted; feedrate uses libnfs there';
  return BACKENDS[engine].refusal({ numjobs: job.numjobs, iodepth: jobPlanOf(job).queue.depth });
}
