/** Standard input as an argument. */
import { FeedrateError } from '../../base/errors.js';

/** The argument that stands for standard input. */
export const STDIN = '-';
/** The name of standard input in messages. */
export const STDIN_NAME = 'stdin';

/** Returns standard input. Throws `FeedrateError('usage')` when it is a terminal. `what`: what is read from it. */
export function standardInput(what: string): AsyncIterable<Buffer> {
  if (process.stdin.isTTY)
    throw new FeedrateError('usage', `-: standard input is a terminal; pipe a ${what} into feedrate, or name one`);
  return process.stdin;
}
