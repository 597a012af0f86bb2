/** Commands that repeat what was typed, with changes. */
import { DEFAULT_RESULTS } from '../../base/results-command.js';
import { shellWord } from '../../base/shell-word.js';

/** Returns the command as a shell reads it. */
export function feedrateCommand(words: readonly string[]): string {
  return ['feedrate', ...words].map(shellWord).join(' ');
}

/** Returns whether a command can be typed again: a workload on standard input is gone. */
export function isRepeatable(command: readonly string[]): boolean {
  return command[0] === 'run' && command.length > 1 && !command.includes('-');
}

/** Returns the values of an option in a command, such as `-o DIR`, `-oDIR`, `--output DIR` and `--output=DIR`. */
export function valuesOf(command: readonly string[], long: string, short?: string): string[] {
  return command.flatMap((word, index) => {
    if (word === long || word === short) return command[index + 1] ?? [];
    if (word.startsWith(`${long}=`)) return [word.slice(long.length + 1)];
    return short !== undefined && word.startsWith(short) ? [word.slice(short.length)] : [];
  });
}

/** Returns the command without the place of one rank, which every rank of a group has for itself. */
export function withoutRank(command: readonly string[]): string[] {
  return command.filter(
    (word, index) => word !== '--rank' && command[index - 1] !== '--rank' && !word.startsWith('--rank='),
  );
}

/** Returns the command with these fields of the workload. Earlier values of the same fields are left out. */
export function withFields(command: readonly string[], fields: Readonly<Record<string, number>>): string[] {
  const isReplaced = (text: string) => Object.keys(fields).some((name) => text.startsWith(`${name}=`));
  const kept: string[] = [];
  for (let index = 0; index < command.length; index++) {
    const word = command[index] as string;
    const isSplit = word === '--set' && isReplaced(command[index + 1] ?? '');
    if (isSplit) index++;
    else if (!(word.startsWith('--set=') && isReplaced(word.slice('--set='.length)))) kept.push(word);
  }
  return [...kept, ...Object.entries(fields).flatMap(([name, value]) => ['--set', `${name}=${value}`])];
}

/** Returns `-o DIRECTORY` for a run that is not in the default results directory; null if the run is in a bucket. */
export function resultsWords(directory: string): string[] | null {
  if (directory.includes('://')) return null;
  const parent = directory.replace(/\/+[^/]*\/*$/, '');
  if (!directory.includes('/')) return ['-o', '.'];
  return [DEFAULT_RESULTS, DEFAULT_RESULTS.slice(2)].includes(parent) ? [] : ['-o', parent === '' ? '/' : parent];
}
