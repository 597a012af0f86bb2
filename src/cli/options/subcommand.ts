import type { Command } from 'commander';

/**
 * A subcommand. `feedrate --help`, its own help, its completion and the tests of all three are made from it. Its file
 * imports only what every start may load; an action imports the rest when it is called.
 */
export interface Subcommand {
  readonly name: string;
  /** What it does, on one line of `feedrate --help`. */
  readonly description: string;
  /** Adds arguments and options, and the action that `exits` with a status. */
  readonly configure: (command: Command) => void;
  /** Printed after the options. Lines that begin with `  feedrate` are commands that work as they stand. */
  readonly examples: string;
  /** What the shell offers for its arguments. Default: nothing. */
  readonly completes?: 'workloads' | 'runs';
}

/** An action whose result is the exit status of feedrate. */
export function exits<Words extends unknown[]>(
  work: (...words: Words) => number | Promise<number>,
): (...words: Words) => Promise<void> {
  return async (...words) => {
    process.exitCode = await work(...words);
  };
}
