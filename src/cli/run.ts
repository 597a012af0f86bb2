/** `feedrate run`: the whole flow, from the words on the command line to the exit status. */
import { EXIT } from '../base/errors.js';
import { evaluateThresholds, exitStatusOf } from '../gate/thresholds.js';
import { readRun } from '../store/read-run.js';
import { createRun } from '../store/run-store.js';
import type { RunOptions } from './arguments.js';
import { untilTargetsAnswer } from './first-touch.js';
import { measure } from './measure.js';
import { requireOutputFiles } from './output-files.js';
import { prepareRun, readWorkload, runRecordOf } from './preparation.js';
import type { SessionRunner } from './session-runner.js';
import { printRun, writeRunFiles } from './show.js';
import { useTargets } from './targets.js';

/** What a caller has begun already, so that processes start while this one still loads modules. */
export interface RunStart {
  /** Its first session's process may be prepared. */
  readonly runner: SessionRunner;
  /** Resolves when every target has answered. */
  readonly answered: Promise<void>;
}

/**
 * Runs a workload and returns the exit status. Every trial is on disk as it ends. Throws
 * `FeedrateError` for what the user can mend; then nothing was written to the targets.
 */
export async function run(options: RunOptions, command: readonly string[], start?: RunStart): Promise<number> {
  const targets = useTargets(options.targets);
  try {
    await (start?.answered ?? untilTargetsAnswer(options.targets));
    const preparation = prepareRun(readWorkload(options.workloadPath), options, targets.list);
    if (options.dryRun) {
      const { printDryRun } = await import('./dry-run.js');
      printDryRun(preparation, options.format);
      return EXIT.pass;
    }
    requireOutputFiles(options.files);
    const store = createRun(options.outputDirectory, runRecordOf(preparation, options, command));
    const status = await measure(
      preparation,
      store,
      start === undefined ? options : { ...options, runner: start.runner },
    );
    const { trials } = readRun(store.directory);
    printRun(store.directory, options.format);
    const filesStatus = writeRunFiles(store.directory, options.files);
    return (
      exitStatusOf({ status, trials, thresholds: evaluateThresholds(preparation.plan.arms, trials) }) || filesStatus
    );
  } finally {
    targets.dispose();
  }
}
