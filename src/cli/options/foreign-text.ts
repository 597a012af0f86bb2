/** Reads files of other programs. */
import { FeedrateError, isSystemError, systemFaultOf } from '../../base/errors.js';
import { readTextFile } from '../../host/system/regular-file.js';

/** The text of a file, and its name for messages. */
export interface ForeignText {
  readonly text: string;
  readonly path: string;
}

/** The argument that stands for standard input. */
const STDIN = '-';

/**
 * Returns the text of a file, or of standard input for `-`. Throws `FeedrateError('workload')` when it cannot be read, and
 * `FeedrateError('usage')` when standard input is a terminal.
 */
export async function foreignText(word: string): Promise<ForeignText> {
  if (word === STDIN) return { text: await standardInput(), path: 'stdin' };
  try {
    return { text: readTextFile(word), path: word };
  } catch (thrown) {
    const { code, message } = systemFaultOf(thrown);
    const reason = isSystemError(thrown) ? code : message;
    throw new FeedrateError('workload', `cannot read ${word}: ${reason}`, { cause: thrown });
  }
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw new FeedrateError('usage', '-: standard input is a terminal; pipe a file into feedrate, or name one');
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
