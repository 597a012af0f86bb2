/** Finds how many accelerators a target feeds, from emulations that are repeated until they suffice. */
import type { AuSide, FeedInterval } from '../record/feed-record.js';
import { studentUpperQuantile } from '../stats/student.js';

/** Within this part of the threshold, more trials would not show anything that matters. */
export const EDGE = 0.01;
/** The probability that any of all looks puts any number of accelerators on the wrong side. */
const ALPHA = 0.05;
/** With such an AU, the target has more to give than n · AU(n) shows. */
const NOT_SATURATED = 0.97;
/** Fewer trials do not show their own spread. */
const LEAST_TRIALS = 2;

/** The AU of each trial, by the number of accelerators, in the order of measurement. */
export type AuTrials = ReadonlyMap<number, readonly number[]>;

/** What comes next. */
export type FeedMove =
  /** `whole` accelerators are fed, and the next one is not. With `edge`, one of both is within 1 % of the threshold. */
  | { readonly kind: 'decided'; readonly whole: number; readonly edge: boolean }
  /** Measure these: their side is open. */
  | { readonly kind: 'measure'; readonly accelerators: readonly number[] };

/** An interval by trials, which has both ends. */
type BoundedInterval = { readonly [end in keyof FeedInterval]: number };

/**
 * Returns the mean of trials with its interval by Student's t. Each end is exceeded with the probability `tail`. With one
 * trial, the interval is unbounded.
 */
export function auInterval(values: readonly number[], tail: number): BoundedInterval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < LEAST_TRIALS) return { low: 0, estimate: mean, high: Number.POSITIVE_INFINITY };
  const freedom = values.length - 1;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  const half = studentUpperQuantile(tail, freedom) * Math.sqrt(variance / values.length);
  return { low: Math.max(0, mean - half), estimate: mean, high: mean + half };
}

function sideOf(values: readonly number[], threshold: number, tail: number): AuSide {
  if (values.length < LEAST_TRIALS) return 'open';
  const { low, high } = auInterval(values, tail);
  if (low >= threshold * (1 - EDGE) && high <= threshold * (1 + EDGE)) return 'edge';
  if (low >= threshold) return 'above';
  return high < threshold ? 'below' : 'open';
}

/**
 * A search for the boundary between `n` accelerators that are fed and `n` + 1 that are not. It looks at the trials after
 * each stage. The first look may use half of the error probability, and each further one half of what is left, so there may
 * be any number of looks. A side that a look decided stays decided.
 */
export class FeedSearch {
  readonly #threshold: number;
  readonly #sides = new Map<number, AuSide>();
  #trials: AuTrials = new Map();
  #alpha = ALPHA;
  #at: number;

  /** @param start the predicted number of accelerators that are fed */
  constructor(threshold: number, start: number) {
    this.#threshold = threshold;
    this.#at = Math.max(0, start);
  }

  /** The side of each number of accelerators that was measured. */
  get sides(): ReadonlyMap<number, AuSide> {
    return this.#sides;
  }

  /** The most accelerators that are fed, as far as is known: those that passed, else the prediction without what failed. */
  get whole(): number {
    const fewestFailed = Math.min(...this.#numbers('below'), Number.POSITIVE_INFINITY);
    const passed = this.#numbers('above').filter((accelerators) => accelerators < fewestFailed);
    if (passed.length > 0) return Math.max(...passed);
    let whole = this.#at;
    if (this.#isBelow(whole)) whole = Math.min(whole - 1, this.#reached(whole));
    while (whole > 0 && this.#isBelow(whole)) whole--;
    return whole;
  }

  /** Whether a number of accelerators passed although a smaller one failed. */
  get isNonMonotone(): boolean {
    return Math.max(0, ...this.#numbers('above')) > Math.min(Number.POSITIVE_INFINITY, ...this.#numbers('below'));
  }

  #numbers(side: AuSide): number[] {
    return [...this.#sides].filter(([, each]) => each === side).map(([accelerators]) => accelerators);
  }

  /** Returns what to measure first. */
  begin(): FeedMove {
    return this.#move();
  }

  /** Looks at all trials so far, and returns what comes next. */
  look(trials: AuTrials): FeedMove {
    this.#trials = trials;
    this.#alpha /= 2;
    // Two numbers of accelerators are looked at together.
    const tail = this.#alpha / 2;
    for (const [accelerators, values] of trials) {
      if ((this.#sides.get(accelerators) ?? 'open') !== 'open') continue;
      this.#sides.set(accelerators, sideOf(values, this.#threshold, tail));
    }
    return this.#move();
  }

  #move(): FeedMove {
    // Each turn goes to a pair that was not looked at, or ends: there are no more turns than sides that are known.
    for (let turn = 0; turn <= this.#sides.size; turn++) {
      const [at, lower, upper] = [this.#at, this.#sideAt(this.#at), this.#sideAt(this.#at + 1)];
      if (lower === 'below') this.#at = Math.max(0, Math.min(at - 1, this.#reached(at)));
      else if (lower === 'edge') return { kind: 'decided', whole: this.#isFed(at) ? at : at - 1, edge: true };
      else if (lower === 'above' && upper === 'below') return { kind: 'decided', whole: at, edge: false };
      else if (lower === 'above' && upper === 'edge')
        return { kind: 'decided', whole: this.#isFed(at + 1) ? at + 1 : at, edge: true };
      else if (lower === 'above' && upper === 'above') this.#at = this.#upwards(at + 1);
      else break;
    }
    const pair = [this.#at, this.#at + 1];
    const open = pair.filter((accelerators) => this.#sideAt(accelerators) === 'open');
    return { kind: 'measure', accelerators: open };
  }

  /** No accelerators at all are always fed. */
  #sideAt(accelerators: number): AuSide {
    return accelerators === 0 ? 'above' : (this.#sides.get(accelerators) ?? 'open');
  }

  #auOf(accelerators: number): number {
    return auInterval(this.#trials.get(accelerators) ?? [], ALPHA).estimate;
  }

  #isFed(accelerators: number): boolean {
    return this.#auOf(accelerators) >= this.#threshold;
  }

  #isBelow(accelerators: number): boolean {
    const values = this.#trials.get(accelerators) ?? [];
    return values.length > 0 && !this.#isFed(accelerators);
  }

  /** Returns how many would just reach the threshold if n · AU(n) were the same everywhere. */
  #reached(accelerators: number): number {
    return Math.floor((accelerators * this.#auOf(accelerators)) / this.#threshold);
  }

  /** Returns the number to go to when `fed` are fed: as far as the AU promises, but not to one that is known to fail. */
  #upwards(fed: number): number {
    const promised = this.#auOf(fed) >= NOT_SATURATED ? 2 * fed : this.#reached(fed);
    const failed = this.#numbers('below').filter((accelerators) => accelerators > fed);
    return Math.min(Math.max(fed, promised), Math.min(...failed) - 1);
  }
}

/**
 * Returns the accelerators that the target can keep busy, n · AU(n), from the fewest that were not fed: there, the target
 * is saturated. Null when all were fed.
 */
export function emulatedCapacity(trials: AuTrials, threshold: number, confidence: number): FeedInterval | null {
  const tail = (1 - confidence) / 2;
  const hungry = [...trials].filter(
    ([, values]) => values.length >= LEAST_TRIALS && auInterval(values, tail).estimate < threshold,
  );
  if (hungry.length === 0) return null;
  const [fewest, values] = hungry.reduce((least, each) => (each[0] < least[0] ? each : least));
  const { low, estimate, high } = auInterval(values, tail);
  return { low: fewest * low, estimate: fewest * estimate, high: fewest * Math.min(1, high) };
}
