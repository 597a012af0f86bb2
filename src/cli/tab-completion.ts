/** Shell completion with @bomb.sh/tab, whose scripts call `feedrate complete -- WORDS…` at each press of the tab key. */
import { readdirSync } from 'node:fs';
import { type Complete, type RootCommand, ShellCompDirective } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import { DEFAULT_RESULTS } from '../base/results-command.js';
import { visibleText } from '../base/visible-text.js';
import { listRuns } from '../store/find-runs.js';
import { FIELD_TABLE } from './options/field-table.js';
import { printLines } from './output/print.js';
import { createProgram, SUBCOMMANDS } from './program.js';

/** Options whose value is a directory. The shell itself completes those best. */
const DIRECTORY_OPTIONS: ReadonlySet<string> = new Set(['-t', '--target', '-o', '--output']);

/** The adapter's command that prints scripts; feedrate's own is `completion`. */
const ADAPTER_COMMAND = 'completion-script';

/** Prints the completions of the last of these words, in the format that the scripts read. */
export function answerCompletion(words: readonly string[]): void {
  if (DIRECTORY_OPTIONS.has(words.at(-2) ?? '')) {
    printLines([`:${ShellCompDirective.ShellCompDirectiveFilterDirs}`]);
    return;
  }
  // The adapter adds commands to the program it reads, so it gets one that nothing else uses.
  const commands = tab(createProgram(FIELD_TABLE), { completionCommandName: ADAPTER_COMMAND });
  commands.commands.delete(ADAPTER_COMMAND);
  completeArguments(commands, words);
  commands.parse([...words]);
}

function completeArguments(commands: RootCommand, words: readonly string[]): void {
  const workloads = (complete: Complete): void => {
    for (const path of workloadFiles(words.at(-1) ?? '')) if (isPlain(path)) complete(path, 'workload');
  };
  const runs = (complete: Complete): void => {
    complete('latest', 'the newest run, calibrations aside');
    for (const { id, status } of listRuns(resultsOf(words)).reverse()) if (isPlain(id)) complete(id, status);
  };
  const handlers = { workloads, runs };
  for (const { name, completes } of SUBCOMMANDS) {
    if (completes === undefined) continue;
    for (const argument of commands.commands.get(name)?.arguments.values() ?? [])
      argument.handler = handlers[completes];
  }
}

/**
 * Returns whether a name can be completed. The shell would read one with a line break as two, and print its control
 * characters.
 */
function isPlain(name: string): boolean {
  return visibleText(name) === name;
}

/** Returns the results directory that the words so far name. */
function resultsOf(words: readonly string[]): string {
  const option = words.findLastIndex((word) => word === '-o' || word === '--output');
  return (option >= 0 && words[option + 1]) || DEFAULT_RESULTS;
}

/** Returns workload files and directories whose path begins with `typed`; if it is empty, those in `workloads/` first. */
function workloadFiles(typed: string): string[] {
  const directory = typed.slice(0, typed.lastIndexOf('/') + 1);
  const paths = entriesOf(directory);
  return typed === '' ? [...entriesOf('workloads/').filter((path) => !path.endsWith('/')), ...paths] : paths;
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory === '' ? '.' : directory, { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || /\.ya?ml$/.test(entry.name)))
      .map((entry) => directory + entry.name + (entry.isDirectory() ? '/' : ''));
  } catch {
    return [];
  }
}
