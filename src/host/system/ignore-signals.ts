/** Ignores signals until the process has ended. */
import { constants } from 'node:os';
import { libc, SIG_IGN } from './libc.js';

/**
 * Lets the kernel ignore these signals. A handler of Node's does not suffice: it is gone before the process is, and a signal
 * kills it then. Returns false when nothing has changed, because there is no koffi.
 * @param leave takes Node's handlers of the signals away. Called at the last moment: without them, a signal kills the process
 */
export function ignoreSignals(signals: readonly NodeJS.Signals[], leave: () => void): boolean {
  const library = libc();
  if (library === null) return false;
  leave();
  for (const signal of signals) library.signal(constants.signals[signal], SIG_IGN);
  return true;
}
