/** Warnings that only the trials of an arm together can raise. */
import { median } from 'simple-statistics';
import { formatThroughput } from '../base/units.js';
import { BUSY_SHARE, isBusy, takenShare } from '../record/machine-use.js';
import type { TrialRecord } from '../record/trial-record.js';
import { measuredNothing } from '../record/trial-values.js';
import { type Warning, warning } from '../record/warning.js';
import { autocorrelation } from './autocorrelation.js';
import { twoLevels } from './bimodality.js';
import { hasValue, type Observation } from './effect.js';
import { groupUseOf } from './group-use.js';
import { type Measure, measureOf } from './measure.js';
import { normalQuantile } from './normal.js';
import { observationsOf } from './observations.js';
import { stallsOf } from './stalls.js';
import { mannKendall, theilSenSlope } from './trend.js';

/** The smallest change, relative to the median, that is worth a warning. */
const SMALLEST_SHARE = 0.02;
const DRIFT_P = 0.01;
const TWO_LEVELS_P = 0.005;
const AUTOCORRELATION_P = 0.005;
/** The most ranks that a message names. */
const MOST_NAMED = 4;
/** The fewest trials for which an autocorrelation is meaningful. */
const LEAST_AUTOCORRELATED = 10;

/**
 * Returns the warnings of an arm's counted trials, from their throughput in the order of their starts: `stalled`,
 * `slow-rank`,
 * `bimodal`, and `drift` or `autocorrelated`. A drift implies autocorrelation, so only one of the two is raised. On
 * independent trials with one mode, each warning is raised for fewer than one arm in a hundred.
 */
export function armWarnings(counted: readonly TrialRecord[]): Warning[] {
  const inOrder = counted.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
  // A trial without any time to measure has a warning of its own, which says why.
  const timed = inOrder.filter((trial) => !measuredNothing(trial));
  const observed = observationsOf(measureOf('throughput') as Measure, timed).filter(hasValue);
  // A trial that moved nothing is a stall. It has no level, and no place in a trend.
  const values = observed.map(({ value }) => value).filter((value) => value > 0);
  const found = [
    stalled(observed),
    slowRanks(counted),
    busyTrialsDiffer(counted),
    bimodal(values),
    drift(values) ?? autocorrelated(values),
  ];
  return found.filter((one) => one !== null);
}

/** Returns a warning if the machine was busy in some trials and clearly less so in others. */
function busyTrialsDiffer(trials: readonly TrialRecord[]): Warning | null {
  const shares = trials.map(({ machine }) => takenShare(machine)).filter((share) => share !== null);
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const busy = trials.filter(({ machine }) => isBusy(machine)).length;
  if (busy === 0 || !(most - least >= BUSY_SHARE)) return null;
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const range = `other work took ${percent(least)} of the CPUs in one trial and ${percent(most)} in another`;
  return warning('busy-trials-differ', `${range}; the machine was busy in ${busy} of ${shares.length} trials`);
}

/** Names the ranks that are slower than the others again and again. */
function slowRanks(counted: readonly TrialRecord[]): Warning | null {
  const slow = groupUseOf(counted)?.ranks.filter(({ isSlow }) => isSlow) ?? [];
  if (slow.length === 0) return null;
  const named = slow.map(
    ({ rank, host, ratio }) => `rank ${rank}${host === null ? '' : ` on ${host}`} (${Math.round(ratio * 100)} %)`,
  );
  const shown =
    named.length <= MOST_NAMED ? named : [...named.slice(0, MOST_NAMED), `${named.length - MOST_NAMED} more`];
  return warning('slow-rank', `far below the median rate of the ranks again and again: ${shown.join(', ')}`);
}

function stalled(observed: readonly Observation[]): Warning | null {
  const { stalled: count, sessions } = stallsOf(observed, 'higher');
  if (count === 0) return null;
  const values = observed.map(({ value }) => value);
  // A job that reads only empty files moves nothing, and has not stalled.
  if (Math.max(...values) === 0) return null;
  const [slowest, typical] = [Math.min(...values), median(values)].map(formatThroughput);
  return warning(
    'stalled',
    `${count} of ${sessions} session${sessions === 1 ? '' : 's'} stalled: the slowest trial moved ${slowest}, the median is ${typical}`,
  );
}

/** Looks for two levels on the log scale, where a single mode is more likely to be symmetric. */
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
 * For n independent values, r₁ is approximately normal around −1/n with a standard deviation of at most 1/√n (Bartlett
 * 1946). Only a positive correlation is reported, because it makes the results look more certain than they are.
 */
function autocorrelated(values: readonly number[]): Warning | null {
  const n = values.length;
  if (n < LEAST_AUTOCORRELATED) return null;
  const range = Math.max(...values) - Math.min(...values);
  if (range < SMALLEST_SHARE * median(values as number[])) return null;
  const found = autocorrelation(values, 1);
  if (!(found > -1 / n - normalQuantile(AUTOCORRELATION_P) / Math.sqrt(n))) return null;
  return warning('autocorrelated', `consecutive trials are correlated (correlation ${found.toFixed(2)})`);
}
