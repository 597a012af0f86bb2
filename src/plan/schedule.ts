import { FeedrateError } from '../base/errors.js';
import { createPrng, shuffled } from '../base/prng.js';
import { formatLocation } from '../workload/location.js';
import type { JobDeclaration, Trials, Workload } from '../workload/workload.js';
import { readsDataFiles } from './arm-files.js';
import { expandArms, type ResolveJob, refuseTooMany } from './arms.js';
import { filesetOf } from './filesets.js';
import { jobPlanOf } from './jobs/registry.js';
import { type Arm, type Plan, type PlannedTrial, partiesOf, type Target } from './plan.js';

/** The most trials of a plan: those of two days at one second each. */
const TRIALS_MAX = 200_000;

/**
 * Returns the plan of a run. Each session has its warm-up rounds and then its counted rounds. Each round has every arm
 * once, in an order drawn from seed, session and round. The same seed gives the same plan. Throws
 * `FeedrateError('workload')` as `expandArms` does.
 */
export function buildPlan(workload: Workload, targets: readonly Target[], resolveJob: ResolveJob, seed: number): Plan {
  const arms = expandArms(workload, targets, resolveJob);
  const { sessions, warmup, filesets, order } = workload.trials;
  const rounds = warmup + workload.trials.rounds;
  refuseTooMany(arms.length * sessions * rounds, 'trials', TRIALS_MAX, 'use fewer rounds, sessions or arms');
  const places = new Map(targets.map(({ name }, place) => [name, place]));
  const targetOfArm = arms.map((arm) => places.get(arm.target) as number);
  const readers = arms.map((arm) => partiesOf({ arms }, arm).some(readsDataFiles));
  if (order === 'read-once') refuseReadTwice(workload, arms);
  const trials: PlannedTrial[] = [];
  for (let session = 1; session <= sessions; session++) {
    const planned: PlannedTrial[] = [];
    for (let round = 1; round <= rounds; round++) {
      orderOf(workload.trials, [...arms.keys()], seed, session, round).forEach((arm, i) => {
        const place = i + 1;
        const fileset = filesetOf(session, targetOfArm[arm] as number, filesets);
        planned.push({
          id: `s${session}r${round}t${place}`,
          session,
          round,
          place,
          arm,
          warmup: round <= warmup,
          ...(readers[arm] ? { fileset } : {}),
        });
      });
    }
    trials.push(...(order === 'read-once' ? readOnce(planned, arms, places) : planned));
  }
  const sets = order === 'read-once' ? trials.filter(({ fileset }) => fileset !== undefined).length : filesets;
  return { workload: workload.name, seed, targets, arms, sessions, rounds, filesets: sets, order, trials };
}

/**
 * Returns the trials of a session for storage that moves what is read: sequential reads first, because they move nothing
 * there, and a set of files for each trial and target that no other one reads. Longer plans begin with the same sets.
 */
function readOnce(
  trials: readonly PlannedTrial[],
  arms: readonly Arm[],
  places: ReadonlyMap<string, number>,
): PlannedTrial[] {
  const placeOf = ({ arm }: PlannedTrial) => places.get((arms[arm] as Arm).target) as number;
  const read = trials.filter(({ fileset }) => fileset !== undefined);
  const inOrder = arms.map(({ spec }) => jobPlanOf(spec).readsInOrder);
  const ordered = [true, false].flatMap((wanted) => read.filter(({ arm }) => inOrder[arm] === wanted));
  const used = [...places.values()].map(() => 0);
  const setsEach = read.length / places.size;
  const withSets = ordered.map((trial): PlannedTrial => {
    const place = placeOf(trial);
    const number = (trial.session - 1) * setsEach + (used[place] as number);
    used[place] = (used[place] as number) + 1;
    return { ...trial, fileset: number * places.size + place };
  });
  return [...withSets, ...trials.filter(({ fileset }) => fileset === undefined)];
}

/** Throws `FeedrateError('workload')` for a job that reads its data files more than once in a trial. */
function refuseReadTwice({ jobs }: Workload, arms: readonly Arm[]): void {
  for (const arm of arms.filter(readsDataFiles)) {
    const isLoad = arms.some(({ beside }) => beside === arm.id);
    const repeats = isLoad || jobPlanOf(arm.spec).bounds.repeats;
    if (!repeats && arm.spec.cache !== 'warm') continue;
    const { location } = jobs.find(({ name }) => name === arm.job) as JobDeclaration;
    const [what, remedy] = repeats
      ? ['starts over when it has read its files', isLoad ? 'run it beside no other job' : 'remove time_based']
      : ['reads its files before it is measured', 'use another cache than warm'];
    const message = `order: read-once: ${arm.id} ${what}; ${remedy}`;
    throw new FeedrateError('workload', `${formatLocation(location)}: ${message}`);
  }
}

/**
 * Returns the arms of a round in order. `abba` mirrors every second round, so that the places in a pair of rounds have
 * the same sum for every arm. Warm-up rounds are paired with each other, because they are not counted. `listed` keeps the
 * order of the plan.
 */
function orderOf(
  { order, warmup }: Trials,
  arms: readonly number[],
  seed: number,
  session: number,
  round: number,
): number[] {
  if (order === 'listed') return [...arms];
  const first = round <= warmup ? 1 : warmup + 1;
  const isMirror = order === 'abba' && (round - first) % 2 === 1;
  const drawn = shuffled(arms, createPrng(seed, session, isMirror ? round - 1 : round));
  return isMirror ? drawn.reverse() : drawn;
}
