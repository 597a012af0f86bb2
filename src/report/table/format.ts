/** Values → words for people. The only place, with `base/units.ts`, where base units are scaled. */
import { unreachable } from '../../base/assert.js';
import type { Unit } from '../../base/metrics.js';
import { formatBytes, formatCount, formatDurationNs, formatThroughput } from '../../base/units.js';

/** Stands for a value that was not measured. */
export const ABSENT = '–';

/** A value of this unit, or `–` when it is null or NaN. */
export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ABSENT;
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

/** `1.4–1.5 GiB/s`: the unit once when both ends share it. */
export function formatRange(low: number, high: number, unit: Unit): string {
  const [from, to] = [formatValue(low, unit), formatValue(high, unit)];
  const [number, suffix] = from.split(' ');
  return suffix !== undefined && to.endsWith(` ${suffix}`) ? `${number}–${to}` : `${from}–${to}`;
}

/** A part as per cent, without digits that it does not have: `95 %`, `0.25 %`. */
export function formatPercent(part: number): string {
  return `${Number((part * 100).toPrecision(4))} %`;
}

/** Text of a user on one line: control characters would move the cursor or break a table. */
export function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** `1 trial`, `3 trials`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Groups of lines, a blank line between them; empty groups are left out. */
export function paragraphs(groups: readonly (readonly string[])[]): string {
  const filled = groups.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
