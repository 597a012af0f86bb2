/** `feedrate workloads`: lists the workloads and models that are installed with feedrate, and prints a workload. */
import { EXIT, FeedrateError } from '../../base/errors.js';
import { formatOption } from '../options/common-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { printJson, printLines } from '../output/print.js';
import { exits } from '../terminal/exits.js';

interface WorkloadsOptions {
  readonly models?: boolean;
  readonly format: 'table' | 'json';
}

export const workloads: Subcommand = {
  name: 'workloads',
  description: 'list the installed workloads, or print one to edit it',
  completes: 'workloads',
  configure(command) {
    command
      .argument('[name]', 'workload to print as YAML (default: list them)')
      .option('--models', 'list the models on accelerators instead')
      .addOption(formatOption(['table', 'json']))
      .action(exits(listOrPrint));
  },
  examples: `
Examples:
  feedrate workloads
  feedrate workloads quick
  feedrate workloads --models                      models such as retinanet-b200
  feedrate workloads random-read > mine.yaml       a copy to edit; then: feedrate run mine.yaml

Every command that takes a workload takes these names. A file of that name in the
working directory comes first.
`,
};

/** Prints a list, or one workload. Throws `FeedrateError('workload')` when none has this name. */
async function listOrPrint(name: string | undefined, { format, models = false }: WorkloadsOptions): Promise<number> {
  if (models) {
    if (name !== undefined) throw new FeedrateError('usage', '--models lists all models; leave out the name');
    return listModels(format);
  }
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

async function listModels(format: WorkloadsOptions['format']): Promise<number> {
  const [{ modelLines }, { ACCELERATOR_MODELS }] = await Promise.all([
    import('../terminal/model-list.js'),
    import('../../training/models.js'),
  ]);
  if (format === 'json') printJson(ACCELERATOR_MODELS);
  else printLines(modelLines(ACCELERATOR_MODELS, process.stdout.columns));
  return EXIT.pass;
}
