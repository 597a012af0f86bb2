import { EXIT } from '../../base/errors.js';
import { formatOption, resultsOption } from '../options/common-options.js';
import { exits, type Subcommand } from '../options/subcommand.js';

interface ListOptions {
  /** The results directory. */
  readonly output: string;
  readonly format: 'table' | 'json';
}

export const list: Subcommand = {
  name: 'list',
  description: 'list the saved runs',
  configure(command) {
    command
      .addOption(resultsOption())
      .addOption(formatOption(['table', 'json']))
      .action(exits(listAll));
  },
  examples: '\nExample:\n  feedrate list --format json\n',
};

/** Prints the runs of a results directory, oldest first. Throws `FeedrateError('store')` when it cannot be read. */
async function listAll({ output, format }: ListOptions): Promise<number> {
  const [{ listRuns, shortNames }, { readTrials }, { runEntry, runTable }, { stdoutOptions }] = await Promise.all([
    import('../../store/find-runs.js'),
    import('../../store/read-run.js'),
    import('../../report/history/run-list.js'),
    import('../terminal/output.js'),
  ]);
  const entries = listRuns(output).map((listing) =>
    runEntry({ ...listing, trials: readTrials(listing.directory).trials }),
  );
  const nameOf = shortNames(entries.map(({ id }) => id));
  if (format === 'json') process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else if (entries.length > 0) process.stdout.write(`${runTable(entries, nameOf, stdoutOptions()).join('\n')}\n`);
  else process.stderr.write(`no runs in ${output} yet; start one with: feedrate run workloads/quick.yaml\n`);
  return EXIT.pass;
}
