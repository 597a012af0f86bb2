/** The level of an arm in one metric, with its interval and single observations: the same numbers as in tables. */
import type { LatencyKind } from '../../base/latency-kinds.js';
import { METRICS, type NumberMetric } from '../../base/metrics.js';
import { unitLevels } from '../../stats/effect.js';
import { leastOperations, type Measure } from '../../stats/measure.js';
import { observationsOf } from '../../stats/observations.js';
import { spreadOf } from '../../stats/spread.js';
import { noResultText } from '../run/arm-table.js';
import { plural } from '../table/format.js';
import type { ChartArm } from './chart-arms.js';

export interface ArmLevel {
  /** As in the table of arms; null if there is none. */
  readonly value: number | null;
  readonly low?: number;
  readonly high?: number;
  /** One for each session, or for each trial of a single session. Those that are infinite are left out. */
  readonly dots: readonly number[];
  readonly unit: 'session' | 'trial';
  readonly n: number;
  /** What the numbers do not show. */
  readonly label?: string;
}

/**
 * Returns the median over the trials of an arm, with the 95 % interval of the median over its sessions, the unit of
 * inference, or over the trials of a single session. A trial that measured nothing has the worst value.
 */
export function levelOf(arm: ChartArm, metric: NumberMetric): ArmLevel {
  const { observed, infinite, unit, n } = observedIn(arm, { key: metric.key, metric, statistic: null });
  const value = arm.summary.numbers[metric.key]?.median;
  if (value === undefined || !Number.isFinite(value)) {
    return { value: null, dots: observed, unit, n, label: noResultText(arm.summary) };
  }
  const spread = spreadOf(observed);
  const isBounded = infinite === 0 && spread !== null && Number.isFinite(spread.medianLow);
  // The median over the trials may lie outside of the interval over their sessions' medians.
  const bounds = isBounded ? { low: Math.min(spread.medianLow, value), high: Math.max(spread.medianHigh, value) } : {};
  return { value, ...bounds, dots: observed, unit, n, ...labelOf(arm) };
}

/**
 * Returns a quantile of the latencies of all counted trials together, without an interval, and that of each session.
 * Null if too few operations support it.
 */
export function quantileLevelOf(arm: ChartArm, kind: LatencyKind, field: QuantileField): ArmLevel {
  const metric = METRICS.find(({ key }) => key === kind) as Measure['metric'];
  const quantile = QUANTILES[field];
  const { observed, unit, n } = observedIn(arm, { key: kind, metric, statistic: quantile });
  const summary = arm.summary.latencies.get(kind);
  const isKnown = summary !== undefined && summary.count >= leastOperations(quantile);
  if (!isKnown) return { value: null, dots: observed, unit, n, label: missingQuantile(arm, summary?.count) };
  return { value: summary[field], dots: observed, unit, n, ...labelOf(arm) };
}

const QUANTILES = { p50Ns: 0.5, p99Ns: 0.99 } as const;
type QuantileField = keyof typeof QUANTILES;

function missingQuantile({ summary }: ChartArm, count: number | undefined): string {
  return count === undefined ? noResultText(summary) : `${plural(count, 'operation')} are too few`;
}

interface ObservedUnits extends Pick<ArmLevel, 'unit' | 'n'> {
  readonly observed: readonly number[];
  readonly infinite: number;
}

function observedIn({ counted }: ChartArm, measure: Measure): ObservedUnits {
  const observations = observationsOf(measure, counted);
  const sessions = unitLevels(observations, 'session');
  const isSession = sessions.length > 1;
  const values = isSession ? sessions : unitLevels(observations, 'round');
  const observed = values.filter(Number.isFinite);
  return {
    observed,
    infinite: values.length - observed.length,
    unit: isSession ? 'session' : 'trial',
    n: values.length,
  };
}

function labelOf({ summary: { counted, unmeasured, failed } }: ChartArm): { label?: string } {
  const parts = [
    ...(unmeasured > 0 ? [`${unmeasured} of ${plural(counted, 'trial')} measured nothing`] : []),
    ...(failed > 0 ? [`${plural(failed, 'trial')} failed`] : []),
  ];
  return parts.length === 0 ? {} : { label: parts.join(', ') };
}

/** With fewer units, no interval of the median reaches 95 % (`medianInterval`). */
const LEAST_UNITS = 6;

/** Returns what the points, whiskers and dots of these levels are: `… n = 8 sessions.` */
export function levelsText(levels: readonly ArmLevel[], what: string): string {
  const unit = levels.some((level) => level.unit === 'session') ? 'session' : 'trial';
  const some = levels.filter(({ n }) => n > 0);
  const bounded = some.filter(({ low }) => low !== undefined);
  const dots = some.some((level) => level.dots.length > 1) ? ` Dots are single ${unit}s.` : '';
  const place = bounded.length < some.length ? `, where there are at least ${LEAST_UNITS}` : '';
  const whiskers = bounded.length > 0 ? ` Whiskers are its 95 % interval over the ${unit}s${place}.` : '';
  const few =
    bounded.length === 0 && dots !== '' && some.every(({ n }) => n < LEAST_UNITS)
      ? ` Fewer than ${LEAST_UNITS} ${unit}s give no 95 % interval.`
      : '';
  return `${what}; ${countText(some, unit)}.${whiskers}${dots}${few}`;
}

function countText(levels: readonly ArmLevel[], unit: string): string {
  const counts = levels.map(({ n }) => n);
  if (counts.length === 0) return 'nothing was measured';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `n = ${least === most ? plural(most, unit) : `${least} to ${plural(most, unit)}`}`;
}
