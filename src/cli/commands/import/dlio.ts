/** `feedrate import dlio`: makes a workload from configurations of DLIO and MLPerf Storage. */
import { Option } from 'commander';
import { EXIT, FeedrateError } from '../../../base/errors.js';
import { shellWord } from '../../../base/shell-word.js';
import type { Subcommand } from '../../options/subcommand.js';
import { tell } from '../../output/print.js';
import { exits } from '../../terminal/exits.js';

interface DlioOptions {
  readonly ranks?: string;
  readonly reader: string;
}

export const dlio: Subcommand = {
  name: 'dlio',
  description: 'make a workload from YAML of DLIO or MLPerf Storage',
  configure(command) {
    command
      .argument(
        '<files...>',
        'YAML files of DLIO, or - for standard input, and overrides such as ++workload.train.epochs=2',
      )
      .option('--ranks <n>', 'processes, as mpirun -n gives them: accelerators, or ranks of a checkpoint')
      .addOption(
        new Option(
          '--reader <name>',
          'how samples are read: as their format is, or as the client of MLPerf Storage 3.0 does',
        )
          .choices(['format', 'mlperf-3.0'])
          .default('format'),
      )
      .action(exits(importFiles));
  },
  examples: `
Examples:
  feedrate import dlio unet3d_h100.yaml > unet3d.yaml
  feedrate import dlio unet3d_h100.yaml ++workload.dataset.num_files_train=64 --ranks 2
  feedrate import dlio retinanet_b200.yaml unet3d_b200.yaml > both.yaml    a job for each file

The workload is printed on stdout. What it lacks of the files is reported on
stderr, with file, line and column. Overrides hold for all files.
`,
};

/** Prints the workload. Throws `FeedrateError('workload')` for a file that cannot be read or makes no sense. */
async function importFiles(words: readonly string[], { ranks, reader }: DlioOptions): Promise<number> {
  const [{ importDlio }, { isDlioOverride }, { namedWorkload }, { printWorkload }, { isDlioSummary }] =
    await Promise.all([
      import('../../../workload/dlio/import-dlio.js'),
      import('../../../workload/dlio/dlio-values.js'),
      import('../../options/workload-input.js'),
      import('../../terminal/workload-print.js'),
      import('../../../record/foreign/dlio-results.js'),
    ]);
  const paths = words.filter((word) => !isDlioOverride(word));
  if (paths.length === 0)
    throw new FeedrateError('usage', 'import dlio: the file is missing; give the YAML that DLIO reads');
  const files = [];
  for (const word of paths) {
    const { source, path } = await namedWorkload(word, 'import dlio');
    if (isDlioSummary(source)) {
      const remedy = `import it as results: feedrate import results ${shellWord(word)}`;
      throw new FeedrateError('usage', `import dlio: ${word} is a summary of a training that was measured; ${remedy}`);
    }
    files.push({ text: source, path });
  }
  const overrides = words.filter(isDlioOverride);
  const { source, losses } = importDlio({ files, overrides, ranks: ranksOf(ranks), reader });
  printWorkload(source, []);
  for (const { where, message } of losses) tell(`feedrate: ${where}: ${message}`);
  if (losses.length > 0) tell(`feedrate: not everything was carried over: ${losses.length} keys are named above`);
  return EXIT.pass;
}

/** Throws `FeedrateError('usage')` for a text that is not a number of processes. */
function ranksOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ranks = Number(text);
  if (/^[1-9]\d{0,4}$/.test(text)) return ranks;
  throw new FeedrateError('usage', `--ranks ${text}: expected a number of processes, such as 8`);
}
