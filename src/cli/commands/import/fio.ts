/** `feedrate import fio`: makes a workload from a job file of fio. */
import { EXIT } from '../../../base/errors.js';
import type { Subcommand } from '../../options/subcommand.js';
import { exits } from '../../terminal/exits.js';

interface FioImportOptions {
  readonly output?: string;
  readonly oneByOne?: boolean;
}

export const fio: Subcommand = {
  name: 'fio',
  description: 'make a workload from a job file of fio',
  configure(command) {
    command
      .argument('<file>', 'job file of fio, or - for standard input')
      .option('-o, --output <file>', 'workload file to write (default: stdout)')
      .option('--one-by-one', 'run jobs one after the other that fio runs at the same time')
      .action(
        exits(async (file: string, { output, oneByOne = false }: FioImportOptions) => {
          const { importFioFile } = await import('../../terminal/fio-import.js');
          await importFioFile(file, { output, oneByOne });
          return EXIT.pass;
        }),
      );
  },
  examples: `
Examples:
  feedrate import fio job.fio -o job.yaml
  SIZE=1g feedrate import fio job.fio > job.yaml     the value of \${SIZE} in it
  feedrate import fio mixed.fio --one-by-one -o mixed.yaml

Options that feedrate does not have are errors with file, line and column. What is
done in another way is a comment in the workload, and a line on stderr.
`,
};
