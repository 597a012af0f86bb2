/** `feedrate import`: workloads and results from the files of other programs. */
import { EXIT } from '../../base/errors.js';
import { commandGroup, type Subcommand } from '../options/subcommand.js';
import { exits } from '../terminal/exits.js';
import { dlio } from './import/dlio.js';
import { fio } from './import/fio.js';
import { trace } from './import/trace.js';

const PARTS: readonly Subcommand[] = [fio, dlio, trace];

const group = commandGroup(
  {
    name: 'import',
    description: 'make a workload from a file of another program',
    examples: `
Examples:
  feedrate import job.fio -o job.yaml
  feedrate import dlio unet3d_h100.yaml > unet3d.yaml

Without the name of a program, the content of the file decides.
`,
  },
  PARTS,
);

export const importing: Subcommand = {
  ...group,
  configure(command) {
    group.configure(command);
    // Otherwise, this command would take the -o of those below it.
    command
      .enablePositionalOptions()
      .argument('[file]', 'file of any of these programs, or - for standard input')
      .option('-o, --output <path>', 'workload file to write (default: stdout)')
      .action(
        exits(async (file: string | undefined, { output }: { output?: string }) => {
          const { importAny } = await import('../terminal/any-import.js');
          await importAny(file, output);
          return EXIT.pass;
        }),
      );
  },
};
