import { EXIT } from '../../base/errors.js';
import type { RunEntry } from '../../report/history/run-list.js';
import { formatOption, listedOption } from '../options/common-options.js';
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
      .addOption(listedOption())
      .addOption(formatOption(['table', 'json']))
      .action(exits(listAll));
  },
  examples: '\nExamples:\n  feedrate list --format json\n  feedrate list -o s3://bucket/runs\n',
};

/**
 * Prints the runs of a results directory or of a place in a bucket, oldest first. Throws `FeedrateError`: `store` when the
 * directory cannot be read, `cloud` when the bucket cannot.
 */
async function listAll({ output, format }: ListOptions): Promise<number> {
  const [{ shortNames }, { withListedRuns }, { runEntry, runTable }, { stdoutOptions }, { tieringNotes }, buckets] =
    await Promise.all([
      import('../../store/find-runs.js'),
      import('../../store/run-sources.js'),
      import('../../report/history/run-list.js'),
      import('../terminal/output.js'),
      import('../../store/tiering-notes.js'),
      import('../../store/bucket-place.js'),
    ]);
  if (!buckets.isBucketUrl(output)) for (const line of await tieringNotes(output, Date.now())) tell(line);
  const entries = await withListedRuns(output, tell, async (runs) => {
    const all: RunEntry[] = [];
    for (const { trials, ...listing } of runs) all.push(runEntry({ ...listing, trials: (await trials()).trials }));
    return all;
  });
  const nameOf = shortNames(entries.map(({ id }) => id));
  if (format === 'json') printJson(entries);
  else if (entries.length > 0) printLines(runTable(entries, nameOf, stdoutOptions()));
  else tell(`no runs in ${output} yet; start one with: feedrate run quick`);
  return EXIT.pass;
}
