/**
 * Ctrl-C, SIGTERM and SIGHUP, from the first line of feedrate on. `main.ts` loads this file before everything else, so it
 * imports nothing but constants.
 */
import { EXIT } from '../../base/errors.js';
import { INTERRUPTIONS } from '../../base/interruptions.js';

/** Ends the process. No command works that has something to keep or to remove: none has begun, or it has set its status. */
const end = (): void => process.exit(process.exitCode ?? EXIT.interrupted);

let handle = end;
const heard = (): void => handle();

/** Ends the process with the status `interrupted` at a signal, from now on. */
export function hearSignals(): void {
  for (const signal of INTERRUPTIONS) process.on(signal, heard);
}

/**
 * Lets signals end the process by themselves, also while it computes or waits in the kernel. For commands that only read
 * results: they have nothing to remove.
 */
export function leaveSignalsToTheKernel(): void {
  for (const signal of INTERRUPTIONS) process.off(signal, heard);
}

/** Calls `handler` at each signal, instead of ending the process, until the returned function is called. */
export function onSignal(handler: () => void): () => void {
  handle = handler;
  return () => {
    handle = end;
  };
}
