/** The entry of a worker thread: reached by URL from `pool.ts`, never imported for its values. */
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { assert } from '../base/assert.js';
import { systemFaultOf } from '../base/errors.js';
import { type ThreadUsage, threadUsage } from '../host/system/thread-usage.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import { ENGINES } from '../workload/engines.js';
import type { Equipment } from './backends/backend-factory.js';
import { BACKENDS } from './backends/factories.js';
import { mapRoomBytes } from './backends/map-room.js';
import { canBeSlowed, slowed } from './backends/slowed.js';
import { Content, wholeSectors } from './content/buffers.js';
import { IoFault } from './core/backend.js';
import { MonotonicClock, monotonicNs } from './core/clock.js';
import { collectGarbage, collectPreparation } from './core/collect.js';
import { Counters } from './core/counters.js';
import { Meter } from './core/meter.js';
import type { WorkerOutcome, WorkerReport, WorkerTask } from './core/protocol.js';
import type { ProgramContext } from './jobs/job-program.js';
import { programOf } from './jobs/registry.js';
import { warmUp } from './warm-up.js';

/** The common start lies this far after the last arrival: longer than a wake-up takes. */
const START_LEAD_NS = 1_000_000;

/** Operations in flight that this worker's buffers are for. */
function placesOf({ backend, job }: WorkerTask): number {
  return ENGINES[backend].holdsQueue ? jobPlanOf(job).queue.depth : 1;
}

function contentOf(task: WorkerTask): Content {
  const lengths = task.job.bs.map(({ blockBytes }) => blockBytes);
  return new Content(task.files, {
    maxBlockBytes: Math.max(...lengths),
    wholeSectors: wholeSectors(lengths),
    places: placesOf(task),
    checks: jobPlanOf(task.job).checksContent,
    mapRoomBytes: ENGINES[task.backend].mapsFiles ? mapRoomBytes(task.files) : 0,
  });
}

function equip(task: WorkerTask, clock: MonotonicClock, content: Content): Equipment {
  const equipment = BACKENDS[task.backend].create(task, clock, content);
  if (task.slowdown === null) return equipment;
  assert(canBeSlowed(task.backend), `${task.backend} cannot be slowed down`);
  return slowed(equipment, task.slowdown);
}

/** The measurements of a worker, within the bounds of its job: `ramp_time` comes before `runtime`, as in fio. */
function createMeter(task: WorkerTask, counters: Counters): Meter {
  const { rampNs, runtimeNs } = jobPlanOf(task.job).bounds;
  const deadlineNs = runtimeNs === null ? Number.POSITIVE_INFINITY : rampNs + runtimeNs;
  // A worker without a share of the files is no sign that not all are busy any more.
  const marksDone = !ENGINES[task.backend].virtualClock && task.extents.length > 0;
  return new Meter(counters, task.worker, rampNs, deadlineNs, marksDone);
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
async function measure(
  context: ProgramContext,
  watch: Equipment['watch'],
  clock: MonotonicClock,
): Promise<WorkerReport | null> {
  const { backend, meter, counters } = context;
  const program = programOf(context);
  program.prepare();
  collectPreparation();
  const startNs = counters.barrier(monotonicNs, START_LEAD_NS);
  if (startNs === null) return null;
  const gc = new GcWatch();
  clock.startAt(startNs);
  clock.waitUntil(0);
  const startDelayNs = clock.now();
  const gcFromMs = performance.now();
  const watched = watch();
  const before = threadUsage();
  const busyNs = program.run();
  const total = meter.finish(backend.clock.now());
  const after = threadUsage();
  const collections = await gc.between(gcFromMs, performance.now());
  const ownReport = watched();
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
    ...ownReport,
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
  let equipment: Equipment | null = null;
  try {
    const content = contentOf(task);
    const meter = createMeter(task, counters);
    warmUp(task, { contentOf, equip });
    equipment = equip(task, clock, content);
    const { backend, createDrain, watch } = equipment;
    const report = await measure({ task, backend, createDrain, meter, content, counters }, watch, clock);
    return { worker: task.worker, report, fault: null };
  } catch (thrown) {
    counters.requestStop();
    const fault = thrown instanceof IoFault ? thrown.fault : systemFaultOf(thrown);
    return { worker: task.worker, report: null, fault };
  } finally {
    equipment?.backend.dispose();
    // Runs when the outcome is sent: the session writes it to disk at the same time.
    setImmediate(collectGarbage);
  }
}
