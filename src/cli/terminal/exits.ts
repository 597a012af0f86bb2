/** Turns the result of a command into the exit status of the process. */
import { leaveSignalsToTheKernel } from './signals.js';

/**
 * Returns a commander action that sets feedrate's exit status to the result of `work`, which only reads results. A signal
 * ends it at once, whatever it computes or waits for.
 */
export function exits<Words extends unknown[]>(
  work: (...words: Words) => number | Promise<number>,
): (...words: Words) => Promise<void> {
  const exiting = exitsOnSignal(work);
  return (...words) => {
    leaveSignalsToTheKernel();
    return exiting(...words);
  };
}

/** The same for a command that uses targets: a signal ends it with the status `interrupted`, and nothing is left behind. */
export function exitsOnSignal<Words extends unknown[]>(
  work: (...words: Words) => number | Promise<number>,
): (...words: Words) => Promise<void> {
  return async (...words) => {
    process.exitCode = await work(...words);
  };
}
