/** Recognises job files of fio, and names the command that imports them. */
import { FeedrateError } from '../base/errors.js';
import { shellWord } from '../base/shell-word.js';

/** The name of standard input in messages. */
const STANDARD_INPUT = 'stdin';
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

/** Returns the error for a job file of fio that was given as a workload, with the command to use. Null for another text. */
export function fioFileError(text: string, path: string): FeedrateError | null {
  if (!isFioFile(text, path)) return null;
  const workload = `${path.slice(path.lastIndexOf('/') + 1).replace(/\.fio$/, '')}.yaml`;
  // A stream has no name that a second command could read.
  const source = path === STANDARD_INPUT ? 'fio -' : shellWord(path);
  const remedy = `make a workload from it: feedrate import ${source} -o ${shellWord(workload)}`;
  return new FeedrateError('workload', `${path}: is a job file of fio; ${remedy}`);
}
