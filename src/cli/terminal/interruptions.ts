import { INTERRUPTIONS } from '../../run/session-runner.js';

/** Calls `handle` at each SIGINT, SIGTERM and SIGHUP, instead of ending the process, until the returned function is called. */
export function onInterruption(handle: () => void): () => void {
  for (const signal of INTERRUPTIONS) process.on(signal, handle);
  return () => {
    for (const signal of INTERRUPTIONS) process.off(signal, handle);
  };
}
