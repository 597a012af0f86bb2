/** More sessions for a run that has ended, measured as its others were. */
import { FeedrateError } from '../base/errors.js';
import { type ProgressMode, parseOverrides } from '../cli/options/arguments.js';
import { environmentMismatches } from '../gate/comparability.js';
import { captureEnvironment } from '../host/environment.js';
import type { Plan } from '../plan/plan.js';
import type { RunRecord } from '../record/run-record.js';
import { readRun } from '../store/read-run.js';
import { reopenRun } from '../store/run-store.js';
import { untilTargetsAnswer } from './first-touch.js';
import { type Preparation, prepareRun } from './preparation.js';
import { measure } from './sessions.js';

/**
 * Adds sessions until the run has `sessions` of them, and returns how it ended. The workload is the text that the run
 * keeps, so that a file that was edited since does not matter; as order and content come from the seed, the plan that it
 * gives begins with the trials that are there.
 * @throws FeedrateError `store` when the run cannot go on as it began: it did not end well, was slowed down on purpose, or
 * machine, mounts or workload language have changed
 */
export async function extendRun(
  directory: string,
  sessions: number,
  progress: ProgressMode,
): Promise<'complete' | 'failed' | 'aborted'> {
  const { run, status } = readRun(directory);
  if (run === null || status !== 'complete') {
    throw cannotGoOn(directory, `it is ${status}, and only a complete run can be added to`);
  }
  if (run.injected !== undefined) throw cannotGoOn(directory, 'one of its targets was slowed down on purpose');
  const remount = run.command.includes('--remount');
  await untilTargetsAnswer(run.plan.targets);
  const preparation = prepareAgain(run, sessions, remount);
  refuseOtherPlan(directory, run.plan, preparation.plan);
  refuseOtherEnvironment(directory, run, preparation);
  const store = reopenRun(directory, {
    plan: preparation.plan,
    overrides: [...run.overrides.filter((text) => !text.startsWith(SESSIONS)), `${SESSIONS}${sessions}`],
    pid: process.pid,
  });
  const dropCaches = run.command.includes('--drop-caches');
  return measure(preparation, store, { progress, dropCaches, remount, firstSession: run.plan.sessions + 1 });
}

const SESSIONS = '--set trials.sessions=';

function prepareAgain(run: RunRecord, sessions: number, remount: boolean): Preparation {
  const words = [...run.overrides, `${SESSIONS}${sessions}`].map((text) => text.split(/ (.*)/s, 2));
  const textsOf = (option: string) => words.flatMap(([known, text = '']) => (known === option ? [text] : []));
  const engine = textsOf('--engine').at(-1);
  const overrides = parseOverrides({
    set: textsOf('--set'),
    param: textsOf('-P'),
    ...(engine === undefined ? {} : { engine }),
  });
  const options = { workloadPath: `${run.id}/run.json`, overrides, seed: run.plan.seed, remount };
  return prepareRun(run.workloadSource, options, run.plan.targets);
}

function refuseOtherPlan(directory: string, before: Plan, after: Plan): void {
  const begins = after.trials.slice(0, before.trials.length);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (same(before.arms, after.arms) && same(before.trials, begins)) return;
  throw cannotGoOn(directory, 'this version of feedrate plans its workload otherwise');
}

function refuseOtherEnvironment(directory: string, run: RunRecord, preparation: Preparation): void {
  const now = { ...run, environment: captureEnvironment(preparation.plan.targets) };
  for (const arm of run.plan.arms) {
    const [mismatch] = environmentMismatches({ run, arm }, { run: now, arm });
    if (mismatch === undefined) continue;
    throw cannotGoOn(directory, `${mismatch.what} was ${mismatch.base}, is ${mismatch.candidate}`);
  }
}

function cannotGoOn(directory: string, why: string): FeedrateError {
  return new FeedrateError('store', `${directory}: no sessions can be added: ${why}; measure a new run`);
}
