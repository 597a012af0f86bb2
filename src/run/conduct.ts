/** Conducts a run, from its request to its stored result. */
import type { Environment, RunRecord } from '../record/run-record.js';
import { isOntapVolume } from '../record/volume-record.js';
import { createRun } from '../store/run-store.js';
import { threadsOfPlan } from '../trial/threads-of-plan.js';
import { refuseChangedDatasets } from './datasets.js';
import { touchableOf } from './first-touch.js';
import { HeadStart } from './head-start.js';
import { refuseUnslowable } from './injection.js';
import type { RunListener } from './listener.js';
import { withOntap } from './ontap-watch.js';
import { type Preparation, runRecordOf, withPreparation } from './preparation.js';
import type { RunRequest, SetStart } from './request.js';
import { type Conducted, measureSessions } from './sessions.js';
import { withResidency } from './target-residency.js';
import { askAboutVolumes, maintenanceNotes } from './volumes.js';

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
  const asked = headStart.answered.then(() =>
    askAboutVolumes(request.aws === false || request.volumes !== undefined ? [] : request.targets),
  );
  // Preparation reports targets that do not respond.
  asked.catch(() => undefined);
  const measure = async (preparation: Preparation): Promise<Conducted> => {
    refuseUnslowable(preparation.plan, request.injected ?? []);
    headStart.startThreads(threadsOfPlan(preparation.plan));
    await listener.prepared?.(preparation);
    const answers = request.volumes ?? (await asked)();
    const volumes = await (request.stop?.unlessAsked(answers) ?? answers);
    for (const text of maintenanceNotes(volumes, preparation, Date.now())) listener.note?.(text);
    const recordOf = async (): Promise<Omit<RunRecord, 'id'>> => {
      const record = runRecordOf(preparation, request, volumes);
      const { environment, problem } = await lookUpCeilings(record.environment, request.ceilingsFile ?? null);
      if (problem !== null) listener.note?.(problem);
      const asking = await withOntap({ ...record, environment }, request.ontap, listener);
      return { ...asking, environment: withResidency(asking.environment, preparation, Date.now()) };
    };
    const { stop, ontap, group } = request;
    if (group !== undefined) {
      const { conductRank } = await import('./conduct-rank.js');
      return conductRank(preparation, request, group, recordOf, listener, headStart);
    }
    const recorded = await recordOf();
    const starting = request.startAt && (await startingAt(request.startAt, preparation, listener));
    const store = createRun(request.resultsDirectory, { ...recorded, ...starting?.recorded });
    const measured = await measureSessions(
      { preparation, store, firstSession: 1, stop, headStart, ontap, ...starting?.rank },
      listener,
    );
    if (measured.status === 'complete')
      refuseChangedDatasets(preparation.plan, preparation.dataset, measured.run.run.id);
    return measured;
  };
  try {
    return await withPreparation(request, listener, measure, headStart.answered);
  } catch (thrown) {
    await request.group?.meetings.refuse(thrown, request.stop?.isPlanned);
    throw thrown;
  } finally {
    headStart.discard();
  }
}

/** Returns the rank of a run that begins at a set time, and what is recorded of it. */
async function startingAt(start: SetStart, { plan }: Preparation, listener: RunListener) {
  const { rankStartingAt } = await import('./start-at.js');
  const { rank, group } = rankStartingAt(start, plan.targets, (text) => listener.note?.(text));
  return { rank: { rank }, recorded: group === null ? {} : { group } };
}

/** Adds the ceilings of the targets. What reads them is loaded for volumes of FSx for ONTAP, and to check a user's file. */
async function lookUpCeilings(
  environment: Environment,
  userFile: string | null,
): Promise<{ readonly environment: Environment; readonly problem: string | null }> {
  if (userFile === null && !environment.targets.some(isOntapVolume)) return { environment, problem: null };
  const { withCeilings } = await import('../fsx/look-up-ceilings.js');
  return withCeilings(environment, userFile);
}
