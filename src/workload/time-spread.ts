/** A time that may vary from step to step, in the words of DLIO's `computation_time`. */
import { DURATION_PATTERN, formatDurationLabel, type Parsed, parseDuration, quoted } from '../base/units.js';
import { didYouMean } from './suggest.js';
import { fail, numberOrText, typeOf, type ValueType, type Written } from './value-types.js';

/** Numbers drawn from a distribution count by their absolute value, as in DLIO. */
export type TimeSpread =
  | { readonly type: 'constant'; readonly ns: number }
  | { readonly type: 'normal'; readonly meanNs: number; readonly stdevNs: number }
  | { readonly type: 'uniform'; readonly minNs: number; readonly maxNs: number }
  | { readonly type: 'exponential'; readonly meanNs: number }
  | { readonly type: 'gamma'; readonly shape: number; readonly scaleNs: number };

/** The parameters of each distribution, in their order. */
const FORMS = {
  normal: ['mean', 'stdev'],
  uniform: ['min', 'max'],
  exponential: ['scale'],
  gamma: ['shape', 'scale'],
} as const;
type FormName = keyof typeof FORMS;
const FORM_NAMES = Object.keys(FORMS) as FormName[];

/** Returns the mean, ns, apart from the effect of absolute values. */
export function meanOfSpread(spread: TimeSpread): number {
  switch (spread.type) {
    case 'constant':
      return spread.ns;
    case 'uniform':
      return (spread.minNs + spread.maxNs) / 2;
    case 'gamma':
      return spread.shape * spread.scaleNs;
    default:
      return spread.meanNs;
  }
}

const TIME = DURATION_PATTERN.slice(1, -1);
const SHAPE = '[0-9]+(?:\\.[0-9]+)?';

/** A time (`90ms`; a bare number is in seconds), or a distribution of times: `normal:90ms:5ms`. */
export const timeSpread: ValueType<TimeSpread> = typeOf(
  `time, or ${FORM_NAMES.map((form) => [form, ...FORMS[form].map((each) => each.toUpperCase())].join(':')).join(', ')}`,
  numberOrText(0, 'time', {
    id: 'time-spread',
    pattern: `^(?:${TIME}|(?:normal|uniform):${TIME}:${TIME}|exponential:${TIME}|gamma:${SHAPE}:${TIME})$`,
    examples: ['90ms', 0.162, 'normal:90ms:5ms', 'exponential:90ms'],
  }),
  readSpread,
  labelOf,
  { unit: '_ns', of: (spread) => (spread.type === 'constant' ? spread.ns : null) },
);

function readSpread(written: Written): Parsed<TimeSpread> {
  if (typeof written === 'number' || !written.includes(':')) {
    const ns = timeOf(written, written);
    return ns.ok ? { ok: true, value: { type: 'constant', ns: ns.value } } : ns;
  }
  const [form = '', ...parameters] = written.split(':');
  if (!isForm(form))
    return fail(`${quoted(form)} is not one of ${FORM_NAMES.join(', ')}${didYouMean(form, FORM_NAMES)}`);
  const names = FORMS[form];
  if (parameters.length !== names.length)
    return fail(
      `${quoted(written)} is incomplete; write ${[form, ...names.map((name) => name.toUpperCase())].join(':')}`,
    );
  const values: number[] = [];
  for (const [place, text] of parameters.entries()) {
    const value = names[place] === 'shape' ? shapeOf(text, written) : timeOf(text, written);
    if (!value.ok) return value;
    values.push(value.value);
  }
  const [first = 0, second = 0] = values;
  if (form === 'uniform' && second < first) return fail(`${quoted(written)} has a minimum above its maximum`);
  return { ok: true, value: spreadOf(form, first, second) };
}

function isForm(text: string): text is FormName {
  return Object.hasOwn(FORMS, text);
}

function spreadOf(type: FormName, first: number, second: number): TimeSpread {
  switch (type) {
    case 'normal':
      return { type, meanNs: first, stdevNs: second };
    case 'uniform':
      return { type, minNs: first, maxNs: second };
    case 'exponential':
      return { type, meanNs: first };
    case 'gamma':
      return { type, shape: first, scaleNs: second };
  }
}

function timeOf(text: Written, whole: Written): Parsed<number> {
  const read = parseDuration(text, 's');
  return read.ok ? read : fail(`${quoted(whole)}: ${read.message}`);
}

function shapeOf(text: string, whole: string): Parsed<number> {
  const shape = Number(text);
  return new RegExp(`^${SHAPE}$`).test(text) && shape > 0
    ? { ok: true, value: shape }
    : fail(`${quoted(whole)} needs a shape above 0, which is a number without a unit`);
}

function labelOf(spread: TimeSpread): string {
  const time = formatDurationLabel;
  switch (spread.type) {
    case 'constant':
      return time(spread.ns);
    case 'normal':
      return `normal:${time(spread.meanNs)}:${time(spread.stdevNs)}`;
    case 'uniform':
      return `uniform:${time(spread.minNs)}:${time(spread.maxNs)}`;
    case 'exponential':
      return `exponential:${time(spread.meanNs)}`;
    case 'gamma':
      return `gamma:${spread.shape}:${time(spread.scaleNs)}`;
  }
}
