/** What an emulated training costs without its storage: the AU of the same steps on an engine that reads nothing. */
import { workersOf } from '../engine/choose.js';
import { Counters, type Stoppable } from '../engine/core/counters.js';
import type { WorkerPool } from '../engine/pool.js';
import { utilisation } from '../training/utilisation.js';
import { ENGINES, type Engine } from '../workload/engines.js';
import { meanOfSpread } from '../workload/time-spread.js';
import type { Job } from '../workload/workload.js';
import { type Stage, tasksOf } from './stage.js';

/** A try takes about this time, but has at least and at most so many steps after the first. */
const TRY_NS = 1e9;
const LEAST_STEPS = 4;
const MOST_STEPS = 100;
/** A try of longer steps would take too long, and the cost of such a step does not matter. */
const LONGEST_STEP_NS = 2e9;

const NOTHING: Engine = 'null';

const known = new WeakMap<Job, number | null>();

/**
 * Returns the AU of a few steps of an arm's job on the engine without I/O, measured once for each job; null when it cannot be
 * measured, or was stopped. Undefined for jobs and engines that need none.
 * @param onCounters called with the counters of the try, so that a stop request reaches its workers
 */
export async function nullAuOf(
  stage: Stage,
  pool: WorkerPool,
  onCounters: (counters: Stoppable | null) => void,
): Promise<number | null | undefined> {
  const { spec } = stage.arm;
  if (!('computationTime' in spec) || !ENGINES[stage.engine.used].touchesFiles) return undefined;
  const before = known.get(spec);
  if (before !== undefined) return before;
  const stepNs = meanOfSpread(spec.computationTime);
  if (stepNs > LONGEST_STEP_NS) return null;
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, Math.ceil(TRY_NS / stepNs)));
  const job = { ...spec, totalSteps: Math.min(steps + 1, spec.totalSteps ?? Number.POSITIVE_INFINITY) };
  const counters = Counters.allocate(workersOf(spec, stage.engine));
  onCounters(counters);
  try {
    const idle = { ...stage, arm: { ...stage.arm, spec: job }, engine: { ...stage.engine, used: NOTHING } };
    const outcomes = await pool.run(tasksOf(idle, counters, { seed: spec.randseed, partition: null }, []), counters);
    const epochs = outcomes.flatMap(({ report }) => report?.training?.epochs ?? []);
    const [first] = epochs;
    const au = first === undefined || counters.stopRequested ? Number.NaN : utilisation(first);
    const found = Number.isNaN(au) ? null : au;
    known.set(spec, found);
    return found;
  } finally {
    onCounters(null);
  }
}
