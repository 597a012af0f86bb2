import { shellWord } from './shell-word.js';

/** The directory that commands use without `-o`. */
export const DEFAULT_RESULTS = './results';

/** Returns a command of feedrate for a results directory, with `-o` unless the command uses that directory anyway. */
export function commandFor(resultsDirectory: string, words: string): string {
  const isDefault = [DEFAULT_RESULTS, DEFAULT_RESULTS.slice(2)].includes(resultsDirectory);
  return `feedrate ${words}${isDefault ? '' : ` -o ${shellWord(resultsDirectory)}`}`;
}
