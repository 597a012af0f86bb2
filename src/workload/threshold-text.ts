/** Parses thresholds: `p99(latency) < 20ms`, `throughput > 1GiB/s`, `iops >= 1000`. */
import { METRICS, type Metric, metricOf, type Unit } from '../base/metrics.js';
import { type Parsed, parseDuration, parsePercent, parseRate, parseSize, quoted } from '../base/units.js';
import { didYouMean } from './suggest.js';
import type { Comparator, Threshold } from './workload.js';

export const THRESHOLD_PATTERN = '^[^<>=]+(?:<=|>=|<|>)[^<>=]+$';

const fail = (message: string): { ok: false; message: string } => ({ ok: false, message });

/** Parses a threshold. Its bound is in the metric's base unit. */
export function parseThreshold(text: string): Parsed<Threshold> {
  const [, left = '', comparison = '', right = ''] = /^\s*([^<>=]+?)\s*(<=|>=|<|>)\s*([^<>=]+?)\s*$/.exec(text) ?? [];
  if (left === '') return fail(`${quoted(text)} is not a threshold; write METRIC < BOUND, such as p99(latency) < 20ms`);
  const [, statisticText, inner] = /^([^()]+)\(\s*([^()]*?)\s*\)$/.exec(left) ?? [];
  const key = inner ?? left;
  const metric = metricOf(key);
  if (!metric) {
    const keys = METRICS.map((each) => each.key);
    return fail(`${quoted(key)} is not a metric; the metrics are ${keys.join(', ')}${didYouMean(key, keys)}`);
  }
  const statistic = readStatistic(metric, statisticText?.trim());
  if (!statistic.ok) return statistic;
  const bound = readBound(metric, right);
  if (!bound.ok) return bound;
  return {
    ok: true,
    value: {
      text: text.trim(),
      metric: key,
      statistic: statistic.value,
      comparison: comparison as Comparator,
      bound: bound.value,
    },
  };
}

function readStatistic(metric: Metric, typed: string | undefined): Parsed<Threshold['statistic']> {
  const { key } = metric;
  if (!metric.distribution) {
    return typed === undefined
      ? { ok: true, value: null }
      : fail(`${key} is one number per trial; write ${key} without ${typed}( )`);
  }
  if (typed === undefined)
    return fail(`${key} is a distribution; choose a statistic, such as p99(${key}) or mean(${key})`);
  if (typed === 'mean' || typed === 'max') return { ok: true, value: typed };
  const [, percentile] = /^p([0-9]{1,3}(?:\.[0-9]{1,9})?)$/.exec(typed) ?? [];
  if (percentile === undefined)
    return fail(`${quoted(typed)} is not a statistic; write p50, p99, p99.9 …, mean or max`);
  if (Number(percentile) > 100) return fail(`${quoted(typed)} is not a percentile: p goes from 0 to 100`);
  return { ok: true, value: Number(`${percentile}e-2`) };
}

/** The spelling of bounds of one unit. */
interface BoundForm {
  /** What to write instead of text that does not match. */
  readonly advice: string;
  /** The form of a bound. A unit is required, because `< 20` could mean ms or s. */
  readonly pattern: RegExp;
  /** Parses it into the base unit. Returns its own message for a fault, or null to show `advice`. */
  readonly read: (text: string) => Parsed<number> | null;
}

/** A rate of operations: a number, with or without `/s`. */
const OPERATIONS: BoundForm = {
  advice: 'a plain number, such as 1000',
  pattern: /^[0-9]{1,15}(\.[0-9]{1,9})?(\/s)?$/,
  read: (text) => ({ ok: true, value: Number(text.replace('/s', '')) }),
};

/** A count: a number without a unit. */
const PLAIN: BoundForm = {
  advice: 'a plain number, such as 1000',
  pattern: /^[0-9]{1,15}(\.[0-9]{1,9})?$/,
  read: (text) => ({ ok: true, value: Number(text) }),
};

const TIME: BoundForm = {
  advice: 'a time with its unit, such as 20ms',
  pattern: /[a-zµ]/,
  read: (text) => orAdvice(parseDuration(text)),
};

const BOUND_FORMS: Readonly<Record<Unit, BoundForm>> = {
  'bytes/s': { advice: 'a rate, such as 1GiB/s', pattern: /\/s$/, read: parseRate },
  bytes: { advice: 'a size with its unit, such as 1GiB', pattern: /[A-Za-z]$/, read: parseSize },
  ns: TIME,
  'ns/op': TIME,
  'ops/s': OPERATIONS,
  count: PLAIN,
  ratio: { advice: 'a percentage, such as 90%', pattern: /%$/, read: (text) => orAdvice(parsePercent(text)) },
};

function orAdvice(parsed: Parsed<number>): Parsed<number> | null {
  return parsed.ok ? parsed : null;
}

/** Parses a bound into the base unit of the metric. */
export function readBound({ key, unit }: Pick<Metric, 'key' | 'unit'>, text: string): Parsed<number> {
  const { advice, pattern, read } = BOUND_FORMS[unit];
  const bound = pattern.test(text) ? read(text) : null;
  return bound ?? fail(`${quoted(text)} is not a bound of ${key}; write ${advice}`);
}
