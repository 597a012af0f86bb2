import { CommanderError } from 'commander';
import { EXIT, FeedrateError, isSystemError } from '../base/errors.js';

/** What is said of an error, and the exit status that it leads to. */
export interface Failure {
  /** Lines for stderr, without line feeds; empty when everything has been said already. */
  readonly lines: readonly string[];
  readonly status: number;
}

/**
 * User errors are their own message; faults of an input stand one on each line with their place.
 * A failed system call is named as it is. Anything else is a defect of feedrate, and says so:
 * its stack is shown only when asked for, as it helps nobody but the developers.
 */
export function describeFailure(thrown: unknown, debug: boolean): Failure {
  // Commander has printed its message (or the help text) already.
  if (thrown instanceof CommanderError) return { lines: [], status: thrown.exitCode === 0 ? EXIT.pass : EXIT.usage };
  if (thrown instanceof FeedrateError) return describeUserError(thrown, debug);
  const message = oneLine(thrown instanceof Error ? thrown.message : String(thrown));
  const stack = debug && thrown instanceof Error && thrown.stack ? thrown.stack.split('\n') : [];
  if (isSystemError(thrown)) return { lines: [`feedrate: ${message}`, ...stack], status: EXIT.measurementFailed };
  const advice = debug ? '' : ' (FEEDRATE_DEBUG=1 shows where)';
  return {
    lines: [`feedrate: ${message}: this is a defect in feedrate${advice}`, ...stack],
    status: EXIT.measurementFailed,
  };
}

function describeUserError(error: FeedrateError, debug: boolean): Failure {
  const said =
    error.issues.length > 0
      ? error.issues.map((issue) => `${issue.where}: ${oneLine(issue.message)}`)
      : [`feedrate: ${oneLine(error.message)}`];
  const stack = debug && error.stack ? error.stack.split('\n') : [];
  return { lines: [...said, ...stack], status: error.exitStatus };
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
