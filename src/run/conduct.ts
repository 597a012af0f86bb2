/** Conducts a run, from its request to its stored result. */
import { createRun } from '../store/run-store.js';
import { touchableOf } from './first-touch.js';
import { HeadStart } from './head-start.js';
import { refuseUnslowable } from './injection.js';
import type { RunListener } from './listener.js';
import { type Preparation, runRecordOf, withPreparation } from './preparation.js';
import type { RunRequest } from './request.js';
import { type Conducted, measureSessions } from './sessions.js';
import { askAboutVolumes } from './volumes.js';

/**
 * Measures a workload: waits until its targets respond, makes the plan, checks that the targets support it, and runs each
 * session in a process of its own. Every trial is on disk as soon as it ends. Returns the stored run.
 * @param headStart processes that the caller started earlier. Default: they are started now
 * @throws FeedrateError for faults that the user can fix, before anything is measured. A session that fails later does not
 * throw: the run then ends as `failed`, and a note gives the reason
 */
export async function conduct(
  request: RunRequest,
  listener: RunListener = {},
  headStart = new HeadStart(
    touchableOf(request.targets, request.resultsDirectory),
    (text) => listener.note?.(text),
    request.stop,
  ),
): Promise<Conducted> {
  const asked = headStart.answered.then(() => askAboutVolumes(request.aws === false ? [] : request.targets));
  // Preparation reports targets that do not respond.
  asked.catch(() => undefined);
  const measure = async (preparation: Preparation): Promise<Conducted> => {
    refuseUnslowable(preparation.plan, request.injected ?? []);
    await listener.prepared?.(preparation);
    const answers = (await asked)();
    const volumes = await (request.stop?.unlessAsked(answers) ?? answers);
    const store = createRun(request.resultsDirectory, runRecordOf(preparation, request, volumes));
    return measureSessions({ preparation, store, firstSession: 1, stop: request.stop, headStart }, listener);
  };
  try {
    return await withPreparation(request, listener, measure, headStart.answered);
  } finally {
    headStart.discard();
  }
}
