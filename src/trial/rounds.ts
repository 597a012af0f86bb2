import { Bench } from 'tinybench';
import type { PlannedTrial } from '../plan/plan.js';
import type { TrialRecord } from '../record/trial-record.js';

/**
 * One round as a tinybench `Bench`: a task per trial, each run once, in the plan's shuffled order.
 * Warm-up and repetition are the plan's business, so tinybench's own are off: it would run all
 * repetitions of one arm before the next, and drift would favour one. The task's time is the
 * measured window; our records, not tinybench's statistics, are what is kept.
 */
export async function runRound(
  trials: readonly PlannedTrial[],
  run: (trial: PlannedTrial) => Promise<TrialRecord>,
  stopped: () => boolean,
): Promise<void> {
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, throws: true });
  for (const trial of trials) {
    bench.add(
      trial.id,
      async () => {
        if (stopped()) return { overriddenDuration: 0 };
        const { window } = await run(trial);
        return { overriddenDuration: (window.endNs - window.startNs) / 1e6 };
      },
      { async: true },
    );
  }
  await bench.run();
}
