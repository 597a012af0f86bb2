import type { Command } from 'commander';
import { leaveSignalsToTheKernel } from '../terminal/signals.js';

/**
 * A subcommand. `feedrate --help`, its own help, its completion and the tests of all three are generated from it. Its file
 * imports only modules that every start may load. Its action imports the rest when it is called.
 */
export interface Subcommand {
  readonly name: string;
  /** One line for `feedrate --help`. */
  readonly description: string;
  /** Adds arguments, options and the action, which `exits` or `exitsOnSignal` turns into an exit status. */
  readonly configure: (command: Command) => void;
  /** Printed after the options. Lines that begin with `  feedrate` are commands that work as written. */
  readonly examples: string;
  /** What the shell completes for its arguments. Default: nothing. */
  readonly completes?: 'workloads' | 'runs';
}

/**
 * Returns a commander action that sets feedrate's exit status to the result of `work`, which only reads results. A signal
 * ends it at once, whatever it computes or waits for.
 */
export function exits<Words extends unknown[]>(
  work: (...words: Words) => number | Promise<number>,
): (...words: Words) => Promise<void> {
  const exiting = exitsOnSignal(work);
  return (...words) => {
    leaveSignalsToTheKernel();
    return exiting(...words);
  };
}

/** The same for a command that uses targets: a signal ends it with the status `interrupted`, and nothing is left behind. */
export function exitsOnSignal<Words extends unknown[]>(
  work: (...words: Words) => number | Promise<number>,
): (...words: Words) => Promise<void> {
  return async (...words) => {
    process.exitCode = await work(...words);
  };
}
