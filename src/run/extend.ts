/** Adds sessions to a run that has ended. */
import { FeedrateError } from '../base/errors.js';
import type { OntapConnection } from '../fsx/ontap-connection.js';
import { environmentMismatches } from '../gate/comparability.js';
import { captureEnvironment } from '../host/environment.js';
import type { Plan } from '../plan/plan.js';
import type { RunRecord } from '../record/run-record.js';
import type { StoredRun } from '../record/stored-run.js';
import { reopenRun } from '../store/run-store.js';
import { recordedOverride } from '../workload/override-text.js';
import type { RunListener } from './listener.js';
import { type Preparation, withPreparation } from './preparation.js';
import type { PlanRequest } from './request.js';
import { type Conducted, measureSessions } from './sessions.js';
import type { StopHandle } from './stop-handle.js';
import { askAboutVolumes, withVolumes } from './volumes.js';

/**
 * Adds sessions to a stored run until it has `sessions` of them. The workload is the text that the run recorded, so later
 * edits of the file do not matter. Order and content come from the seed, so the new plan begins with the existing trials.
 * @param aws ask AWS again about volumes that the run recorded, so that a change of their settings is noticed
 * @param ontap asked for the counters of the volumes that the run recorded. Default: nothing is asked
 * @throws FeedrateError `store` when the run is incomplete or used --inject, or when the machine, the mounts or the workload
 * language have changed
 */
export async function extend(
  stored: StoredRun,
  sessions: number,
  listener: RunListener = {},
  stop?: StopHandle,
  aws = true,
  ontap?: OntapConnection,
): Promise<Conducted> {
  const { directory, run, status } = stored;
  if (run === null || status !== 'complete') {
    throw cannotGoOn(directory, `the run is ${status}, not complete`);
  }
  if (run.injected !== undefined) throw cannotGoOn(directory, 'it was measured with --inject');
  const overrides = [...run.overrides.filter((text) => !text.startsWith(SESSIONS)), `${SESSIONS}${sessions}`];
  return withPreparation({ ...requestOf(run, overrides), ...(stop && { stop }) }, listener, async (preparation) => {
    const { plan } = preparation;
    refuseOtherPlan(directory, run.plan, plan);
    await refuseOtherEnvironment(directory, run, preparation, aws);
    await listener.prepared?.(preparation);
    const store = reopenRun(directory, { plan, overrides, pid: process.pid });
    if (ontap !== undefined && run.environment.targets.every((target) => target.ontap === undefined))
      listener.note?.(
        'ONTAP was not asked, because the run was measured without --ontap and does not name its volumes',
      );
    return measureSessions({ preparation, store, firstSession: run.plan.sessions + 1, stop, ontap }, listener);
  });
}

const SESSIONS = '--set trials.sessions=';

function requestOf(
  { id, workloadSource, plan, remount, environment }: RunRecord,
  overrides: readonly string[],
): PlanRequest {
  const datasetId = environment.targets.find(({ dataset }) => dataset !== undefined)?.dataset?.id;
  return {
    workload: { source: workloadSource, path: `${id}/run.json` },
    targets: plan.targets,
    overrides: overrides.map(recordedOverride),
    seed: plan.seed,
    remount,
    ...(datasetId === undefined ? {} : { datasetId }),
  };
}

function refuseOtherPlan(directory: string, before: Plan, after: Plan): void {
  const begins = after.trials.slice(0, before.trials.length);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (same(before.arms, after.arms) && same(before.trials, begins)) return;
  throw cannotGoOn(directory, 'this version of feedrate makes a different plan from its workload');
}

async function refuseOtherEnvironment(
  directory: string,
  run: RunRecord,
  { plan }: Preparation,
  aws: boolean,
): Promise<void> {
  const asked = aws && run.environment.targets.some(({ volume }) => volume !== undefined) ? plan.targets : [];
  const volumes = await askAboutVolumes(asked)();
  const now = { ...run, environment: withVolumes(captureEnvironment(plan.targets), volumes) };
  for (const arm of run.plan.arms) {
    const [mismatch] = environmentMismatches({ run, arm }, { run: now, arm });
    if (mismatch === undefined) continue;
    throw cannotGoOn(directory, `${mismatch.what} changed from ${mismatch.base} to ${mismatch.candidate}`);
  }
}

function cannotGoOn(directory: string, why: string): FeedrateError {
  return new FeedrateError('store', `${directory}: cannot add sessions: ${why}; measure a new run`);
}
