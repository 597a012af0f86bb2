import type { LocationInterval } from './hodges-lehmann.js';
import { type Arrangement, leastShiftTail, shiftFreedom, shiftNull, shiftStatistic } from './shift-null.js';
import { studentTail, studentUpperQuantile } from './student.js';

/** From this p down, the degrees of freedom are the fewest possible ones. They are estimated from the other p up. */
const TAIL_P = 0.001;
const MIDDLE_P = 0.05;
/** The test of every shift between two independent samples, and what it does not reject. */
export interface ShiftTest {
  /** One-sided p of H₀ “the second sample is shifted against the first by at least `bound`”. */
  pLess(bound: number): number;
  /** One-sided p of H₀ “by at most `bound`”. */
  pGreater(bound: number): number;
  /** The largest bound of which `pLess` is above the level. */
  upperBound(level: number): number;
  /** The Hodges–Lehmann shift, and all shifts of which neither p is below (1 − confidence) / 2. */
  interval(confidence: number): LocationInterval;
}

/**
 * Returns the studentised rank test of a shift. The two samples may differ in spread: the statistic is that of Brunner
 * and Munzel (2000), compared with its permutation distribution (Neubert & Brunner 2007). That is exact when the samples
 * differ by the shift alone. For unequal spreads its p is corrected as Welch's test corrects Student's (`pAt`).
 *
 * p is the largest one over all shifts of H₀, so a further bound never has a larger p, and the interval contains exactly
 * the bounds that are not rejected. Values may be infinite: a value of −∞ lies below all others at any shift. Tied pairs
 * count for H₀. Throws RangeError for an empty sample or NaN.
 */
export function shiftTest(first: readonly number[], second: readonly number[]): ShiftTest {
  if (first.length === 0 || second.length === 0) throw new RangeError('a shift is between two samples, not empty ones');
  if ([...first, ...second].some(Number.isNaN)) throw new RangeError('NaN has no place among other values');
  let [less, greater]: [Walk | undefined, Walk | undefined] = [undefined, undefined];
  // To exchange the samples mirrors the shifts.
  const lessWalk = () => (less ??= walkOf(first, second));
  const greaterWalk = () => (greater ??= walkOf(second, first));
  return {
    pLess: (bound) => pFrom(lessWalk(), bound),
    pGreater: (bound) => pFrom(greaterWalk(), -bound),
    upperBound: (level) => endOf(lessWalk(), level).at,
    interval: (confidence) => {
      if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence is in (0, 1), not ${confidence}`);
      const [above, below] = [lessWalk(), greaterWalk()].map((walk) => endOf(walk, (1 - confidence) / 2)) as [End, End];
      return {
        estimate: middleOf(first, second),
        low: -below.at,
        high: above.at,
        confidence: 1 - above.rejected - below.rejected,
      };
    },
  };
}

/** Returns the smallest p that the test of these sizes can give: when one sample lies entirely above the other. */
export function smallestShiftP(n1: number, n2: number): number {
  const freedom = Math.min(n1, n2) - 1;
  return freedom < 1 ? 1 : studentTail(studentUpperQuantile(leastShiftTail(n1, n2), n1 + n2 - 2), freedom);
}

/** What the test sees as the shift decreases from ∞. Between two steps, no pair changes its order. */
interface Walk {
  readonly n1: number;
  readonly n2: number;
  /** The upper end of each step, in descending order. */
  readonly ends: readonly number[];
  /** The largest statistic from the first step to this one. */
  readonly largest: readonly number[];
  /** Degrees of freedom at the step that has half of the pairs above. */
  readonly freedom: number;
  /** `smallestShiftP`. */
  readonly least: number;
}

function walkOf(first: readonly number[], second: readonly number[]): Walk {
  const [n1, n2] = [first.length, second.length];
  const shifts = new Float64Array(n1 * n2);
  for (let i = 0; i < n1; i++) {
    for (let j = 0; j < n2; j++) {
      // Two values that are infinite alike are tied at every shift, and count for H₀: as above.
      const equal = first[i] === second[j] && !Number.isFinite(first[i]);
      shifts[i * n2 + j] = equal ? Infinity : (second[j] as number) - (first[i] as number);
    }
  }
  const order = Uint32Array.from(shifts.keys()).sort((a, b) => compare(shifts[b] as number, shifts[a] as number));
  const inFirst = new Uint32Array(n1);
  const inSecond = new Uint32Array(n2);
  const arrangement: Arrangement = { above: 0, firstSquares: 0, secondSquares: 0 };
  const ends: number[] = [];
  const largest: number[] = [];
  let freedom: number | null = null;
  let place = 0;
  for (let end = Infinity; end > -Infinity; end = place < order.length ? shiftAt(place) : -Infinity) {
    for (; place < order.length && shiftAt(place) >= end; place++) {
      const [i, j] = [Math.floor((order[place] as number) / n2), (order[place] as number) % n2];
      arrangement.above++;
      arrangement.firstSquares += 2 * (inFirst[i] as number) + 1;
      arrangement.secondSquares += 2 * (inSecond[j] as number) + 1;
      (inFirst[i] as number)++;
      (inSecond[j] as number)++;
    }
    ends.push(end);
    largest.push(Math.max(largest.at(-1) ?? -Infinity, shiftStatistic(arrangement, n1, n2)));
    if (2 * arrangement.above >= n1 * n2) freedom ??= shiftFreedom(arrangement, n1, n2);
  }
  function shiftAt(at: number): number {
    return shifts[order[at] as number] as number;
  }
  return { n1, n2, ends, largest, freedom: freedom ?? Math.min(n1, n2) - 1, least: smallestShiftP(n1, n2) };
}

/** Compares without subtracting, because the difference of two infinities is NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the p of H₀ “at least `bound`”: the largest of the steps that reach the bound. */
function pFrom(walk: Walk, bound: number): number {
  let last = 0;
  for (let after = walk.ends.length; after - last > 1; ) {
    const middle = (last + after) >> 1;
    if ((walk.ends[middle] as number) >= bound) last = middle;
    else after = middle;
  }
  return pAt(walk, last);
}

/** The bound from which on `pFrom` is at most a level, and the largest p beyond it. */
interface End {
  readonly at: number;
  readonly rejected: number;
}

function endOf(walk: Walk, level: number): End {
  let rejected = -1;
  for (let accepted = walk.ends.length; accepted - rejected > 1; ) {
    const middle = (rejected + accepted) >> 1;
    if (pAt(walk, middle) <= level) rejected = middle;
    else accepted = middle;
  }
  return {
    at: walk.ends[rejected + 1] ?? -Infinity,
    rejected: rejected < 0 ? 0 : pAt(walk, rejected),
  };
}

/**
 * Returns the p of a step, with an allowance for unequal spreads. The permutation gives the p of Student's t with
 * n₁ + n₂ − 2 degrees of freedom, so its t is compared with a t of fewer. Those are Satterthwaite's, as for Welch's test.
 * A small p needs more than their estimate can tell: from TAIL_P down it is min(n₁, n₂) − 1, the fewest that Welch's test
 * has for any ratio of the spreads (Mickey & Brown 1966). Between the two their inverses are mixed in proportion to ln p.
 */
function pAt({ n1, n2, largest, freedom, least }: Walk, step: number): number {
  if (n1 < 2 || n2 < 2) return 1;
  const statistic = -(largest[step] as number);
  const distribution = shiftNull(n1, n2);
  const p = distribution.upperTail(statistic);
  if (p >= 0.5) return p;
  const share = Math.min(1, Math.max(0, Math.log(p / TAIL_P) / Math.log(MIDDLE_P / TAIL_P)));
  const allowed = 1 / (share / freedom + (1 - share) / (Math.min(n1, n2) - 1));
  return Math.max(least, studentTail(distribution.studentOf(statistic), allowed));
}

/**
 * Returns the median of all differences second − first (Hodges & Lehmann 1963). Pairs that are infinite alike have none. 0
 * if there is no other.
 */
function middleOf(first: readonly number[], second: readonly number[]): number {
  const all = new Float64Array(first.length * second.length);
  let filled = 0;
  for (const from of first) {
    for (const to of second) if (from !== to || Number.isFinite(from)) all[filled++] = to - from;
  }
  const shifts = all.subarray(0, filled).sort();
  const [low, high] = [shifts[(shifts.length - 1) >> 1], shifts[shifts.length >> 1]];
  if (low === undefined || high === undefined) return 0;
  if (low === high) return low;
  return Number.isFinite(low) || Number.isFinite(high) ? (low + high) / 2 : 0;
}
