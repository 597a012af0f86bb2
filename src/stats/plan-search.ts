/** The cheapest plan that shows a difference everywhere. */
import { ROUNDS_MAX } from './own-noise.js';
import { signFlipPower } from './power.js';
import { studentUpperQuantile } from './student.js';

export interface SearchedPlan {
  readonly sessions: number;
  readonly rounds: number;
  readonly durationNs: number;
}

export interface PlanSearch {
  /** For each cell: the standard deviation between sessions with so many rounds. */
  readonly sessionSds: readonly ((rounds: number) => number)[];
  /** The relative difference to show, with this power, at this bound over all cells together. */
  readonly wanted: number;
  readonly power: number;
  readonly alpha: number;
  /** The least difference that matters. */
  readonly minEffect: number;
  /** The most rounds to think of: what was measured says nothing of more than ten. */
  readonly roundsMax?: number;
  readonly costs: { readonly sessionNs: number; readonly roundNs: number };
}

/** A plan of more sessions is none. */
export const PLAN_SESSIONS_MAX = 200;

/**
 * The plan of the shortest duration (sessions × (session + rounds × round)) that shows the difference in every cell.
 * The least difference that matters is the larger of `minEffect` and the noise floor that a calibration by the same plan
 * would find, t₀.₉₇₅·sd/√n, as the gate will not go below it. Null when no plan of up to 200 sessions does.
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
    if (delta < wanted && signFlipPower(wanted, n, { sessionSd, alpha: bound, delta }) >= power) return n;
  }
  return null;
}
