/** Entry point of a worker thread. `pool.ts` loads it by URL; nothing imports its values. */
import { PerformanceObserver, performance } from 'node:perf_hooks';
import { assert } from '../base/assert.js';
import { systemFaultOf } from '../base/errors.js';
import { useHeld } from '../host/files/held-directories.js';
import { type ThreadUsage, threadUsage } from '../host/system/thread-usage.js';
import { blockEnds } from '../plan/blocks.js';
import type { Files, JobFiles } from '../plan/file-list.js';
import { jobPlanOf } from '../plan/jobs/registry.js';
import type { DataFile } from '../plan/plan.js';
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
import { MissedByWorker } from './core/missed-by-worker.js';
import type { WorkerOutcome, WorkerReport, WorkerTask } from './core/protocol.js';
import { filesOfTask, type WorkerFiles } from './core/worker-files.js';
import type { ProgramContext } from './jobs/job-program.js';
import { programOf } from './jobs/registry.js';
import { layOutInThread } from './layout/layout-hands.js';
import type { LayoutFailure, LayoutTask } from './layout/layout-task.js';
import { warmUp } from './warm-up.js';

/** Time from the last worker's arrival to the common start. Longer than a wake-up takes. */
const START_LEAD_NS = 1_000_000;

/** Returns the number of operations in flight, each of which needs a buffer. */
function placesOf({ backend, job }: WorkerTask): number {
  return ENGINES[backend].holdsQueue ? jobPlanOf(job).queue.depth : 1;
}

function contentOf(task: WorkerTask, { files }: WorkerFiles): Content {
  const lengths = blockEnds(task.job);
  const { mapsFiles } = ENGINES[task.backend];
  const held = slotsOf(task, files);
  return new Content(held, {
    maxBlockBytes: Math.max(...lengths),
    wholeSectors: wholeSectors(lengths),
    places: placesOf(task),
    checks: jobPlanOf(task.job).checksContent,
    mapRoomBytes: mapsFiles ? mapRoomBytes(held) : 0,
  });
}

/** Returns the first file of each slot. A job with one file open at a time has one slot, with room for the longest. */
function slotsOf({ job, backend }: WorkerTask, files: Files): readonly DataFile[] {
  if (jobPlanOf(job).holdsAllFiles) return Array.isArray(files) ? files : [...files];
  if (!ENGINES[backend].mapsFiles) return [];
  const longest = 'sums' in files ? files.at((files as JobFiles).sums.longest) : longestOf(files);
  return longest === undefined ? [] : [longest];
}

function longestOf(files: Files): DataFile | undefined {
  return [...files].sort((a, b) => b.bytes - a.bytes)[0];
}

function equip(task: WorkerTask, clock: MonotonicClock, content: Content): Equipment {
  const equipment = BACKENDS[task.backend].create(task, clock, content);
  if (task.slowdown === null) return equipment;
  assert(canBeSlowed(task.backend), `${task.backend} cannot be slowed down`);
  return slowed(equipment, task.slowdown);
}

/** Creates a worker's meter with the time limits of its job. `ramp_time` comes before `runtime`, as in fio. */
function createMeter(task: WorkerTask, { extents }: WorkerFiles, counters: Counters): Meter {
  const { rampNs, runtimeNs } = jobPlanOf(task.job).bounds;
  const deadlineNs = runtimeNs === null ? Number.POSITIVE_INFINITY : rampNs + runtimeNs;
  // A worker without files is done at once, which does not mean that the busy window is over.
  const marksDone = !ENGINES[task.backend].virtualClock && extents.length > 0;
  return new Meter(counters, task.worker, rampNs, deadlineNs, marksDone);
}

/** Records garbage collections of this thread. */
class GcWatch {
  readonly #entries: { startTime: number; duration: number }[] = [];
  readonly #observer = new PerformanceObserver((list) => this.#entries.push(...list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  /**
   * Returns the collections between two `performance.now()` times. Waits, because an idle thread delivers the entries.
   */
  async between(fromMs: number, toMs: number): Promise<{ gcNs: number; gcCount: number }> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#entries.push(...this.#observer.takeRecords());
    this.#observer.disconnect();
    const inside = this.#entries.filter((entry) => entry.startTime >= fromMs && entry.startTime <= toMs);
    return { gcCount: inside.length, gcNs: Math.round(inside.reduce((sum, entry) => sum + entry.duration, 0) * 1e6) };
  }
}

/**
 * Waits for all workers of the trial, of both jobs if there are two. Returns the common start (`monotonicNs`); null after a
 * stop.
 */
function commonStart(counters: Counters, start: Counters | null): number | null {
  if (start === null) return counters.barrier(monotonicNs, START_LEAD_NS);
  // The second barrier needs time of its own before the start.
  const startNs = start.barrier(monotonicNs, 2 * START_LEAD_NS);
  return startNs === null ? null : counters.barrier(() => startNs, 0);
}

/** Runs the program from the common start to its end and measures it. Returns null after a stop before the start. */
async function measure(
  context: ProgramContext,
  watch: Equipment['watch'],
  clock: MonotonicClock,
  start: Counters | null,
): Promise<WorkerReport | null> {
  const { backend, meter, counters } = context;
  const program = programOf(context);
  program.prepare();
  // The first reading in a thread loads the C library, for 9 ms that would belong to the first trial.
  threadUsage();
  collectPreparation();
  const startNs = commonStart(counters, start);
  if (startNs === null) return null;
  const gc = new GcWatch();
  clock.startAt(startNs);
  backend.clock.startAt(startNs);
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
    deadlineEnd: meter.deadlineEnd,
    allBusyEnd: meter.allBusyEnd,
    startDelayNs: Math.max(0, startDelayNs),
    busyNs,
    ...(program.phases !== undefined && { phases: program.phases }),
    ...(program.replay !== undefined && { replay: program.replay }),
    ...(program.spans !== undefined && { spans: { kept: program.spans.kept, dropped: program.spans.dropped } }),
    ...(program.checkpoints !== undefined && { checkpoints: program.checkpoints }),
    ...(program.training !== undefined && { training: program.training }),
    seconds: meter.seconds,
    usage: usageBetween(before, after),
    ...collections,
    ...ownReport,
  };
}

/** Returns the difference of two readings, field by field; null when one of them is missing. */
function usageBetween(before: ThreadUsage | null, after: ThreadUsage | null): ThreadUsage | null {
  if (before === null || after === null) return null;
  return {
    totalNs: after.totalNs - before.totalNs,
    userNs: after.userNs - before.userNs,
    systemNs: after.systemNs - before.systemNs,
    minorFaults: after.minorFaults - before.minorFaults,
    majorFaults: after.majorFaults - before.majorFaults,
    involuntarySwitches:
      after.involuntarySwitches === null || before.involuntarySwitches === null
        ? null
        : after.involuntarySwitches - before.involuntarySwitches,
  };
}

/** Does a task of a trial or of a layout. Never throws: the result has the fault. */
export default async function work(task: WorkerTask | LayoutTask): Promise<WorkerOutcome | LayoutFailure | null> {
  return 'layout' in task ? layOutInThread(task) : takePart(task);
}

/** Runs one worker's part of one trial. Never throws: it returns the fault and stops the other workers. */
async function takePart(task: WorkerTask): Promise<WorkerOutcome> {
  const counters = new Counters(task.memory, task.workers);
  const start = task.start === undefined ? null : new Counters(task.start.memory, task.start.workers);
  counters.enter();
  const clock = new MonotonicClock();
  let equipment: Equipment | null = null;
  const { held = null } = task;
  const letGo = held === null ? null : useHeld(held.path, held.fd);
  try {
    const files = filesOfTask(task);
    const content = contentOf(task, files);
    const meter = createMeter(task, files, counters);
    warmUp(task, { contentOf, equip });
    equipment = equip(task, clock, content);
    const { backend, createDrain, watch } = equipment;
    const missed = new MissedByWorker();
    const context = { task, ...files, backend, createDrain, meter, content, counters, missed };
    const report = await measure(context, watch, clock, start);
    return { worker: task.worker, report: report && Object.assign(report, { missed: missed.report }), fault: null };
  } catch (thrown) {
    counters.requestStop();
    start?.requestStop();
    const fault = thrown instanceof IoFault ? thrown.fault : systemFaultOf(thrown);
    return { worker: task.worker, report: null, fault };
  } finally {
    equipment?.backend.dispose();
    letGo?.();
    // Runs when the outcome is sent: the session writes it to disk at the same time.
    if (task.isLast !== true) setImmediate(collectGarbage);
  }
}
