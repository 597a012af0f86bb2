import { type ExpectedTime, trialTimes } from '../plan/expected-time.js';
import type { Plan, PlannedTrial } from '../plan/plan.js';
import type { PlannedDataset } from '../plan/planned-dataset.js';

/**
 * Estimates how long the rest of a run takes. Trials of an arm take as long as its earlier ones. Those of an arm that was
 * not measured yet take as planned, where the estimated part is as wrong as it was for the arms that were measured.
 */
export class RunClock {
  readonly #planned: readonly ExpectedTime[];
  readonly #left: number[];
  readonly #taken: { ns: number; trials: number }[];
  readonly #nowMs: () => number;
  #current: { readonly arm: number; readonly startMs: number } | null = null;

  /**
   * @param session the first session that is still to be measured, 1-based
   * @param nowMs a monotonic clock, ms
   */
  constructor(
    plan: Pick<Plan, 'arms' | 'trials'>,
    dataset: PlannedDataset | null,
    session: number,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#planned = trialTimes(plan, dataset);
    this.#left = plan.arms.map(() => 0);
    for (const trial of plan.trials) if (trial.session >= session) this.#left[trial.arm] = this.#leftOf(trial.arm) + 1;
    this.#taken = plan.arms.map(() => ({ ns: 0, trials: 0 }));
    this.#nowMs = nowMs;
  }

  /** Notes that a trial begins with its preparation. */
  begin({ arm }: Pick<PlannedTrial, 'arm'>): void {
    this.#left[arm] = this.#leftOf(arm) - 1;
    this.#current = { arm, startMs: this.#nowMs() };
  }

  /** Notes that the trial that began last has ended. */
  end(): void {
    if (this.#current === null) return;
    const taken = this.#taken[this.#current.arm];
    if (taken !== undefined) {
      taken.ns += (this.#nowMs() - this.#current.startMs) * 1e6;
      taken.trials++;
    }
    this.#current = null;
  }

  /** Returns the time left for all trials, ns. */
  leftNs(): number {
    const rest = this.#left.reduce((sum, trials, arm) => sum + trials * this.#trialNs(arm), 0);
    if (this.#current === null) return rest;
    const { arm, startMs } = this.#current;
    return rest + Math.max(0, this.#trialNs(arm) - (this.#nowMs() - startMs) * 1e6);
  }

  #leftOf(arm: number): number {
    return this.#left[arm] ?? 0;
  }

  #trialNs(arm: number): number {
    const { ns, trials } = this.#taken[arm] ?? { ns: 0, trials: 0 };
    if (trials > 0) return ns / trials;
    const { knownNs, estimatedNs } = this.#planned[arm] ?? { knownNs: 0, estimatedNs: 0 };
    return knownNs + estimatedNs * this.#correction();
  }

  /** Returns by what factor the estimated parts of the trials so far were too short. */
  #correction(): number {
    let [estimatedNs, tookNs] = [0, 0];
    for (const [arm, { ns, trials }] of this.#taken.entries()) {
      const planned = this.#planned[arm];
      if (trials === 0 || planned === undefined || planned.estimatedNs === 0) continue;
      estimatedNs += trials * planned.estimatedNs;
      tookNs += Math.max(0, ns - trials * planned.knownNs);
    }
    return estimatedNs === 0 ? 1 : tookNs / estimatedNs;
  }
}
