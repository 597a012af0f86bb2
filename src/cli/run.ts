/** `feedrate run`: the whole flow, from the words on the command line to the exit status. */
import { EXIT } from '../base/errors.js';
import { evaluateThresholds, exitStatusOf } from '../gate/thresholds.js';
import { readRun } from '../store/read-run.js';
import type { RunOptions } from './arguments.js';
import { measureRun } from './measure-run.js';
import { prepareRun, runRecordOf } from './preparation.js';
import { printRun } from './show.js';
import { useTargets } from './targets.js';

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
    const { directory, status } = await measureRun(preparation, runRecordOf(preparation, options, command), options);
    const { trials } = readRun(directory);
    printRun(directory, options.format);
    return exitStatusOf({ status, trials, thresholds: evaluateThresholds(preparation.plan.arms, trials) });
  } finally {
    targets.dispose();
  }
}
