/** The commands about targets that measure nothing. */
import type { Command } from 'commander';
import type { CleanOptions } from './clean.js';
import { collect, formatOption } from './common-options.js';
import type { DoctorOptions } from './doctor.js';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at mounts: what is bad about them, and the line that mends it')
    .requiredOption('-t, --target <path>', 'directory to look at, or name=directory; repeat for more', collect)
    .addOption(formatOption(['table', 'json']))
    .option('--no-measure', 'only look; do not write and read 64 MiB')
    .option('--strict', 'exit 1 when anything is bad')
    .addHelpText('after', '\nExample:\n  feedrate doctor -t /mnt/train --strict\n')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.js');
      process.exitCode = doctor(options);
    });
}

export function addClean(program: Command): void {
  program
    .command('clean')
    .description('remove what feedrate made below a target')
    .requiredOption('-t, --target <path>', 'directory to clean; repeat for more', collect)
    .option('--data', 'also remove the data files that later runs would reuse')
    .option('--elsewhere', 'also remove what runs on other machines, or before a restart, have left')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  feedrate clean -t /mnt/train --data\n')
    .action(async (options: CleanOptions) => {
      const { clean } = await import('./clean.js');
      process.exitCode = await clean(options);
    });
}
