/** Times of DLIO, which may be distributions, in feedrate's words. */
import type { DlioSource, ImportedField } from './dlio-source.js';

/** The parameters of a time, the one that names it first. */
export const TIMES = ['mean', 'type', 'min', 'shape', 'scale', 'lam'];

/** Returns a time, or a distribution of times, in feedrate's words. DLIO's times are seconds. */
export function spread(source: DlioSource, key: string, word: string): ImportedField[] {
  const type = source.word(`${key}.type`);
  const parameter = (name: string): number | null => source.number(`${key}.${name}`);
  const [mean, stdev, min, max, shape, scale, lam] = ['mean', 'stdev', 'min', 'max', 'shape', 'scale', 'lam'].map(
    parameter,
  );
  const place = TIMES.map((name) => `${key}.${name}`).find((each) => source.has(each));
  const text = spreadText(type, { mean, stdev, min, max, shape, scale, lam });
  if (text === undefined) {
    source.fault(
      place ?? key,
      'expected a number, or type (normal, uniform, exponential, gamma or poisson) with its parameters',
    );
    return [];
  }
  return text === null || place === undefined ? [] : [{ word, value: text, place: source.placeOf(place) }];
}

/** Returns null for no time, undefined for parameters that do not fit. */
function spreadText(
  type: string | null,
  given: Readonly<Record<'mean' | 'stdev' | 'min' | 'max' | 'shape' | 'scale' | 'lam', number | null | undefined>>,
): string | null | undefined {
  const { mean, stdev, min, max, shape, scale, lam } = given;
  const joined = (name: string, ...values: (number | null | undefined)[]): string | undefined =>
    values.some((value) => value === null || value === undefined)
      ? undefined
      : [
          name,
          ...values.map((value, place) => (name === 'gamma' && place === 0 ? value : seconds(value as number))),
        ].join(':');
  switch (type) {
    case null:
      if (mean === null || mean === undefined) return null;
      return stdev === null || stdev === undefined || stdev === 0 ? seconds(mean) : joined('normal', mean, stdev);
    case 'normal':
      return stdev === null || stdev === 0
        ? mean === null
          ? undefined
          : seconds(mean as number)
        : joined('normal', mean, stdev);
    case 'uniform':
      return joined('uniform', min, max);
    case 'exponential':
      return joined('exponential', scale ?? mean);
    case 'gamma':
      return joined('gamma', shape, scale);
    case 'poisson':
      return joined('poisson', lam);
    default:
      return undefined;
  }
}

function seconds(value: number): string {
  return value >= 1 || value === 0
    ? `${value}s`
    : value >= 1e-3
      ? `${round(value * 1e3)}ms`
      : `${round(value * 1e6)}us`;
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}
