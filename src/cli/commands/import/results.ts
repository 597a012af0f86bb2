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

/** What a command that imports results says about itself. */
interface ResultsWords extends Pick<Subcommand, 'name' | 'description' | 'examples'> {
  readonly files: string;
  /** The only program whose results it takes; null: any. */
  readonly program: string | null;
}

/** Returns a command that saves results as a run. */
export function resultsCommand({ name, description, examples, files: meaning, program }: ResultsWords): Subcommand {
  return {
    name,
    description,
    examples,
    configure(command) {
      command
        .argument('<files...>', meaning)
        .addOption(resultsOption())
        .option(
          '-t, --target <path>',
          'directory that was measured, as PATH or NAME=PATH (default: what the files say)',
        )
        .addOption(labelOption())
        .action(
          exits(async (files: readonly string[], { output, target, label }: ResultsImportOptions) => {
            const { importResults } = await import('../../terminal/results-import.js');
            await importResults(files, { output, target, labels: label ?? [], program });
            return EXIT.pass;
          }),
        );
    },
  };
}

export const results: Subcommand = resultsCommand({
  name: 'results',
  description: 'save results of fio (JSON), elbencho (CSV) or DLIO (summary.json) as a run',
  files: 'results of the same jobs: each file, or row of elbencho, is one trial',
  program: null,
  examples: `
Examples:
  feedrate import results fio.json
  feedrate import results before-*.json -t old=/mnt/train --label volume=old
  feedrate import results elbencho.csv
  feedrate import results run-*/summary.json        of DLIO and MLPerf Storage

The run says which program measured it. show, compare and report take it by its
name. latest, baselines and gates pass over it.
`,
});
