/** `feedrate init`: writes a workload to start from. */
import { type Command, Option } from 'commander';
import type { StarterName } from '../../workload/starters.js';
import { addFields, givenFields } from '../options/job-options.js';
import type { Subcommand } from '../options/subcommand.js';
import { exitsOnSignal } from '../terminal/exits.js';

interface InitOptions {
  readonly for?: StarterName;
  readonly force?: boolean;
}

/** The starters by name: their table (`workload/starters.ts`) is not loaded at a start. */
const PURPOSES: Readonly<Record<StarterName, true>> = {
  sequential: true,
  random: true,
  'small-files': true,
  'checkpoint-write': true,
  'checkpoint-restore': true,
};

export const init: Subcommand = {
  name: 'init',
  description: 'write a commented workload file, from a few questions or from options',
  configure(command, fields) {
    command
      .argument('[file]', 'file to write, or - for standard output', 'workload.yaml')
      .addOption(new Option('--for <purpose>', 'what your training does; asks nothing').choices(Object.keys(PURPOSES)))
      .option('--force', 'replace the file if it exists');
    if (fields !== undefined) addFields(command, fields);
    command.action(
      exitsOnSignal(async (file: string, options: InitOptions, command: Command) => {
        const { initWorkload } = await import('../terminal/init-workload.js');
        const { for: purpose, force = false } = options;
        return initWorkload({ file, purpose, force, fields: givenFields(command) });
      }),
    );
  },
  examples: `
Examples:
  feedrate init                                    asks what your training does, on a terminal
  feedrate init mine.yaml --for small-files
  feedrate init mine.yaml --rw randread --bs 4k,128k --numjobs 4 --size 1G
  feedrate init - --for random --numjobs 16        print it instead

Without a terminal and without options it writes the workload of --for sequential.
`,
};
