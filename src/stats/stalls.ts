/** Sessions that stalled: in which a trial was far worse than the others of its arm, or measured nothing. */
import type { Metric } from '../base/metrics.js';
import { hasValue, type Observation } from './effect.js';
import { difference, medianOf } from './extended.js';

/** A stalled trial is worse than the median by at least this factor. Smaller differences are left to the test. */
const FACTOR = 1.5;
/** … and by at least this many robust standard deviations, times n/(n − 2), because few trials show less of their spread. */
const DEVIATIONS = 6;
/** The standard deviation of normal noise, in units of its median absolute deviation. */
const SD_PER_MAD = 1.4826;
/** With fewer trials, their spread is unknown, and only a trial that measured nothing is a stalled one. */
const LEAST_TRIALS = 6;

export interface Stalls {
  /** The number of sessions with a stalled trial. */
  readonly stalled: number;
  /** The number of sessions in which a trial ran. */
  readonly sessions: number;
}

/**
 * Returns the stalled sessions of an arm. A trial stalled if it measured nothing, or if its value is worse than the arm's
 * median by a factor of `FACTOR` and by `DEVIATIONS` robust standard deviations of the logarithms (Hampel 1974). The
 * second bound keeps noisy arms from raising it: on normal noise, fewer than one arm in a hundred has such a session.
 */
export function stallsOf(observed: readonly Observation[], better: Metric['better']): Stalls {
  const valued = observed.filter(hasValue);
  const goodness = valued.map(({ value }) => (better === 'higher' ? Math.log(value) : -Math.log(value)));
  const middle = medianOf(goodness);
  const mad = medianOf(goodness.map((one) => Math.abs(difference(one, middle))));
  const n = valued.length;
  const margin = Math.max(Math.log(FACTOR), ((DEVIATIONS * n) / (n - 2)) * SD_PER_MAD * mad);
  const isFar = (one: number) => n >= LEAST_TRIALS && middle - one >= margin;
  const stalled = valued.filter((_, index) => {
    const one = goodness[index] as number;
    return one === Number.NEGATIVE_INFINITY || isFar(one);
  });
  const sessionsOf = (these: readonly Observation[]) => new Set(these.map(({ session }) => session)).size;
  return { stalled: sessionsOf(stalled), sessions: sessionsOf(observed) };
}
