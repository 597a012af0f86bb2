/** The commands about mounts and directories as such. */
import type { Command } from 'commander';
import type { CleanOptions } from './commands/clean.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { RawMountMatrixOptions } from './commands/mount-matrix.js';
import {
  addVariantOptions,
  argumentsOf,
  collect,
  formatOption,
  progressOption,
  resultsOption,
} from './options/common-options.js';

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
      const { doctor } = await import('./commands/doctor.js');
      process.exitCode = await doctor(options);
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
      const { clean } = await import('./commands/clean.js');
      process.exitCode = await clean(options);
    });
}

/** `feedrate mount-matrix`. */
export function addMountMatrix(program: Command): void {
  const matrix = program
    .command('mount-matrix')
    .description('mount an NFS export in several ways (as root), compare them, and print the lines of the best')
    .argument('<workload>', 'a workload file')
    .requiredOption(
      '--export <source>',
      'server:/path; repeat with other addresses of the server for more nconnect',
      collect,
    )
    .requiredOption('--mount <options>', 'how to mount it, such as vers=4.1,nconnect=16; repeat for each way', collect);
  addVariantOptions(matrix)
    .option('--label <key=value>', 'note kept with the run; repeat for more', collect)
    .addOption(resultsOption())
    .option('--dry-run', 'mount, print arms, bytes to write and expected time, unmount')
    .addOption(formatOption(['table', 'md']))
    .addOption(progressOption())
    .option('--drop-caches', 'also drop the kernel’s caches before cold trials')
    .option('--remount', 'mount anew before cold trials')
    .addHelpText('after', MATRIX_EXAMPLES)
    .action(async (workload: string, options: RawMountMatrixOptions, command: Command) => {
      const { mountMatrix } = await import('./commands/mount-matrix.js');
      process.exitCode = await mountMatrix(workload, options, argumentsOf(command));
    });
}

const MATRIX_EXAMPLES = `
Example:
  feedrate mount-matrix workloads/random-read.yaml --export svm-1:/train --export svm-1-b:/train \\
      --mount vers=3,nconnect=16 --mount vers=4.1 --mount vers=4.1,nconnect=16 --set trials.sessions=10

Each mount has a directory feedrate-NAME on the export while it is measured. Mounts of one server and version share
their connections: another nconnect takes another address of the server.
`;
