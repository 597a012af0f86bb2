/** Synthetic histories: a run a day, at levels that are given. */
import { createPrng } from '../../src/base/prng.js';
import type { Arm } from '../../src/plan/plan.js';
import type { RunRecord } from '../../src/record/run-record.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { normalDraw } from './normal-draws.js';
import { makeRun, makeTrial } from './records.js';
import { startOfDay } from './stored-runs.js';

export interface Day {
  readonly run: RunRecord;
  readonly trials: readonly TrialRecord[];
}

/**
 * A run of three sessions of two rounds on this day: its trials' throughput is `levelOf(arm)`, GB/s, with noise of `sd` by
 * trial and as much by session.
 */
export function runOfDay(
  day: number,
  arms: readonly Arm[],
  levelOf: (arm: number) => number,
  {
    sd = 0.01,
    run: changes = {},
    trial = {},
  }: { sd?: number; run?: Partial<RunRecord>; trial?: Partial<TrialRecord> } = {},
): Day {
  const { id, startedAt } = startOfDay(day);
  const run = makeRun(arms, 2, { id, startedAt, endedAt: startedAt, ...changes });
  const prng = createPrng(day);
  const trials = [1, 2, 3].flatMap((session) => {
    const ofSession = sd * normalDraw(prng);
    return [1, 2].flatMap((round) =>
      arms.map((arm, place) => {
        const level = 1e9 * levelOf(place) * Math.exp(ofSession + sd * normalDraw(prng));
        return makeTrial(arm, round, Math.round(level), { id: `s${session}r${round}t${place}`, session, ...trial });
      }),
    );
  });
  return { run, trials };
}
