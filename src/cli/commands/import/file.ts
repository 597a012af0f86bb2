/** `feedrate import file`, which is `feedrate import` without the name of a program. */
import { EXIT } from '../../../base/errors.js';
import type { Subcommand } from '../../options/subcommand.js';
import { exits } from '../../terminal/exits.js';

export const file: Subcommand = {
  name: 'file',
  description: 'import any of these, by the content of the file',
  isDefault: true,
  configure(command) {
    command
      .argument('<file>', 'file of any of these programs, or - for standard input')
      .option('-o, --output <path>', 'workload file to write (default: stdout); for results, the directory of runs')
      .action(
        exits(async (path: string, { output }: { output?: string }) => {
          const { importAny } = await import('../../terminal/any-import.js');
          await importAny(path, output);
          return EXIT.pass;
        }),
      );
  },
  examples: `
Examples:
  feedrate import job.fio -o job.yaml
`,
};
