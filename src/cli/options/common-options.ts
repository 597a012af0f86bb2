/** Options that several commands share. */
import { type Command, Option } from 'commander';
import { DEFAULT_RESULTS } from '../../base/results-command.js';
import { EXPORT_NAMES, EXPORTS } from '../../report/exports.js';
import { ENGINE_CHOICES } from '../../workload/engines.js';
import { PROGRESS_MODES } from './arguments.js';

/** Collects the values of an option that may be repeated. */
export function collect(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

/** Returns `-o`, which every command that reads or writes runs has. */
export function resultsOption(): Option {
  return new Option('-o, --output <directory>', 'directory that runs are saved in').default(DEFAULT_RESULTS);
}

/** Returns `--output` for commands that list runs, which may also be in a bucket. */
export function listedOption(): Option {
  const what = 'directory that runs are saved in, or s3://BUCKET/PREFIX of exported runs';
  return new Option('-o, --output <directory>', what).default(DEFAULT_RESULTS);
}

/** Adds the options that write files for other programs, for every command that measures or reads a run. */
export function addFileOptions(command: Command): Command {
  for (const name of EXPORT_NAMES) {
    const { value, help } = EXPORTS[name];
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.option(`--${flag} <${value}>`, help);
  }
  const digits = Array.from({ length: MOST_DIGITS }, (_, index) => String(index + 1));
  return command.addOption(
    new Option('--open-metrics-digits <n>', 'significant digits in --open-metrics (default: all)').choices(digits),
  );
}

/** Enough for every number that a program can hold. */
const MOST_DIGITS = 17;

/** Returns `--format` with these choices. */
export function formatOption(choices: readonly string[]): Option {
  return new Option('--format <format>', 'format of the result on stdout').choices(choices).default('table');
}

/** Returns `--report`, which every command that makes a run of a workload has. */
export function pageOption(): Option {
  return new Option('--report [file]', 'also write a page about the run (default: report.html in its directory)');
}

/** Returns `--progress`, which every command that measures has. */
export function progressOption(): Option {
  return new Option('--progress <mode>', 'format of the progress on stderr').choices(PROGRESS_MODES).default('auto');
}

/** Returns `--ceilings`, for commands that report how close a volume came to its limits. */
export function ceilingsOption(): Option {
  return new Option(
    '--ceilings <file>',
    'limits of FSx for ONTAP that replace those of feedrate (feedrate guide ceilings)',
  );
}

/** Returns `-t`, which is repeated for more targets. */
export function targetsOption(help: string): Option {
  return new Option('-t, --target <path>', help).argParser(collect);
}

/** Returns `--dataset-id`, which names data files that are kept for later days. */
export function datasetOption(help: string): Option {
  return new Option('--dataset-id <name>', help);
}

/** Returns `--data`, which names files that exist. */
export function dataOption(): Option {
  return new Option(
    '--data <path>',
    'read the files there instead of generated ones, the same as --set dataset.path=PATH',
  );
}

/** Returns `--label`, which may be repeated. */
export function labelOption(): Option {
  return new Option('--label <key=value>', 'label to save with the run; repeat for more').argParser(collect);
}

/** Returns `--no-aws`, which every command that looks at mounts has. */
export function awsOption(): Option {
  return new Option('--no-aws', 'do not ask AWS about volumes of FSx for ONTAP');
}

/** Adds the options for further steps before cold trials. */
export function addColdOptions(command: Command): Command {
  return command
    .option('--drop-caches', 'also drop the kernel’s caches before cold trials (requires root)')
    .option('--remount', 'remount NFS targets before cold trials (requires root)');
}

/** Adds the options that change the workload. */
export function addVariantOptions(command: Command): Command {
  return command
    .option('--set <key=value>', 'replace a field of the workload: --set runtime=5s; repeat for more', collect)
    .option('-P, --param <key=a,b>', 'vary a field: -P bs=4k,1m; repeat for more', collect)
    .addOption(engineOption())
    .option('--seed <number>', 'seed for order, offsets and content (default: the seed of the workload)');
}

/** The choices serve help and completion. The workload's parser reports a wrong name, together with any other faults. */
function engineOption(): Option {
  return new Option(
    '--engine <name>',
    'engine for every job, the same as --set ioengine=NAME; fails if it is not available',
  )
    .choices(ENGINE_CHOICES)
    .argParser(String);
}

/** Returns the arguments after `feedrate`, as typed. */
export function argumentsOf(command: Command): string[] {
  const root = command.parent as Command & { readonly rawArgs: readonly string[] };
  return root.rawArgs.slice();
}
