/** Finds the cheapest plan that detects a difference in every cell. */
import { ROUNDS_MAX } from './own-noise.js';
import { signedRankPower } from './power.js';
import { studentUpperQuantile } from './student.js';

export interface SearchedPlan {
  readonly sessions: number;
  readonly rounds: number;
  readonly durationNs: number;
}

export interface PlanSearch {
  /** For each cell, the standard deviation between sessions as a function of the rounds. */
  readonly sessionSds: readonly ((rounds: number) => number)[];
  /** The relative difference to detect, with this power, at this alpha for all cells together. */
  readonly wanted: number;
  readonly power: number;
  readonly alpha: number;
  /** The smallest difference that matters. */
  readonly minEffect: number;
  /** The most rounds to consider. The measured noise allows no prediction beyond ten. */
  readonly roundsMax?: number;
  readonly costs: { readonly sessionNs: number; readonly roundNs: number };
}

/** The most sessions of a practical plan. */
export const PLAN_SESSIONS_MAX = 200;

/**
 * Returns the plan of the shortest duration (sessions × (session + rounds × round)) that detects the difference in
 * every cell. The smallest difference that matters is the larger of `minEffect` and the noise floor that a
 * calibration with the same plan would find, t₀.₉₇₅·sd/√n, because the gate uses no smaller one. Null when 200
 * sessions are not enough.
 */
export function cheapestPlan(search: PlanSearch): SearchedPlan | null {
  let best: SearchedPlan | null = null;
  for (let rounds = 1; rounds <= (search.roundsMax ?? ROUNDS_MAX); rounds++) {
    const worstSd = Math.max(...search.sessionSds.map((sdBy) => sdBy(rounds)));
    const sessionNs = search.costs.sessionNs + rounds * search.costs.roundNs;
    const most = best === null ? PLAN_SESSIONS_MAX : Math.floor(best.durationNs / sessionNs);
    const sessions = sessionsThatShow(worstSd, Math.min(PLAN_SESSIONS_MAX, most), search);
    if (sessions === null) continue;
    const durationNs = sessions * sessionNs;
    if (best === null || durationNs < best.durationNs) best = { sessions, rounds, durationNs };
  }
  return best;
}

function sessionsThatShow(
  sessionSd: number,
  most: number,
  { sessionSds, wanted, power, alpha, minEffect }: PlanSearch,
): number | null {
  const bound = alpha / sessionSds.length;
  for (let n = 2; n <= most; n++) {
    const floor = 1 - Math.exp((-studentUpperQuantile(0.025, n - 1) * sessionSd) / Math.sqrt(n));
    const delta = Math.max(minEffect, floor);
    if (delta < wanted && signedRankPower(wanted, n, { sessionSd, alpha: bound, delta }) >= power) return n;
  }
  return null;
}
