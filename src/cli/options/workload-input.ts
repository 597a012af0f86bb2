/** The workload of a command: its argument names it. */
import { FeedrateError } from '../../base/errors.js';
import type { WorkloadText } from '../../run/request.js';

/** The argument that stands for standard input. */
const STDIN = '-';

/**
 * Returns the workload that an argument names: a path, the name of an installed workload, or `-` for standard input.
 * Throws `FeedrateError('workload')` when it cannot be read, and `FeedrateError('usage')` for standard input that is a
 * terminal.
 * @param otherwise the installed workload that is used without an argument
 */
export async function workloadOf(word: string | undefined, otherwise = ''): Promise<WorkloadText> {
  const { readInstalledWorkload, readWorkload, readWorkloadFrom } = await import('../../run/workload-text.js');
  if (word === undefined) return readInstalledWorkload(otherwise);
  if (word !== STDIN) return readWorkload(word);
  if (process.stdin.isTTY) {
    throw new FeedrateError('usage', '-: standard input is a terminal; pipe a workload into feedrate, or name one');
  }
  return readWorkloadFrom(process.stdin, 'stdin');
}
