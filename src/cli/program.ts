/**
 * Builds the command line from the table of subcommands. Only commander is loaded here. A command imports the rest when it
 * is called, so `--help` and completion start quickly.
 */
import { Command } from 'commander';
import { FeedrateError } from '../base/errors.js';
import { packageVersion } from '../host/system/installation.js';
import { baseline } from './commands/baseline.js';
import { calibrate } from './commands/calibrate.js';
import { clean } from './commands/clean.js';
import { compare } from './commands/compare.js';
import { completion } from './commands/completion.js';
import { doctor } from './commands/doctor.js';
import { exportRuns } from './commands/export.js';
import { feed } from './commands/feed.js';
import { fsx } from './commands/fsx.js';
import { gate } from './commands/gate.js';
import { guide } from './commands/guide.js';
import { history } from './commands/history.js';
import { iam } from './commands/iam.js';
import { importing } from './commands/import.js';
import { init } from './commands/init.js';
import { list } from './commands/list.js';
import { merge } from './commands/merge.js';
import { mountMatrix } from './commands/mount-matrix.js';
import { notebook } from './commands/notebook.js';
import { prepare } from './commands/prepare.js';
import { read } from './commands/read.js';
import { record } from './commands/record.js';
import { report } from './commands/report.js';
import { run } from './commands/run.js';
import { schema } from './commands/schema.js';
import { serve } from './commands/serve.js';
import { show } from './commands/show.js';
import { workloads } from './commands/workloads.js';
import type { FieldTable } from './options/field-table.js';
import type { Subcommand } from './options/subcommand.js';
import { print, tell } from './output/print.js';

/** The subcommands in the order of `feedrate --help`. */
export const SUBCOMMANDS: readonly Subcommand[] = [
  run,
  read,
  feed,
  record,
  workloads,
  init,
  importing,
  mountMatrix,
  prepare,
  show,
  report,
  serve,
  list,
  merge,
  compare,
  gate,
  history,
  baseline,
  exportRuns,
  calibrate,
  doctor,
  fsx,
  iam,
  notebook,
  guide,
  schema,
  completion,
  clean,
];

/**
 * Returns a new program, ready to parse. Each action sets `process.exitCode`. A parsing error is printed on one line of
 * stderr and thrown as `CommanderError`.
 * @param fields the fields of jobs, which are options of some commands. Default: these options are left out
 * @param only the subcommand that will be parsed: the others have no more than their names. Default: any of them
 */
export function createProgram(fields?: FieldTable, only?: string): Command {
  const program = new Command('feedrate')
    .description('Can this mount feed my accelerators? Measures training-shaped I/O on a real directory.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .hook('preAction', (_, command) => refuseUndecodable(command))
    .configureOutput({ writeOut: print, outputError: (text) => tell(`feedrate: ${plainError(text)}`) })
    .addHelpText('after', ROOT_EXAMPLES);
  for (const { name, description, configure, examples, measuresAlone = false } of SUBCOMMANDS) {
    const command = program.command(name).description(description);
    if (only !== undefined && name !== only) continue;
    command.addHelpText('after', examples);
    if (measuresAlone) command.hook('preAction', () => refuseRanks(name));
    configure(command, fields);
  }
  return program;
}

/**
 * Returns the program for these words, with the options for fields of jobs if a word may be one of them: their table is
 * large, and most commands do without it.
 */
export async function programFor([name, ...rest]: readonly string[]): Promise<Command> {
  // To make the options of all subcommands takes longer than to parse the words.
  const only = SUBCOMMANDS.find((subcommand) => subcommand.name === name)?.name;
  const program = createProgram(undefined, only);
  const options = program.commands.find((command) => command.name() === name)?.options ?? [];
  const isKnown = (word: string) => options.some(({ long }) => long === word.replace(/=.*/s, ''));
  const needsFields =
    name === 'help' || rest.some((word) => word === '-h' || (word.startsWith('--') && !isKnown(word)));
  return needsFields ? createProgram((await import('./options/field-table.js')).FIELD_TABLE, only) : program;
}

/** Throws `FeedrateError('usage')` when a launcher started several processes, which would all measure by themselves. */
async function refuseRanks(name: string): Promise<void> {
  const { launchedPlace } = await import('./options/group-options.js');
  const place = await launchedPlace();
  if (place === null) return;
  const found = `${place.foundIn} make this rank ${place.rank} of ${place.size}`;
  const remedy = 'start it once, without the launcher, or use feedrate run';
  throw new FeedrateError('usage', `${name}: ${found}, but it measures with one process; ${remedy}`);
}

/** Throws `FeedrateError('usage')` when files would be looked for, or made, under other names than the user gave. */
async function refuseUndecodable(command: Command): Promise<void> {
  const words = process.argv.slice(2);
  if (![workingDirectory(), ...words].some((text) => text.includes('\ufffd'))) return;
  const { undecodableWord, undecodableWorkingDirectory } = await import('../host/system/undecodable.js');
  const remedy = 'rename it, or use another one';
  const directory = undecodableWorkingDirectory();
  if (directory !== null) {
    const why = `the name of the working directory is not valid UTF-8 (${directory})`;
    throw new FeedrateError('usage', `${command.name()}: ${why}; ${remedy}`);
  }
  const word = undecodableWord(words);
  if (word !== null) {
    throw new FeedrateError('usage', `${command.name()}: the argument ${word} is not valid UTF-8; ${remedy}`);
  }
}

/** Returns the working directory, or nothing when it was removed. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return '';
  }
}

/** Returns commander's message on one line, without its prefix. */
function plainError(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');
}

const ROOT_EXAMPLES = `
Examples:
  feedrate run quick                                     measure a temporary directory
  feedrate run quick -t /mnt/train                       measure your own directory
  feedrate workloads                                     list what else can be measured
  feedrate run random-read -t a=/mnt/a -t b=/mnt/b       compare two directories
  feedrate show                                          print the latest run again
  feedrate compare --cols target                         compare the targets of the latest run
  feedrate gate --baseline main                          check the latest run against a baseline
  feedrate calibrate -t /mnt/train                       measure the noise floor of a target
  feedrate history                                       show earlier runs of the same workload

Exit status: 0 pass, 1 regression or threshold failed, 2 usage or workload
error, 3 inconclusive, 4 incomparable, 5 measurement failed, 130 interrupted.
`;
