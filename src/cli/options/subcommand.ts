import type { Command } from 'commander';
import type { FieldTable } from './field-table.js';

/**
 * A subcommand. `feedrate --help`, its own help, its completion and the tests of all three are generated from it. Its file
 * imports only modules that every start may load. Its action imports the rest when it is called.
 */
export interface Subcommand {
  readonly name: string;
  /** One line for `feedrate --help`. */
  readonly description: string;
  /**
   * Adds arguments, options and the action, which `exits` or `exitsOnSignal` turns into an exit status. Commands that can
   * describe a job by options make them from `fields`, which is missing when no word of the command line needs them.
   */
  readonly configure: (command: Command, fields?: FieldTable) => void;
  /** Printed after the options. Lines that begin with `  feedrate` are commands that work as written. */
  readonly examples: string;
  /** What the shell completes for its arguments. Default: nothing. */
  readonly completes?: 'workloads' | 'runs';
  /** Whether it measures with one process only: a launcher of several machines must not start it. */
  readonly measuresAlone?: boolean;
  /** Whether a group calls it when no command of the group is named. */
  readonly isDefault?: boolean;
}

/** Returns a command that has only commands of its own: `feedrate iam lint`, `feedrate iam check`. */
export function commandGroup(
  group: Pick<Subcommand, 'name' | 'description' | 'examples'>,
  parts: readonly Subcommand[],
): Subcommand {
  return {
    ...group,
    configure(command) {
      for (const { name, description, configure, examples, isDefault = false } of parts)
        configure(command.command(name, { isDefault }).description(description).addHelpText('after', examples));
    },
  };
}
