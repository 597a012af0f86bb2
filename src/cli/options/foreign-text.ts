/** Reads files of other programs. */
import { FeedrateError, isSystemError, systemFaultOf } from '../../base/errors.js';
import { readTextFile } from '../../host/system/regular-file.js';
import { STDIN, STDIN_NAME, standardInput } from './standard-input.js';

/** The text of a file, and its name for messages. */
export interface ForeignText {
  readonly text: string;
  readonly path: string;
}

/**
 * Returns the text of a file, or of standard input for `-`. Throws `FeedrateError('workload')` when it cannot be read, and
 * `FeedrateError('usage')` when standard input is a terminal.
 */
export async function foreignText(word: string): Promise<ForeignText> {
  if (word === STDIN) return { text: await pipedText(), path: STDIN_NAME };
  try {
    return { text: readTextFile(word), path: word };
  } catch (thrown) {
    const { code, message } = systemFaultOf(thrown);
    const reason = isSystemError(thrown) ? code : message;
    throw new FeedrateError('workload', `cannot read ${word}: ${reason}`, { cause: thrown });
  }
}

async function pipedText(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of standardInput('file')) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
