/** Shell completion with @bomb.sh/tab, whose scripts call `feedrate complete -- WORDS…` at each press of the tab key. */
import { readdirSync } from 'node:fs';
import { type Complete, type RootCommand, ShellCompDirective } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { DEFAULT_RESULTS } from '../base/results-command.js';
import { visibleText } from '../base/visible-text.js';
import { installedWorkloads } from '../run/workload-text.js';
import { baselineNames } from '../store/baselines.js';
import { listRuns } from '../store/find-runs.js';
import { models, type OptionValues, valuesOf } from './option-values.js';
import { FIELD_TABLE } from './options/field-table.js';
import { printCandidates } from './output/print.js';
import { createProgram, SUBCOMMANDS } from './program.js';

/** Options whose value is a directory. The shell itself completes those best. */
const DIRECTORY_OPTIONS: ReadonlySet<string> = new Set(['-t', '--target', '-o', '--output']);
/** Options whose value is a file, or begins with one. */
const FILE_OPTION = /<(?:file|prefix)(?:\.\.\.)?>/;

/** The adapter's command that prints scripts; feedrate's own is `completion`. */
const ADAPTER_COMMAND = 'completion-script';

/** Prints the completions of the last of these words, in the format that the scripts read. */
export function answerCompletion(words: readonly string[]): void {
  const program = createProgram(FIELD_TABLE);
  if (printValues(program, words)) return;
  // The adapter adds commands to the program it reads, so it gets one that nothing else uses.
  const commands = tab(program, { completionCommandName: ADAPTER_COMMAND });
  commands.commands.delete(ADAPTER_COMMAND);
  completeArguments(commands, words);
  commands.parse([...words]);
}

/** Prints the candidates for the value of an option. Returns false when the last word is none that is known here. */
function printValues(program: Command, words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  const equals = /^--?[^=]+=/.exec(last)?.[0] ?? '';
  const option = equals === '' ? (words.at(-2) ?? '') : equals.slice(0, -1);
  const { ShellCompDirectiveNoFileComp: noFiles, ShellCompDirectiveNoSpace: noSpace } = ShellCompDirective;
  if (DIRECTORY_OPTIONS.has(option)) return printed([], ShellCompDirective.ShellCompDirectiveFilterDirs);
  // A letter may mean something else in another command.
  const own = program.commands.filter((command) => command.name() === words[0]);
  const found = [...own, program]
    .flatMap(allCommands)
    .flatMap(({ options }) => options)
    .find(({ short, long }) => option !== '' && (short === option || long === option));
  if (found === undefined) return false;
  if (FILE_OPTION.test(found.flags)) return printed([], ShellCompDirective.ShellCompDirectiveDefault);
  const typed = last.slice(equals.length);
  const given = found.long === '--baseline' ? baselines(words) : valuesOf(found.long ?? option)?.(typed);
  if (given === undefined) return false;
  // The shells put the text up to the last = of an option before each candidate.
  const shown = equals === '' ? 0 : typed.lastIndexOf('=') + 1;
  const candidates = given.candidates
    .filter(([value]) => value.startsWith(typed) && isPlain(value))
    .map(([value, description]) => [value.slice(shown), description] as const);
  return printed(candidates, noFiles + (given.mayGoOn ? noSpace : 0));
}

function printed(...answer: Parameters<typeof printCandidates>): true {
  printCandidates(...answer);
  return true;
}

function allCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function baselines(words: readonly string[]): OptionValues {
  return { candidates: baselineNames(resultsOf(words)).map((name) => [name, 'baseline']), mayGoOn: false };
}

function completeArguments(commands: RootCommand, words: readonly string[]): void {
  const names = (complete: Complete): void => {
    for (const name of installedWorkloads().keys()) complete(name, 'installed workload');
    // Many, so only after a letter.
    if (words.at(-1) !== '') for (const [model, edition] of models) complete(model, edition);
  };
  const workloads = (complete: Complete): void => {
    for (const path of workloadFiles(words.at(-1) ?? '')) if (isPlain(path)) complete(path, 'workload');
    names(complete);
  };
  const runs = (complete: Complete): void => {
    complete('latest', 'the newest run, calibrations aside');
    for (const { id, status } of listRuns(resultsOf(words)).reverse()) if (isPlain(id)) complete(id, status);
  };
  for (const name of ['baseline show', 'baseline remove']) {
    for (const argument of commands.commands.get(name)?.arguments.values() ?? [])
      argument.handler = (complete) => {
        for (const [baseline, about] of baselines(words).candidates) if (isPlain(baseline)) complete(baseline, about);
      };
  }
  const handlers = { workloads, runs };
  for (const { name, completes } of SUBCOMMANDS) {
    if (completes === undefined) continue;
    for (const argument of commands.commands.get(name)?.arguments.values() ?? [])
      argument.handler = name === 'workloads' ? names : handlers[completes];
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
