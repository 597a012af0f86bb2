/** `feedrate run`: the whole flow, from the words on the command line to the exit status. */
import { EXIT, FeedrateError } from '../base/errors.js';
import { evaluateThresholds, exitStatusOf } from '../gate/thresholds.js';
import type { RunRecord } from '../record/run-record.js';
import { readRun } from '../store/read-run.js';
import { createRun, type RunStore } from '../store/run-store.js';
import type { RunOptions } from './arguments.js';
import { type Preparation, prepareRun, runRecordOf } from './preparation.js';
import { createProgress, type Progress } from './progress.js';
import { INTERRUPTIONS, SessionRunner } from './session-runner.js';
import { printRun } from './show.js';
import { removeScratch, useTargets } from './targets.js';

type RunEnd = Exclude<RunRecord['status'], 'running'>;

/**
 * Runs a workload and returns the exit status. Every trial is on disk as it ends. Throws
 * `FeedrateError` for what the user can mend; then nothing was written to the targets.
 */
export async function run(options: RunOptions, command: readonly string[]): Promise<number> {
  const targets = useTargets(options.targets);
  try {
    const preparation = prepareRun(options, targets.list);
    if (options.dryRun) {
      const { printDryRun } = await import('./dry-run.js');
      printDryRun(preparation, options.format);
      return EXIT.pass;
    }
    const store = createRun(options.outputDirectory, runRecordOf(preparation, options, command));
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
    const { trials } = readRun(store.directory);
    printRun(store.directory, options.format);
    return exitStatusOf({ status, trials, thresholds: evaluateThresholds(preparation.plan.arms, trials) });
  } finally {
    targets.dispose();
  }
}

/** Session after session. What ends a run early is told on stderr; what was measured until then counts. */
async function runSessions(
  preparation: Preparation,
  store: RunStore,
  progress: Progress,
  options: RunOptions,
): Promise<RunEnd> {
  const { plan, workload } = preparation;
  const runner = new SessionRunner();
  const release = onInterrupt(runner, progress);
  try {
    for (let session = 1; session <= plan.sessions && !runner.stopping; session++) {
      const sessionOptions = {
        plan,
        dataset: workload.dataset,
        runId: store.run.id,
        session,
        dropCaches: options.dropCaches,
        injected: store.run.injected ?? [],
      };
      await runner.run(sessionOptions, store.directory, (event) => progress.handle(event));
    }
    return runner.stopping ? 'aborted' : 'complete';
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    progress.note(thrown.message);
    return 'failed';
  } finally {
    release();
    if (runner.killed) removeScratch(plan.targets, store.run.id, progress);
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
