/**
 * Units: parses input into base units (bytes, ns, bytes/s) and formats base units for people.
 *
 * Sizes follow fio's default (`kb_base=1024`): a bare k, m, g, t or p is 1024-based. KiB … PiB are
 * 1024-based, and kB, MB … PB are 1000-based. Any other spelling is an error that lists the valid
 * ones, because people read `Mb` and `kb` as bits, as kB and as KiB.
 */

/** The result of a parser: a value, or one clause that says what is wrong and how to fix it. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const NUMBER = '[0-9]{1,19}(?:\\.[0-9]{1,19})?';
/** Matches every valid spelling of a size. The source of a regular expression, for JSON Schema's `pattern`. */
export const SIZE_PATTERN = `^${NUMBER} ?(?:B|[kKmMgGtTpP]|[KMGTP]iB|[kMGTP]B)?$`;
/** Matches every valid spelling of a percentage. */
export const PERCENT_PATTERN = `^${NUMBER} ?%$`;
/** Matches every valid spelling of a rate. */
export const RATE_PATTERN = `^${NUMBER} ?(?:B|[kKmMgGtTpP]|[KMGTP]iB|[kMGTP]B)?(?:/s)?$`;
/** The units of a time, longest first. */
const DURATION_UNITS = ['d', 'h', 'm', 's', 'ms', 'us|µs', 'ns'] as const;
/** Matches every valid spelling of a time: a number, or numbers with units, longest unit first (`1m30s`). */
export const DURATION_PATTERN = `^(?:${NUMBER}|(?=[0-9])${DURATION_UNITS.map((unit) => `(?: ?${NUMBER} ?(?:${unit}))?`).join('')})$`;

const QUANTITY = new RegExp(`^(${NUMBER}) ?(.*)$`, 's');
const DURATION = new RegExp(DURATION_PATTERN);
const DURATION_PART = new RegExp(`(${NUMBER}) ?([A-Za-zµμ]+)?`, 'g');
const PREFIXES = 'kmgtp';
const RATE_UNIT = 'bytes per second';

const NANOSECONDS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
]);

const DURATION_SLIPS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ns: 'nsec nsecs nanosecond nanoseconds',
    us: 'usec usecs microsecond microseconds μs',
    ms: 'msec msecs millisecond milliseconds',
    s: 'sec secs second seconds',
    m: 'min mins minute minutes',
    h: 'hr hrs hour hours',
    d: 'day days',
  }).flatMap(([unit, slips]) => [unit, ...slips.split(' ')].map((slip) => [slip, unit] as const)),
);

const good = <T>(value: T): Parsed<T> => ({ ok: true, value });
const bad = (message: string): { ok: false; message: string } => ({ ok: false, message });

/** Returns a value as an error message quotes it: on one line, with at most 60 characters. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 56)}…${typeof value === 'string' ? '"' : ''}`;
}

/** Returns number × factor exactly. A rate is rounded down to a whole number. `unit` is the unit in messages. */
function exactProduct(input: unknown, number: string, factor: bigint, unit: string): Parsed<number> {
  const [whole = '', fraction = ''] = number.split('.');
  const product = BigInt(whole + fraction) * factor;
  const divisor = 10n ** BigInt(fraction.length);
  if (product % divisor !== 0n && unit !== RATE_UNIT) {
    const equals = factor === 1n ? '' : ` is ${Number(product) / Number(divisor)} ${unit}, which`;
    return bad(`${quoted(input)}${equals} is not a whole number${factor === 1n ? ` of ${unit}` : ''}`);
  }
  const value = product / divisor;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return bad(`${quoted(input)} is too large: more than 2^53 - 1 ${unit}`);
  return good(Number(value));
}

/** Parses a number without a unit: a count of the base unit times `factor`. */
function bareNumber(input: number, factor: bigint, what: string, unit: string): Parsed<number> {
  if (!Number.isFinite(input)) return bad(`${quoted(input)} is not a ${what}`);
  if (input < 0) return bad(`${quoted(input)} is not a ${what}: it is negative`);
  const text = String(input);
  if (/^[0-9]+(\.[0-9]+)?$/.test(text)) return exactProduct(input, text, factor, unit);
  return bad(input < 1 ? `${quoted(input)} is not a whole number of ${unit}` : `${quoted(input)} is too large`);
}

/** Returns the bytes in one unit of a size, or null when the unit is not known. */
function sizeFactor(unit: string): bigint | null {
  if (unit === '' || unit === 'B') return 1n;
  const power = BigInt(PREFIXES.indexOf(unit.charAt(0).toLowerCase()) + 1);
  if (power === 0n) return null;
  if (unit.length === 1) return 1024n ** power;
  if (/^[KMGTP]iB$/.test(unit)) return 1024n ** power;
  return /^[kMGTP]B$/.test(unit) ? 1000n ** power : null;
}

/** Returns the valid spellings for a wrong unit: `write 4k or 4KiB (4096 bytes) or 4kB (4000 bytes)`. */
function sizeAdvice(number: string, unit: string, suffix: string): string {
  const bytes = (right: string): string => {
    const size = exactProduct('', number, sizeFactor(right) ?? 1n, 'bytes');
    return size.ok ? ` (${size.value} bytes)` : '';
  };
  if (/^[kmgtp](i|i?b|bytes?)$/i.test(unit)) {
    const letter = unit.charAt(0).toLowerCase();
    const binary = `${letter.toUpperCase()}iB`;
    const decimal = `${letter === 'k' ? 'k' : letter.toUpperCase()}B`;
    const short = suffix === '' ? `${number}${letter} or ` : '';
    return `write ${short}${number}${binary}${suffix}${bytes(binary)} or ${number}${decimal}${suffix}${bytes(decimal)}`;
  }
  if (/^(b|bytes?)$/i.test(unit)) return `write ${number}B${suffix}${bytes('B')}`;
  const bits = /bit|bps$/i.test(unit) ? ', not bits' : '';
  return suffix === ''
    ? `write bytes${bits}, such as 4k, 1MiB or 1000`
    : `write bytes per second${bits}, such as 100MiB/s or 100MB/s`;
}

function parseBytes(input: string, text: string, what: string, suffix: '' | '/s'): Parsed<number> {
  const [, number, unit = ''] = QUANTITY.exec(text) ?? [];
  const factor = sizeFactor(unit);
  if (number !== undefined && factor !== null) return exactProduct(input, number, factor, suffix ? RATE_UNIT : 'bytes');
  return bad(
    `${quoted(input)} is not a ${what}; ${sizeAdvice(number ?? '', number === undefined ? '?' : unit, suffix)}`,
  );
}

/** Parses a size into bytes: `4k`, `4KiB`, `4kB`, `1.5GiB`, `512`. */
export function parseSize(input: string | number): Parsed<number> {
  return typeof input === 'number' ? bareNumber(input, 1n, 'size', 'bytes') : parseBytes(input, input, 'size', '');
}

/** Parses a rate into whole bytes per second: a size with or without `/s`. */
export function parseRate(input: string | number): Parsed<number> {
  if (typeof input === 'number') return bareNumber(input, 1n, 'rate', RATE_UNIT);
  return parseBytes(input, input.replace(/\/s$/, ''), 'rate', '/s');
}

/**
 * Parses a time into ns: `10s`, `500ms`, `1m30s`. A bare number is in `bareUnit`: fio uses seconds, but µs for
 * `thinktime`.
 */
export function parseDuration(input: string | number, bareUnit: 's' | 'us' = 's'): Parsed<number> {
  if (typeof input === 'number') return bareNumber(input, NANOSECONDS.get(bareUnit) as bigint, 'time', 'ns');
  if (!DURATION.test(input)) return bad(`${quoted(input)} is not a time; write ${durationAdvice(input)}`);
  let sumNs = 0;
  for (const [, number = '', unit = bareUnit] of input.matchAll(DURATION_PART)) {
    const part = exactProduct(input, number, NANOSECONDS.get(unit) as bigint, 'ns');
    if (!part.ok) return part;
    sumNs += part.value;
  }
  return sumNs <= Number.MAX_SAFE_INTEGER ? good(sumNs) : bad(`${quoted(input)} is too large: more than 2^53 - 1 ns`);
}

/** Returns the valid spelling of a time whose units are misspelled or in the wrong order, if it can be told. */
function durationAdvice(input: string): string {
  const parts = [...input.matchAll(DURATION_PART)].map(([, number = '', unit = '']) => ({
    number,
    unit: DURATION_SLIPS.get(unit.toLowerCase()) ?? '',
  }));
  const order = (unit: string): number => DURATION_UNITS.findIndex((units) => units.split('|').includes(unit));
  const written = [...parts].sort((a, b) => order(a.unit) - order(b.unit));
  const right = written.map(({ number, unit }) => number + unit).join('');
  const isWhole = input.replace(DURATION_PART, '').trim() === '' && parts.every(({ unit }) => unit !== '');
  return isWhole && DURATION.test(right) ? right : 'a number with ns, us, ms, s, m, h or d, such as 500ms or 1m30s';
}

/** Parses a percentage into a ratio: `20%` → 0.2. */
export function parsePercent(input: string | number): Parsed<number> {
  const [, number] = new RegExp(`^(${NUMBER}) ?%$`).exec(String(input)) ?? [];
  if (number !== undefined) return good(Number(`${number}e-2`));
  const bare = new RegExp(`^${NUMBER}$`).test(String(input));
  return bad(`${quoted(input)} is not a percentage; write ${bare ? `${input}%` : 'a number with %, such as 20%'}`);
}

/** Rounds to three significant digits, or to a whole number from 100 on: 1.42, 18.4, 1020. */
function threeDigits(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let rest = value;
  let index = 0;
  while (index < units.length - 1 && Math.abs(threeDigits(rest)) >= step) {
    rest /= step;
    index++;
  }
  return `${threeDigits(rest)}${units[index]}`;
}

/** Formats bytes for people, always in 1024-based units: `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB']);
}

/** Formats a rate for people, always in 1024-based units: `1.42 GiB/s`. */
export function formatThroughput(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

/** Formats a rate as AWS states its limits, in 10^6 bytes per second: `1,536 MB/s`. */
export function formatMegabytesPerSecond(bytesPerSecond: number): string {
  return `${formatWhole(Math.round(bytesPerSecond / 1e6))} MB/s`;
}

/** Formats a count for people, in 1000-based units: `12.9k`, `1.04M`. */
export function formatCount(count: number): string {
  return scaled(count, 1000, ['', 'k', 'M', 'G', 'T']);
}

/** Formats a count exactly: `19,980`. */
export function formatWhole(count: number): string {
  return count.toLocaleString('en-US');
}

/** Formats a time for people: `850 ns`, `1.5 µs`, `18.4 ms`, `2 min 3 s`. */
export function formatDurationNs(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const magnitude = Math.abs(ns);
  if (threeDigits(magnitude / 1e9) < 60) return sign + scaledTime(magnitude);
  // Each step begins where the step below it would round up to a full unit.
  const steps = [
    { unit: 'd', from: 86_370, seconds: 86_400, below: 'h', belowSeconds: 3_600 },
    { unit: 'h', from: 3_599.5, seconds: 3_600, below: 'min', belowSeconds: 60 },
    { unit: 'min', from: 0, seconds: 60, below: 's', belowSeconds: 1 },
  ] as const;
  const seconds = magnitude / 1e9;
  const step = steps.find(({ from }) => seconds >= from) ?? steps[2];
  const parts = Math.round(seconds / step.belowSeconds);
  const perUnit = step.seconds / step.belowSeconds;
  const rest = parts % perUnit === 0 ? '' : ` ${parts % perUnit} ${step.below}`;
  return `${sign}${Math.floor(parts / perUnit)} ${step.unit}${rest}`;
}

function scaledTime(ns: number): string {
  return scaled(ns, 1000, [' ns', ' µs', ' ms', ' s']);
}

/** Returns the shortest exact name of a size, for arm names: `4KiB`, `1MiB`, `1000B`. `parseSize` reads it back. */
export function formatSizeLabel(bytes: number): string {
  return exactLabel(bytes, [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
    ['B', 1],
  ]);
}

/** Returns the shortest exact name of a time, for arm names: `500ms`, `90s`. `parseDuration` reads it back. */
export function formatDurationLabel(ns: number): string {
  if (ns === 0) return '0s';
  return exactLabel(ns, [
    ['h', 3.6e12],
    ['m', 6e10],
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
    ['ns', 1],
  ]);
}

function exactLabel(value: number, units: readonly (readonly [string, number])[]): string {
  const [unit, factor] =
    units.find(([, size]) => value >= size && value % size === 0) ?? (units.at(-1) as [string, number]);
  return `${value / factor}${unit}`;
}
