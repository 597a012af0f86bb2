import { EXIT } from '../../base/errors.js';
import { formatOption, resultsOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson, printLines, tell } from '../output/print.js';
import { exits } from '../terminal/exits.js';

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
  const [{ listRuns, shortNames }, { readTrials }, { runEntry, runTable }, { stdoutOptions }, { tieringNotes }] =
    await Promise.all([
      import('../../store/find-runs.js'),
      import('../../store/read-run.js'),
      import('../../report/history/run-list.js'),
      import('../terminal/output.js'),
      import('../../store/tiering-notes.js'),
    ]);
  for (const line of await tieringNotes(output, Date.now())) tell(line);
  const entries = listRuns(output, tell).map((listing) =>
    runEntry({ ...listing, trials: readTrials(listing.directory).trials }),
  );
  const nameOf = shortNames(entries.map(({ id }) => id));
  if (format === 'json') printJson(entries);
  else if (entries.length > 0) printLines(runTable(entries, nameOf, stdoutOptions()));
  else tell(`no runs in ${output} yet; start one with: feedrate run quick`);
  return EXIT.pass;
}
