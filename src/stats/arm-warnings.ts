/** What the trials of an arm say together that none of them says alone. */
import { median } from 'simple-statistics';
import { formatThroughput } from '../base/units.js';
import type { TrialRecord } from '../record/trial-record.js';
import { throughputBytesPerSecond } from '../record/trial-values.js';
import { type Warning, warning } from '../record/warning.js';
import { autocorrelation } from './autocorrelation.js';
import { twoLevels } from './bimodality.js';
import { normalQuantile } from './normal.js';
import { mannKendall, theilSenSlope } from './trend.js';

/** What is smaller, relative to the median, changes nothing that anyone decides. */
const SMALLEST_SHARE = 0.02;
const DRIFT_P = 0.01;
const TWO_LEVELS_P = 0.005;
const AUTOCORRELATION_P = 0.005;
/** With fewer trials an autocorrelation is anything. */
const LEAST_AUTOCORRELATED = 10;

/**
 * The warnings of an arm's counted trials, from their throughput in the order of their starts: `bimodal`, and `drift` or
 * else `autocorrelated`, as a drift is an autocorrelation. On trials that are independent and have one mode each is raised for fewer than one arm in a hundred.
 */
export function armWarnings(counted: readonly TrialRecord[]): Warning[] {
  const values = counted
    .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0))
    .map((trial) => throughputBytesPerSecond(trial))
    .filter((value) => value > 0);
  return [bimodal(values), drift(values) ?? autocorrelated(values)].filter((found) => found !== null);
}

/** Levels are told apart on the log scale, on which one mode is more likely to be symmetric. */
function bimodal(values: readonly number[]): Warning | null {
  const levels = twoLevels(values.map(Math.log));
  if (levels === null || levels.p > TWO_LEVELS_P || levels.upper - levels.lower < SMALLEST_SHARE) return null;
  const [lower, upper] = [levels.lower, levels.upper].map((log) => formatThroughput(Math.exp(log)));
  return warning(
    'bimodal',
    `two levels of throughput: ${levels.lowerCount} trials at ${lower}, ${levels.upperCount} at ${upper}`,
  );
}

function drift(values: readonly number[]): Warning | null {
  if (mannKendall(values).pTwoSided > DRIFT_P) return null;
  const share = (theilSenSlope(values) * (values.length - 1)) / median(values as number[]);
  if (Math.abs(share) < SMALLEST_SHARE) return null;
  const course = share < 0 ? 'fell' : 'rose';
  return warning('drift', `throughput ${course} by ${Math.abs(share * 100).toFixed(1)} % over ${values.length} trials`);
}

/**
 * Of n independent values r₁ is about normal around −1/n with a standard deviation of at most 1/√n (Bartlett 1946);
 * only neighbours that are alike are told, as they make trials look more certain than they are.
 */
function autocorrelated(values: readonly number[]): Warning | null {
  const n = values.length;
  if (n < LEAST_AUTOCORRELATED) return null;
  const range = Math.max(...values) - Math.min(...values);
  if (range < SMALLEST_SHARE * median(values as number[])) return null;
  const found = autocorrelation(values, 1);
  if (!(found > -1 / n - normalQuantile(AUTOCORRELATION_P) / Math.sqrt(n))) return null;
  return warning('autocorrelated', `a trial is like the one before it (correlation ${found.toFixed(2)})`);
}
