/** Values of options as fio reads them (`parse.c`). A reader returns null for what it cannot read. */

/** fio inverts the units: with 1024, `k` and `kb` are 1024 and `kib` is 1000. */
export type KbBase = 1000 | 1024;

const PREFIXES = 'kmgtp';

/** Returns bytes. As in fio, only the first letters of a unit count, so that `4ki` is `4k`. */
export function fioSize(text: string, kbBase: KbBase): number | null {
  const [, number = '', unit = ''] = /^\+?(\d{1,15})([A-Za-z]*)$/.exec(text.trim()) ?? [];
  if (number === '') return null;
  const power = unit === '' || /^b$/i.test(unit) ? 0 : PREFIXES.indexOf(unit.charAt(0).toLowerCase()) + 1;
  if (unit !== '' && !/^(?:b|[kmgtp](?:i?b?)?)$/i.test(unit)) return null;
  const isInverted = /^[kmgtp]ib$/i.test(unit);
  const base = isInverted ? 2024 - kbBase : kbBase;
  const bytes = Number(number) * base ** power;
  return Number.isSafeInteger(bytes) ? bytes : null;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Returns ns. A number without a unit is in seconds, or in µs. */
export function fioTime(text: string, bare: 's' | 'us'): number | null {
  const [, number = '', unit = ''] = /^(\d{1,15})([A-Za-z]*)$/.exec(text.trim()) ?? [];
  if (number === '') return null;
  const word = unit.toLowerCase();
  const scale = scaleOf(word, bare);
  const ns = scale === null ? Number.NaN : Number(number) * scale;
  return Number.isSafeInteger(ns) ? ns : null;
}

function scaleOf(unit: string, bare: 's' | 'us'): number | null {
  if (unit === '') return bare === 's' ? 1e9 : 1e3;
  if (unit.startsWith('us')) return 1e3;
  if (unit.startsWith('ms')) return 1e6;
  const seconds = Object.hasOwn(SECONDS, unit) ? SECONDS[unit] : undefined;
  return seconds === undefined ? null : seconds * 1e9;
}

/** Returns a size as workloads spell it: `4k` where it is whole, otherwise bytes. */
export function sizeText(bytes: number): string {
  let [value, power] = [bytes, 0];
  while (value > 0 && value % 1024 === 0 && power < PREFIXES.length) {
    value /= 1024;
    power++;
  }
  return power === 0 ? String(bytes) : `${value}${PREFIXES[power - 1]}`;
}

/** Returns a time as workloads spell it. */
export function timeText(ns: number): string {
  if (ns % 1e9 === 0) return `${ns / 1e9}s`;
  return ns % 1e6 === 0 ? `${ns / 1e6}ms` : `${ns / 1e3}us`;
}

/** Values for reads and for writes. */
export interface ByDirection<T> {
  readonly read: T;
  readonly write: T;
}

/**
 * Returns the values of `r,w,t`. One value stands for all; of two, the second one stands for trims too. An empty one keeps
 * fio's default (`otherwise`).
 */
export function byDirection<T>(text: string, otherwise: T, read: (part: string) => T | null): ByDirection<T> | null {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > 3) return null;
  const [first = '', second = first] = parts;
  const values = [first, second].map((part) => (part === '' ? otherwise : read(part)));
  const [reads, writes] = values;
  return reads === null || writes === null || reads === undefined || writes === undefined
    ? null
    : { read: reads, write: writes };
}
