/** `feedrate import results`: makes a run from results of another program. */
import { EXIT } from '../../../base/errors.js';
import { labelOption, resultsOption } from '../../options/common-options.js';
import type { Subcommand } from '../../options/subcommand.js';
import { exits } from '../../terminal/exits.js';

interface ResultsImportOptions {
  readonly output: string;
  readonly target?: string;
  readonly label?: readonly string[];
}

export const results: Subcommand = {
  name: 'results',
  description: 'save results of fio (JSON) or elbencho (CSV) as a run',
  configure(command) {
    command
      .argument('<files...>', 'results of the same jobs: each file of fio, and each row of elbencho, is one trial')
      .addOption(resultsOption())
      .option('-t, --target <path>', 'directory that was measured, as PATH or NAME=PATH (default: what the files say)')
      .addOption(labelOption())
      .action(
        exits(async (files: readonly string[], { output, target, label }: ResultsImportOptions) => {
          const { importResults } = await import('../../terminal/results-import.js');
          await importResults(files, { output, target, labels: label ?? [] });
          return EXIT.pass;
        }),
      );
  },
  examples: `
Examples:
  feedrate import results fio.json
  feedrate import results before-*.json -t old=/mnt/train --label volume=old
  feedrate import results elbencho.csv

The run says which program measured it. show, compare and report take it by its
name. latest, baselines and gates pass over it.
`,
};
