import { betaQuantile } from '../../src/stats/beta.js';

/**
 * Returns the exact interval of a probability after `successes` of `trials` (Clopper and Pearson 1934): the quantiles
 * (1 − confidence)/2 of Beta(k, n−k+1) below and of Beta(k+1, n−k) above. Its coverage is at least `confidence`, with
 * the rest split equally between both ends. For a one-sided bound, pass 2·confidence − 1. Throws RangeError unless 0
 * ≤ successes ≤ trials, both whole, trials ≥ 1 and 0 < confidence < 1.
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): { low: number; high: number } {
  if (!(Number.isSafeInteger(trials) && trials >= 1)) throw new RangeError(`no probability shows in ${trials} trials`);
  if (!(Number.isSafeInteger(successes) && successes >= 0 && successes <= trials)) {
    throw new RangeError(`there are no ${successes} successes in ${trials} trials`);
  }
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`a confidence is between 0 and 1, not ${confidence}`);
  const tail = (1 - confidence) / 2;
  const failures = trials - successes;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    high: failures === 0 ? 1 : 1 - betaQuantile(tail, failures, successes + 1),
  };
}
