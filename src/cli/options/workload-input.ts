/** Reads the workload that an argument names. */
import { FeedrateError } from '../../base/errors.js';
import type { WorkloadText } from '../../run/request.js';
import { STDIN, STDIN_NAME, standardInput } from './standard-input.js';

/**
 * Reads a workload that is named by a path, by the name of an installed workload, or by `-` for standard input. Throws
 * `FeedrateError('workload')` when it cannot be read, and `FeedrateError('usage')` when there is no name, and for standard
 * input that is a terminal.
 * @param command the name of the command, for messages
 * @param otherwise the installed workload that is used without a name
 */
export async function namedWorkload(
  word: string | undefined,
  command: string,
  otherwise?: string,
): Promise<WorkloadText> {
  const { readInstalledWorkload, readWorkload, readWorkloadFrom } = await import('../../run/workload-text.js');
  if (word === undefined) {
    if (otherwise !== undefined) return readInstalledWorkload(otherwise);
    const ways = 'name one (list them with: feedrate workloads), or describe a job (--rw randread --bs 4k)';
    throw new FeedrateError('usage', `${command}: the workload is missing; ${ways}`);
  }
  if (word !== STDIN) return readWorkload(word);
  return readWorkloadFrom(standardInput('workload'), STDIN_NAME);
}
