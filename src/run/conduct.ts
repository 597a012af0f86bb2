/** A run from its request to its stored result. */
import { createRun } from '../store/run-store.js';
import { refuseUnslowable } from './injection.js';
import type { RunListener } from './listener.js';
import { runRecordOf, withPreparation } from './preparation.js';
import type { RunRequest } from './request.js';
import { type Conducted, measureSessions } from './sessions.js';

/**
 * Measures a workload: waits until its targets respond, makes the plan, checks that the targets can carry it, and runs
 * its sessions, each in a process of its own. Every trial is on disk as soon as it ends.
 * @throws FeedrateError for what the user can fix, before anything is measured. A session that fails later is not thrown:
 * the run then ends as `failed`, and a note says why
 */
export function conduct(request: RunRequest, listener: RunListener = {}): Promise<Conducted> {
  return withPreparation(request, listener, async (preparation) => {
    refuseUnslowable(preparation.plan, request.injected ?? []);
    await listener.prepared?.(preparation);
    const store = createRun(request.resultsDirectory, runRecordOf(preparation, request));
    return measureSessions({ preparation, store, firstSession: 1, stop: request.stop }, listener);
  });
}
