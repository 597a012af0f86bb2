import { script } from '@bomb.sh/tab';
import { EXIT } from '../../base/errors.js';
import type { Shell } from '../options/arguments.js';

/** `feedrate completion`: prints the completion script of a shell. */
export function printCompletionScript(shell: Shell): number {
  script(shell, 'feedrate', 'feedrate');
  return EXIT.pass;
}
