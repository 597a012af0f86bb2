/** The entry of a worker thread: reached by URL from `pool.ts`, never imported for its values. */
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { assert } from '../base/assert.js';
import { systemFaultOf } from '../base/errors.js';
import { nfsStoreOf } from '../host/libnfs/nfs-store.js';
import { type Libc, libc } from '../host/system/libc.js';
import { type ThreadUsage, threadUsage } from '../host/system/thread-usage.js';
import type { Job } from '../workload/workload.js';
import { mapRoomBytes } from './backends/map-room.js';
import { MmapBackend } from './backends/mmap.js';
import { NfsBackend } from './backends/nfs.js';
import { NullBackend } from './backends/null.js';
import { PsyncBackend } from './backends/psync.js';
import { SimulatedBackend } from './backends/simulated.js';
import { canBeSlowed, SlowedBackend } from './backends/slowed.js';
import { Content, wholeSectors } from './content/buffers.js';
import { type Backend, IoFault } from './core/backend.js';
import { transferCalls } from './core/calls.js';
import { MonotonicClock, monotonicNs } from './core/clock.js';
import { collectGarbage } from './core/collect.js';
import { Counters } from './core/counters.js';
import { FileBackend } from './core/file-backend.js';
import { Meter } from './core/meter.js';
import type { WorkerOutcome, WorkerReport, WorkerTask } from './core/protocol.js';
import type { ProgramContext } from './jobs/job-program.js';
import { programOf } from './jobs/programs.js';
import { UringBackend } from './uring/uring-backend.js';
import { warmUp } from './warm-up.js';
import { WireWatch } from './wire-watch.js';

/** The common start lies this far after the last arrival: longer than a wake-up takes. */
const START_LEAD_NS = 1_000_000;

/** Time bounds of a job: `ramp_time` comes before `runtime`, as in fio. */
function bounds(job: Job): { rampNs: number; deadlineNs: number } {
  const rampNs = 'rampTimeNs' in job ? job.rampTimeNs : 0;
  const runtimeNs = 'runtimeNs' in job ? job.runtimeNs : null;
  return { rampNs, deadlineNs: runtimeNs === null ? Number.POSITIVE_INFINITY : rampNs + runtimeNs };
}

/** Whether blocks are compared with the content that they must have. */
function checksContent(job: Job): boolean {
  return job.kind === 'checkpoint-write' ? job.readBack : job.verify;
}

/** A worker without a share of the files is no sign that not all are busy any more. */
function hasWork(task: WorkerTask): boolean {
  return task.extents.length > 0 || task.job.kind === 'checkpoint-write';
}

/** Operations in flight that this worker's buffers are for. */
function placesOf({ backend, job }: WorkerTask): number {
  return backend === 'io_uring' && job.kind === 'io' ? job.iodepth : 1;
}

function contentOf(task: WorkerTask): Content {
  const lengths = task.job.bs.map(({ blockBytes }) => blockBytes);
  return new Content(task.files, {
    maxBlockBytes: Math.max(...lengths),
    wholeSectors: wholeSectors(lengths),
    places: placesOf(task),
    checks: checksContent(task.job),
    mapRoomBytes: task.backend === 'mmap' ? mapRoomBytes(task.files) : 0,
  });
}

function createBackend(task: WorkerTask, clock: MonotonicClock, content: Content): Backend {
  const backend = bareBackend(task, clock, content);
  if (task.slowdown === null) return backend;
  assert(canBeSlowed(task.backend), `${task.backend} cannot be slowed down`);
  return new SlowedBackend(backend, task.slowdown);
}

function bareBackend(task: WorkerTask, clock: MonotonicClock, content: Content): Backend {
  const { job } = task;
  switch (task.backend) {
    case 'psync':
      return new PsyncBackend(transferCalls(content.bytes), clock);
    case 'nfs':
      return new NfsBackend(nfsStoreOf(task.scratchDirectory), content.bytes, clock);
    case 'io_uring':
      return new UringBackend(libc() as Libc, content, clock, placesOf(task));
    case 'mmap':
      return new MmapBackend(libc() as Libc, content, clock, job.kind === 'io' ? job.madvise : 'normal');
    case 'null':
      return new NullBackend(clock);
    case 'simulated':
      return new SimulatedBackend(job.simulatedLatencyNs, job.simulatedBytesPerSecond, task.seed, task.worker);
  }
}

/** Garbage collections of this thread between two moments of `performance.now()`. */
class GcWatch {
  readonly #entries: { startTime: number; duration: number }[] = [];
  readonly #observer = new PerformanceObserver((list) => this.#entries.push(...list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /** Entries are delivered when the thread is idle: hence the wait. */
  async between(fromMs: number, toMs: number): Promise<{ gcNs: number; gcCount: number }> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#entries.push(...this.#observer.takeRecords());
    this.#observer.disconnect();
    const inside = this.#entries.filter((entry) => entry.startTime >= fromMs && entry.startTime <= toMs);
    return { gcCount: inside.length, gcNs: Math.round(inside.reduce((sum, entry) => sum + entry.duration, 0) * 1e6) };
  }
}

/** Between the common start and the end of the program: all that is measured. */
async function measure(context: ProgramContext, clock: MonotonicClock): Promise<WorkerReport | null> {
  const { backend, meter, counters } = context;
  const program = programOf(context);
  program.prepare();
  collectGarbage();
  const startNs = counters.barrier(monotonicNs, START_LEAD_NS);
  if (startNs === null) return null;
  const gc = new GcWatch();
  clock.startAt(startNs);
  clock.waitUntil(0);
  const startDelayNs = clock.now();
  const gcFromMs = performance.now();
  const bare = backend instanceof SlowedBackend ? backend.inner : backend;
  const wire = bare instanceof NfsBackend ? new WireWatch(bare.connection) : null;
  const before = threadUsage();
  const busyNs = program.run();
  const total = meter.finish(backend.clock.now());
  const after = threadUsage();
  const collections = await gc.between(gcFromMs, performance.now());
  const carried = wire?.carried();
  program.complete();
  return {
    total,
    rampEnd: meter.rampEnd,
    allBusyEnd: meter.allBusyEnd,
    startDelayNs: Math.max(0, startDelayNs),
    busyNs,
    seconds: meter.seconds,
    usage: usageBetween(before, after),
    ...collections,
    calls: bare instanceof PsyncBackend ? bare.callsName : null,
    ring: bare instanceof UringBackend ? bare.use : null,
    shortTransfers: bare instanceof FileBackend ? bare.shortTransfers : 0,
    ...(carried === undefined ? {} : { wire: carried }),
  };
}

/** Field by field: what was used between two moments. */
function usageBetween(before: ThreadUsage | null, after: ThreadUsage | null): ThreadUsage | null {
  if (before === null || after === null) return null;
  return {
    totalNs: after.totalNs - before.totalNs,
    userNs: after.userNs - before.userNs,
    systemNs: after.systemNs - before.systemNs,
    minorFaults: after.minorFaults - before.minorFaults,
    majorFaults: after.majorFaults - before.majorFaults,
  };
}

/** One worker's part of one trial. Never throws: a fault is returned, and stops the other workers. */
export default async function work(task: WorkerTask): Promise<WorkerOutcome> {
  const counters = new Counters(task.memory, task.workers);
  const clock = new MonotonicClock();
  let backend: Backend | null = null;
  try {
    const { job } = task;
    const { rampNs, deadlineNs } = bounds(job);
    const content = contentOf(task);
    const marksDone = task.backend !== 'simulated' && hasWork(task);
    const meter = new Meter(counters, task.worker, rampNs, deadlineNs, marksDone);
    // Virtual time is the same however long it takes.
    if (task.backend !== 'simulated') warmUp(task, { contentOf, createBackend });
    backend = createBackend(task, clock, content);
    const report = await measure({ task, backend, meter, content, counters }, clock);
    return { worker: task.worker, report, fault: null };
  } catch (thrown) {
    counters.requestStop();
    const fault = thrown instanceof IoFault ? thrown.fault : systemFaultOf(thrown);
    return { worker: task.worker, report: null, fault };
  } finally {
    backend?.dispose();
  }
}
