/** Questions on a terminal. */
import { createInterface } from 'node:readline/promises';
import { safeLine } from '../output/print.js';

/**
 * Lets `use` ask questions, one after the other, and returns its result, or null when the user pressed Ctrl-C or Ctrl-D.
 * Throws what `use` throws.
 */
export async function withQuestions<T>(
  use: (ask: (question: string) => Promise<string>) => Promise<T>,
): Promise<T | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D close the interface without an answer.
  const closed = new Promise<null>((resolve) => {
    terminal.once('close', () => resolve(null));
  });
  const ask = async (question: string) => (await terminal.question(safeLine(question))).trim();
  try {
    return await Promise.race([use(ask), closed]);
  } finally {
    terminal.close();
  }
}

/** Asks yes-or-no questions, one after the other. Returns null when the user pressed Ctrl-C or Ctrl-D. */
export function askEach(questions: readonly string[]): Promise<boolean[] | null> {
  return withQuestions(async (ask) => {
    const answers: boolean[] = [];
    for (const question of questions) answers.push(/^y(es)?$/i.test(await ask(`${question} [y/N] `)));
    return answers;
  });
}
