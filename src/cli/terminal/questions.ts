/** Questions on a terminal. */
import { createInterface, type Interface } from 'node:readline/promises';
import { safeLine } from '../output/print.js';

/** Asks yes-or-no questions, one after the other. Returns null when the user pressed Ctrl-C or Ctrl-D. */
export async function askEach(questions: readonly string[]): Promise<boolean[] | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close the interface without an answer.
  const closed = new Promise<null>((resolve) => {
    terminal.once('close', () => resolve(null));
  });
  try {
    return await Promise.race([answersTo(questions, terminal), closed]);
  } finally {
    terminal.close();
  }
}

async function answersTo(questions: readonly string[], terminal: Interface): Promise<boolean[]> {
  const answers: boolean[] = [];
  for (const question of questions) {
    answers.push(/^y(es)?$/i.test((await terminal.question(`${safeLine(question)} [y/N] `)).trim()));
  }
  return answers;
}
