import { ENGINES, type Engine } from '../workload/engines.js';
import type { IoJob } from '../workload/workload.js';
import type { Equipment } from './backends/backend-factory.js';
import { BACKENDS } from './backends/factories.js';
import type { Content } from './content/buffers.js';
import { IoFault } from './core/backend.js';
import { MonotonicClock, monotonicNs } from './core/clock.js';
import { Counters } from './core/counters.js';
import { Meter } from './core/meter.js';
import { MissedByWorker } from './core/missed-by-worker.js';
import type { WorkerTask } from './core/protocol.js';
import { filesOfTask, type WorkerFiles } from './core/worker-files.js';
import { IoProgram } from './jobs/io.js';
import { rehearsalOf } from './jobs/registry.js';

/** Reads return zeros and writes are discarded: system calls without storage. */
const FILE = { path: '/dev/zero', bytes: 2 ** 20, contentSeed: 0 };
/** Duration of each rehearsal. Not an integer, so that V8 stores it in the same way as the limits of real trials. */
const DURATION_NS = 25_000_000.5;
/** In the first rehearsal V8 sees the shapes of all objects. In the second it compiles code that stays valid. */
const REHEARSALS = 2;
/** Longest queue in a rehearsal. Longer ones run the same code. */
const IODEPTH = 8;

/** Mixed reads and writes, one at a time, each write with new content: the operations that all job kinds consist of. */
const ANY_JOB: IoJob = {
  kind: 'io',
  ioengine: 'auto',
  numjobs: 1,
  cache: 'as-is',
  direct: false,
  beside: null,
  randseed: 1,
  simulatedLatencyNs: 0,
  simulatedBytesPerSecond: null,
  rw: 'randrw',
  rwmixread: 50,
  bs: [{ blockBytes: 4096, share: 1 }],
  bsWrite: null,
  iodepth: 1,
  madvise: 'normal',
  fallocate: 'none',
  sizeBytes: null,
  nrfiles: 1,
  minFilesizeBytes: null,
  ioSizeBytes: null,
  runtimeNs: DURATION_NS,
  timeBased: true,
  rampTimeNs: 0,
  fsync: 0,
  fdatasync: 0,
  endFsync: false,
  randomDistribution: { type: 'random' },
  norandommap: false,
  rateBytesPerSecond: null,
  rateIops: null,
  rateProcess: 'linear',
  rateIgnoreThinktime: false,
  thinktimeNs: 0,
  thinktimeBlocks: 1,
  verify: false,
  refillBuffers: true,
};

/** Returns the job to rehearse for a task on this engine. */
function jobFor({ job }: WorkerTask, engine: Engine): IoJob {
  const rehearsed = { ...ANY_JOB, ...rehearsalOf(job) };
  return { ...rehearsed, iodepth: ENGINES[engine].holdsQueue ? Math.min(rehearsed.iodepth, IODEPTH) : 1 };
}

/** Creates the parts of a rehearsal in the same way as for the task itself. */
export interface RehearsalParts {
  contentOf(task: WorkerTask, files: WorkerFiles): Content;
  equip(task: WorkerTask, clock: MonotonicClock, content: Content): Equipment;
}

const rehearsed = new Set<string>();

/**
 * Runs the task's kind of load until V8 has compiled it, once per thread. An uncompiled loop is several times slower
 * for its first thousands of operations, which would determine the p99.9 of the first trial. No file of the trial is
 * touched, so its cache state stays as it is.
 */
export function warmUp(task: WorkerTask, stage: RehearsalParts): void {
  const backend = BACKENDS[task.backend].rehearsal;
  if (backend === null) return;
  const job = jobFor(task, backend);
  const key = JSON.stringify([backend, job]);
  if (rehearsed.has(key)) return;
  rehearsed.add(key);
  try {
    for (let i = 0; i < REHEARSALS; i++) rehearse({ ...task, backend }, job, stage);
  } catch (thrown) {
    // Without the device, the first trial runs without a rehearsal.
    if (!(thrown instanceof IoFault)) throw thrown;
  }
}

function rehearse(trialTask: WorkerTask, job: IoJob, { contentOf, equip }: RehearsalParts): void {
  const counters = Counters.allocate(1);
  const task = {
    ...trialTask,
    memory: counters.memory,
    worker: 0,
    workers: 1,
    thread: 0,
    threads: 1,
    laidOut: true,
    job,
    files: [FILE],
    extents: null,
    opening: null,
  };
  const files = filesOfTask(task);
  const clock = new MonotonicClock();
  const content = contentOf(task, files);
  const meter = new Meter(counters, 0, 0, DURATION_NS, false);
  const { backend, createDrain } = equip(task, clock, content);
  try {
    const program = new IoProgram(
      { task, ...files, backend, createDrain, meter, content, counters, missed: new MissedByWorker() },
      job,
    );
    program.prepare();
    clock.startAt(monotonicNs());
    program.run();
    program.complete();
  } finally {
    backend.dispose();
  }
}
