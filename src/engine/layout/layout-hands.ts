/** What carries out the tasks of a layout: threads, or this thread when there is little to do. */
import { FeedrateError, systemFaultOf } from '../../base/errors.js';
import { useHeld } from '../../host/files/held-directories.js';
import { libc } from '../../host/system/libc.js';
import { stepsOf } from './lay-out.js';
import type { LayoutFailure, LayoutTask } from './layout-task.js';

export interface LayoutHands {
  /** How many tasks can be under way at once. */
  readonly count: number;
  /** Does a task. Returns why it failed, or null. Never rejects unless a thread dies. */
  run(task: LayoutTask): Promise<LayoutFailure | null>;
  close(): Promise<void>;
}

/** Longest time for which this thread hears no stop request. */
const YIELD_MS = 50;

/** Returns hands that use this thread and let its other work go on in between. */
export function ownHands(): LayoutHands {
  const run = async (task: LayoutTask): Promise<LayoutFailure | null> => {
    try {
      let yieldedMs = performance.now();
      for (const _ of stepsOf(task)) {
        if (performance.now() - yieldedMs < YIELD_MS) continue;
        await new Promise((resolve) => setImmediate(resolve));
        yieldedMs = performance.now();
      }
      return null;
    } catch (thrown) {
      return failureOf(thrown);
    }
  };
  return { count: 1, run, close: async () => {} };
}

/** Does a task in a thread of `layoutThreads`. Never throws. */
export function layOutInThread(task: LayoutTask): LayoutFailure | null {
  // Files are opened with one call if the C library is loaded.
  libc();
  const letGo = task.held === null ? null : useHeld(task.held.path, task.held.fd);
  try {
    for (const _ of stepsOf(task));
    return null;
  } catch (thrown) {
    return failureOf(thrown);
  } finally {
    letGo?.();
  }
}

function failureOf(thrown: unknown): LayoutFailure {
  return { fault: systemFaultOf(thrown), code: thrown instanceof FeedrateError ? thrown.code : null };
}
