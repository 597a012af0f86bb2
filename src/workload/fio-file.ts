/** Recognises job files of fio, and names the command that imports them. */
import { FeedrateError } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';

const SECTION = /^\[([^\]]+)\]$/;

/**
 * Returns whether a text is a job file of fio. Its sections look like a list of YAML, so they are looked for first, and in a
 * file whose name says so anywhere.
 * @param path the name of the file
 */
export function isFioFile(text: string, path: string): boolean {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/[;#].*$/s, '').trim());
  const [first = ''] = lines.filter((line) => line !== '');
  return SECTION.test(first) || (path.endsWith('.fio') && lines.some((line) => SECTION.test(line)));
}

/**
 * Returns the error for a job file of fio that was given as a workload, with the command to use. Null for another text.
 * @param asked how `feedrate import` is given the file
 */
export function fioFileError(text: string, path: string, asked = shellWord(path)): FeedrateError | null {
  if (!isFioFile(text, path)) return null;
  const workload = `${path.slice(path.lastIndexOf('/') + 1).replace(/\.fio$/, '')}.yaml`;
  const remedy = `make a workload from it: feedrate import ${asked} -o ${shellWord(workload)}`;
  return new FeedrateError('workload', `${path}: is a job file of fio; ${remedy}`);
}
