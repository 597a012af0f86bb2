/**
 * The command line: commands, options, help. Only commander loads here; what a command
 * does is imported when it is called, so that `--version` and `--help` cost next to nothing.
 */
import { Command } from 'commander';
import { FORMATS, type RawRunOptions, SHELLS, type Shell } from './arguments.js';
import type { RawCalibrateOptions } from './calibrate.js';
import {
  addFileOptions,
  addWorkloadOptions,
  argumentsOf,
  collect,
  formatOption,
  progressOption,
  resultsOption,
} from './common-options.js';
import { addBaseline, addCompare, addGate, addHistory } from './comparison-commands.js';
import type { ListOptions } from './list.js';
import type { PrepareOptions } from './prepare.js';
import type { ShowOptions } from './show.js';
import { addClean, addDoctor, addMountMatrix } from './target-commands.js';
import { packageVersion } from './version.js';

/**
 * A new program, ready to parse. Each action sets `process.exitCode`; parsing errors are thrown as
 * `CommanderError` after their one line is on stderr.
 */
export function createProgram(): Command {
  const program = new Command('feedrate')
    .description('Can this mount feed my accelerators? Measures training-shaped I/O on a real directory.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`feedrate: ${plainError(text)}\n`) })
    .addHelpText('after', ROOT_EXAMPLES);
  addRun(program);
  addMountMatrix(program);
  addPrepare(program);
  addShow(program);
  addList(program);
  addCompare(program);
  addGate(program);
  addHistory(program);
  addBaseline(program);
  addCalibrate(program);
  addDoctor(program);
  addSchema(program);
  addCompletion(program);
  addClean(program);
  return program;
}

function addRun(program: Command): void {
  const run = program
    .command('run')
    .description('run a workload and keep the result')
    .argument('<workload>', 'a workload file, such as workloads/quick.yaml');
  addWorkloadOptions(
    run,
    'directory to measure, nfs://server/export, or name= before it; repeat to compare (default: a temporary one)',
  );
  addFileOptions(run)
    .option('--label <key=value>', 'note kept with the run; repeat for more', collect)
    .addOption(resultsOption())
    .option('--dry-run', 'print arms, bytes to write and expected time; write nothing')
    .addOption(formatOption(FORMATS))
    .addOption(progressOption())
    .option('--drop-caches', 'as root: also drop the kernel’s caches before cold trials')
    .option('--remount', 'as root: mount NFS targets anew before cold trials')
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (workload: string, options: RawRunOptions, command: Command) => {
      const [{ run: runCommand }, { parseRunOptions }] = await Promise.all([
        import('./run.js'),
        import('./arguments.js'),
      ]);
      process.exitCode = await runCommand(parseRunOptions(workload, options), argumentsOf(command));
    });
}

function addPrepare(program: Command): void {
  const prepare = program
    .command('prepare')
    .description('lay out the data files of a workload, so that later runs find them')
    .argument('<workload>', 'a workload file');
  addWorkloadOptions(prepare, 'directory to prepare, or name=directory; repeat for more')
    .addOption(progressOption())
    .addHelpText('after', '\nExample:\n  feedrate prepare workloads/random-read.yaml -t /mnt/train\n')
    .action(async (workload: string, options: PrepareOptions) => {
      const { prepare: prepareCommand } = await import('./prepare.js');
      process.exitCode = await prepareCommand(workload, options);
    });
}

function addShow(program: Command): void {
  const show = program.command('show').description('print a run again, whole or damaged');
  addFileOptions(show)
    .argument('[run]', 'its directory, its name, or the beginning or end of it', 'latest')
    .addOption(resultsOption())
    .addOption(formatOption(FORMATS))
    .addHelpText('after', '\nExamples:\n  feedrate show\n  feedrate show a1f3 --format md\n')
    .action(async (run: string, options: ShowOptions) => {
      const { show: showCommand } = await import('./show.js');
      process.exitCode = showCommand(run, options);
    });
}

function addList(program: Command): void {
  program
    .command('list')
    .description('list the runs there are')
    .addOption(resultsOption())
    .addOption(formatOption(['table', 'json']))
    .addHelpText('after', '\nExample:\n  feedrate list --format json\n')
    .action(async (options: ListOptions) => {
      const { list } = await import('./list.js');
      process.exitCode = list(options);
    });
}

function addCalibrate(program: Command): void {
  const calibrate = program
    .command('calibrate')
    .description('measure a target against itself: its noise, and what it takes to see a difference')
    .argument('[workload]', 'a workload file (default: short reads and writes that come with feedrate)');
  addWorkloadOptions(calibrate, 'directory to measure')
    .option('--sessions <number>', 'fresh processes, the unit of every verdict', '10')
    .option('--rounds <number>', 'rounds in each of them', '3')
    .option('--wanted <part>', 'the difference that a plan is recommended for', '5%')
    .option('-m, --metric <metric>', 'throughput, iops, p99(latency) …; repeat for more (default: throughput)', collect)
    .option('--alpha <part>', 'chance of any false alarm among all cells, as gate has it', '1%')
    .option('--min-effect <part>', 'the smallest difference that matters, as gate has it', '1%')
    .option('--inject <delay>', 'slow B down and see whether it is found: 5% (throughput ÷ 1.05) or 20us an operation')
    .option('--label <key=value>', 'note kept with the run; repeat for more', collect)
    .addOption(resultsOption())
    .addOption(formatOption(['table', 'json']))
    .addOption(progressOption())
    .option('--drop-caches', 'as root: also drop the kernel’s caches before cold trials')
    .option('--remount', 'as root: mount NFS targets anew before cold trials')
    .addHelpText('after', CALIBRATE_EXAMPLES)
    .action(async (workload: string | undefined, options: RawCalibrateOptions, command: Command) => {
      const { calibrate: calibrateCommand } = await import('./calibrate.js');
      process.exitCode = await calibrateCommand(workload, options, argumentsOf(command));
    });
}

function addSchema(program: Command): void {
  program
    .command('schema')
    .description('print the JSON Schema of workload files, for editors')
    .addHelpText('after', '\nExample:\n  feedrate schema > schema.json\n')
    .action(async () => {
      const { schema } = await import('./schema.js');
      process.exitCode = schema();
    });
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(program.createArgument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: Shell) => {
      const { printCompletionScript } = await import('./completion-script.js');
      process.exitCode = printCompletionScript(shell);
    });
}

/** Commander's message on one line, without its own prefix. */
function plainError(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');
}

const ROOT_EXAMPLES = `
Examples:
  feedrate run workloads/quick.yaml                      real I/O in a temporary directory
  feedrate run workloads/quick.yaml -t /mnt/train        … in a directory of yours
  feedrate run workloads/random-read.yaml -t a=/mnt/a -t b=/mnt/b -P bs=4k,1m
  feedrate show                                          the latest run again
  feedrate compare --cols target                         … and which of its targets is faster
  feedrate gate --baseline main                          … and whether it is slower than a baseline
  feedrate calibrate -t /mnt/train                       how much of a difference is only noise
  feedrate history                                       … and what earlier runs of it came to

Exit status: 0 pass, 1 regression or threshold failed, 2 usage or workload error, 3 inconclusive, 4 incomparable,
5 measurement failed, 130 interrupted.
`;

const RUN_EXAMPLES = `
Examples:
  feedrate run workloads/quick.yaml
  feedrate run workloads/random-read.yaml -t /mnt/train --dry-run
  feedrate run workloads/random-read.yaml -t a=/mnt/a -t b=/mnt/b -P bs=4k,1m --label volume=flexgroup
  feedrate run workloads/mixed.yaml -t /mnt/train --set runtime=30s --format json > result.json

feedrate writes only below .feedrate-… in the target. A directory with a = in its name is written ./a=b.
The first Ctrl-C ends the run after what is measured now; a second one at once.
`;

const CALIBRATE_EXAMPLES = `
Examples:
  feedrate calibrate -t /mnt/train                                 the noise of a mount, in a minute or two
  feedrate calibrate workloads/random-read.yaml -t /mnt/train      … of the loads that you gate on
  feedrate calibrate -t /mnt/train --inject 5% --engine psync      … and would a gate find 5 %?

The noise floor is kept below the results; gate and compare do not go below it for this target, arm and load. With
--inject nothing is kept but the run, and the status is 0 when the slow-down was found, else 3.

--inject 20% makes everything on B take 1.2 times as long: its throughput is that of A divided by 1.2, so the expected
change is -16.7 %, and each latency is 1.2 times as long. B's clock runs that much faster; nothing waits, so no cache
loses data meanwhile. --inject 20us waits 20 µs after each operation.
`;

const COMPLETION_EXAMPLES = `
Examples:
  bash (needs the bash-completion package):  source <(feedrate completion bash)
  zsh:                                       source <(feedrate completion zsh)
  fish:                                      feedrate completion fish | source
`;
