import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../../base/errors.js';
import { commandFor } from '../../base/results-command.js';
import { argumentsOf, resultsOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printLines, tell } from '../output/print.js';
import { exits } from '../terminal/exits.js';

export const merge: Subcommand = {
  name: 'merge',
  description: 'merge the runs of several machines into one',
  completes: 'runs',
  configure(command) {
    command
      .argument('<runs...>', 'directories or names of the runs, or of one run with the parts of its ranks')
      .addOption(resultsOption())
      .action(
        exits((runs: readonly string[], options: { readonly output: string }, command: Command) =>
          mergeNamed(runs, options.output, argumentsOf(command)),
        ),
      );
  },
  examples: `
Examples:
  feedrate merge a1f3 b2c4 d5e6 -o /fsx/results
  feedrate merge /fsx/results/20261130T041500Z_train_a1f3    the parts of a group that died

Only the time in which all machines ran counts. The machines must have run the
same workload with the same seed. The runs stay as they are.
`,
};

/** Merges the runs and prints the name of the new one. Throws `FeedrateError` as `resolveRun` and `mergeStoredRuns` do. */
async function mergeNamed(specs: readonly string[], output: string, command: readonly string[]): Promise<number> {
  const [{ resolveRun }, { mergeStoredRuns }] = await Promise.all([
    import('../../store/find-runs.js'),
    import('../../run/merge-stored.js'),
  ]);
  const directories = [...new Set(specs.map((spec) => resolve(resolveRun(output, spec, tell))))];
  const { directory, ranks, commonNs, longestNs, problems } = mergeStoredRuns(directories, output, command);
  for (const problem of problems) tell(problem);
  const seconds = (ns: number) => (ns / 1e9).toFixed(1);
  const percent = Math.round((commonNs / longestNs) * 100);
  tell(`${ranks} ranks ran together for ${seconds(commonNs)} of ${seconds(longestNs)} s (${percent} %)`);
  const id = basename(directory);
  printLines([id]);
  tell(`Next: ${commandFor(output, `show ${id}`)}`);
  return EXIT.pass;
}
