/** `feedrate workloads`: lists the workloads that are installed with feedrate, and prints one. */
import { EXIT } from '../../base/errors.js';
import { formatOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson, printLines } from '../output/print.js';
import { exits } from '../terminal/exits.js';

interface WorkloadsOptions {
  readonly format: 'table' | 'json';
}

export const workloads: Subcommand = {
  name: 'workloads',
  description: 'list the installed workloads, or print one to edit it',
  completes: 'workloads',
  configure(command) {
    command
      .argument('[name]', 'workload to print as YAML (default: list them)')
      .addOption(formatOption(['table', 'json']))
      .action(exits(listOrPrint));
  },
  examples: `
Examples:
  feedrate workloads
  feedrate workloads quick
  feedrate workloads random-read > mine.yaml       a copy to edit; then: feedrate run mine.yaml

Every command that takes a workload takes these names. A file of that name in the
working directory comes first.
`,
};

/** Prints the list, or one workload. Throws `FeedrateError('workload')` when none has this name. */
async function listOrPrint(name: string | undefined, { format }: WorkloadsOptions): Promise<number> {
  const { installedEntries, readInstalledWorkload, workloadLines } = await import('../terminal/workload-list.js');
  if (name === undefined) {
    const entries = installedEntries();
    if (format === 'json') printJson(entries);
    else printLines(workloadLines(entries, process.stdout.columns));
    return EXIT.pass;
  }
  const { source, path } = readInstalledWorkload(name);
  if (format === 'json') {
    printJson({ name, path, source });
    return EXIT.pass;
  }
  const { printWorkload } = await import('../terminal/workload-print.js');
  printWorkload(source, []);
  return EXIT.pass;
}
