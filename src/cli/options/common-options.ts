/** Options that several commands share. */
import { type Command, Option } from 'commander';
import { EXPORT_NAMES, EXPORTS } from '../../report/exports.js';
import { ENGINE_CHOICES } from '../../workload/engines.js';
import { DEFAULT_RESULTS, PROGRESS_MODES } from './arguments.js';

/** For options that may be repeated. */
export function collect(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

/** `-o`: every command that reads or writes runs has it. */
export function resultsOption(): Option {
  return new Option('-o, --output <directory>', 'where runs are kept').default(DEFAULT_RESULTS);
}

/** The files for other programs, of every command that has measured a run or reads one. */
export function addFileOptions(command: Command): Command {
  for (const name of EXPORT_NAMES) {
    const { value, help } = EXPORTS[name];
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    command.option(`--${flag} <${value}>`, help);
  }
  return command;
}

/** `--format`, of these forms. */
export function formatOption(choices: readonly string[]): Option {
  return new Option('--format <format>', 'form of the result on stdout').choices(choices).default('table');
}

/** `--progress`: every command that measures has it. */
export function progressOption(): Option {
  return new Option('--progress <mode>', 'form of the progress on stderr').choices(PROGRESS_MODES).default('auto');
}

/** `-t`, repeated for more targets. */
export function targetsOption(help: string): Option {
  return new Option('-t, --target <path>', help).argParser(collect);
}

/** `--label`, repeated for more. */
export function labelOption(): Option {
  return new Option('--label <key=value>', 'note kept with the run; repeat for more').argParser(collect);
}

/** What else is done before cold trials. */
export function addColdOptions(command: Command): Command {
  return command
    .option('--drop-caches', 'as root: also drop the kernel’s caches before cold trials')
    .option('--remount', 'as root: mount NFS targets anew before cold trials');
}

/** Which variant of the workload. */
export function addVariantOptions(command: Command): Command {
  return command
    .option('--set <key=value>', 'replace a field of the workload: --set runtime=5s; repeat for more', collect)
    .option('-P, --param <key=a,b>', 'vary a field: -P bs=4k,1m; repeat for more', collect)
    .addOption(engineOption())
    .option('--seed <number>', 'seed of order, offsets and content (default: the workload’s)');
}

/** The choices are for help and completion: a wrong name is told with the other faults of the workload. */
function engineOption(): Option {
  return new Option('--engine <name>', 'force an engine on every job, or fail: the same as --set ioengine=NAME')
    .choices(ENGINE_CHOICES)
    .argParser(String);
}

/** The words after `feedrate`, as they were typed. */
export function argumentsOf(command: Command): string[] {
  const root = command.parent as Command & { readonly rawArgs: readonly string[] };
  return root.rawArgs.slice();
}
