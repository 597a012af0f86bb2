/** Options that several commands share. */
import { type Command, Option } from 'commander';
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
  return command
    .option('--junit <file>', 'also write JUnit XML')
    .option('--benchmark-json <prefix>', 'also write PREFIX-bigger-is-better.json and PREFIX-smaller-is-better.json')
    .option('--bmf <file>', 'also write Bencher Metric Format')
    .option('--open-metrics <file>', 'also write OpenMetrics text');
}

/** `--format`, of these forms. */
export function formatOption(choices: readonly string[]): Option {
  return new Option('--format <format>', 'form of the result on stdout').choices(choices).default('table');
}

/** `--progress`: every command that measures has it. */
export function progressOption(): Option {
  return new Option('--progress <mode>', 'form of the progress on stderr').choices(PROGRESS_MODES).default('auto');
}
