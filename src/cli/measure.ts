/** Measuring a plan: its sessions one after the other, told on the terminal, ended by Ctrl-C. */
import { FeedrateError } from '../base/errors.js';
import type { RunRecord } from '../record/run-record.js';
import type { RunStore } from '../store/run-store.js';
import type { SessionEvent } from '../trial/events.js';
import type { RunOptions } from './arguments.js';
import type { Preparation } from './preparation.js';
import { createProgress, type Progress } from './progress.js';
import { Remounts } from './remounts.js';
import { INTERRUPTIONS, SessionRunner } from './session-runner.js';
import { removeScratch } from './targets.js';
import { Watchdog } from './watchdog.js';

export type RunEnd = Exclude<RunRecord['status'], 'running'>;

export interface MeasureOptions extends Pick<RunOptions, 'progress' | 'dropCaches' | 'remount'> {
  /** 1-based; the sessions before it were measured earlier. Default 1. */
  readonly firstSession?: number;
  /** Default: a new one. */
  readonly runner?: SessionRunner;
}

/** Runs the sessions of the plan into the store, and says there how it ended. What ends it early is told on stderr. */
export async function measure(preparation: Preparation, store: RunStore, options: MeasureOptions): Promise<RunEnd> {
  const totalTrials = preparation.plan.trials.length;
  const progress = createProgress(options.progress, process.stderr, process.env, { totalTrials });
  for (const note of preparation.notes) progress.note(note);
  // Until the sessions say otherwise: a defect that is thrown through here must not leave a run that looks alive.
  let status: RunEnd = 'failed';
  try {
    status = await runSessions(preparation, store, progress, options);
  } finally {
    progress.close();
    store.finish(status);
  }
  return status;
}

/** Session after session. What ends a run early is told on stderr; what was measured until then counts. */
async function runSessions(
  preparation: Preparation,
  store: RunStore,
  progress: Progress,
  options: MeasureOptions,
): Promise<RunEnd> {
  const { plan, workload } = preparation;
  const { runner = new SessionRunner() } = options;
  const release = onInterrupt(runner, progress);
  const remounts = options.remount ? new Remounts(plan, (text) => progress.note(text)) : null;
  const watchdog = new Watchdog({
    ...{ plan, targets: store.run.environment.targets, note: (text: string) => progress.note(text) },
    ...{ isStopping: () => runner.stopping, kill: () => runner.kill() },
  });
  try {
    for (let session = options.firstSession ?? 1; session <= plan.sessions && !runner.stopping; session++) {
      const sessionOptions = {
        plan,
        dataset: workload.dataset,
        runId: store.run.id,
        session,
        dropCaches: options.dropCaches,
        injected: store.run.injected ?? [],
        looks: progress.looks,
      };
      const onEvent = (event: SessionEvent) => {
        watchdog.handle(event);
        progress.handle(event);
      };
      await runner.run(sessionOptions, store.directory, onEvent, remounts?.remount ?? null);
    }
    return runner.stopping ? 'aborted' : 'complete';
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    progress.note(thrown.message);
    return 'failed';
  } finally {
    release();
    watchdog.close();
    await remounts?.settled();
    if (runner.killed) await removeScratch(plan.targets, store.run.id, watchdog.silent, progress);
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
