/** Names of other programs in the letters that a workload allows. */
import { NAME_PATTERN } from '../../workload/value-types.js';

/** Returns a name that is not taken. */
export function foreignName(text: string, taken: readonly string[]): string {
  const name = inLetters(text, 'job');
  let free = name;
  for (let number = 2; taken.includes(free); number++) free = `${name}-${number}`;
  return free;
}

/** Returns the name of a file without its directory and ending. */
export function workloadName(path: string, otherwise: string): string {
  return inLetters(path.slice(path.lastIndexOf('/') + 1).replace(/\.[A-Za-z]+$/, ''), otherwise);
}

function inLetters(text: string, otherwise: string): string {
  const name = text
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 60);
  return new RegExp(NAME_PATTERN).test(name) ? name : otherwise;
}
