/** Formats values for people. Only this file and `base/units.ts` scale base units. */
import { unreachable } from '../../base/assert.js';
import type { Unit } from '../../base/metrics.js';
import { formatBytes, formatCount, formatDurationNs, formatThroughput } from '../../base/units.js';

/** Shown for a value that was not measured. */
export const ABSENT = '–';

/** Formats a value of this unit. Returns `–` if it is null or NaN, and `∞` for a latency of a trial that measured nothing. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ABSENT;
  if (value === Infinity) return '∞';
  switch (unit) {
    case 'bytes/s':
      return formatThroughput(value);
    case 'bytes':
      return formatBytes(value);
    case 'ns':
    case 'ns/op':
      return formatDurationNs(value);
    case 'ops/s':
    case 'count':
      return formatCount(value);
    case 'ratio':
      return `${(value * 100).toFixed(1)} %`;
    default:
      return unreachable(unit);
  }
}

/** Formats a range: `1.4–1.5 GiB/s`. The unit appears once if both ends share it. */
export function formatRange(low: number, high: number, unit: Unit): string {
  const [from, to] = [formatValue(low, unit), formatValue(high, unit)];
  const [number, suffix] = from.split(' ');
  return suffix !== undefined && to.endsWith(` ${suffix}`) ? `${number}–${to}` : `${from}–${to}`;
}

/** Formats a share as per cent, without trailing zeros: `95 %`, `0.25 %`. */
export function formatPercent(part: number): string {
  return `${Number((part * 100).toPrecision(4))} %`;
}

/** Formats a count with its noun: `1 trial`, `3 trials`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
