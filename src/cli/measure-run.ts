/** What `run` and `calibrate` share: the sessions of a plan one after the other, every trial on disk as it ends. */
import { FeedrateError } from '../base/errors.js';
import type { RunRecord } from '../record/run-record.js';
import { createRun, type RunStore } from '../store/run-store.js';
import type { RunOptions } from './arguments.js';
import type { Preparation } from './preparation.js';
import { createProgress, type Progress } from './progress.js';
import { INTERRUPTIONS, SessionRunner } from './session-runner.js';
import { removeScratch } from './targets.js';

export type RunEnd = Exclude<RunRecord['status'], 'running'>;

export interface MeasuredRun {
  /** Of the run. */
  readonly directory: string;
  readonly status: RunEnd;
}

/** Makes the run directory and measures the plan into it. Throws `FeedrateError('store')` when it cannot be written. */
export async function measureRun(
  preparation: Preparation,
  record: Omit<RunRecord, 'id'>,
  options: Pick<RunOptions, 'outputDirectory' | 'progress' | 'dropCaches'>,
): Promise<MeasuredRun> {
  const store = createRun(options.outputDirectory, record);
  const totalTrials = preparation.plan.trials.length;
  const progress = createProgress(options.progress, process.stderr, process.env, { totalTrials });
  for (const note of preparation.notes) progress.note(note);
  // Until the sessions say otherwise: a defect that is thrown through here must not leave a run that looks alive.
  let status: RunEnd = 'failed';
  try {
    status = await runSessions(preparation, store, progress, options.dropCaches);
  } finally {
    progress.close();
    store.finish(status);
  }
  return { directory: store.directory, status };
}

/** Session after session. What ends a run early is told on stderr; what was measured until then counts. */
async function runSessions(
  { plan, workload }: Preparation,
  { run, directory }: RunStore,
  progress: Progress,
  dropCaches: boolean,
): Promise<RunEnd> {
  const runner = new SessionRunner();
  const release = onInterrupt(runner, progress);
  const common = { plan, dataset: workload.dataset, runId: run.id, dropCaches, injected: run.injected ?? [] };
  try {
    for (let session = 1; session <= plan.sessions && !runner.stopping; session++) {
      await runner.run({ ...common, session }, directory, (event) => progress.handle(event));
    }
    return runner.stopping ? 'aborted' : 'complete';
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    progress.note(thrown.message);
    return 'failed';
  } finally {
    release();
    if (runner.killed) removeScratch(plan.targets, run.id, progress);
  }
}

/** The first Ctrl-C (or SIGTERM, SIGHUP) stops politely, the second one at once. */
function onInterrupt(runner: SessionRunner, progress: Progress): () => void {
  const handle = () => {
    if (runner.stopping) {
      runner.kill();
      return;
    }
    runner.stop();
    progress.note('stopping: what is measured is kept; press Ctrl-C again to stop at once');
  };
  for (const signal of INTERRUPTIONS) process.on(signal, handle);
  return () => {
    for (const signal of INTERRUPTIONS) process.off(signal, handle);
  };
}
