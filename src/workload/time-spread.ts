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
  | { readonly type: 'gamma'; readonly shape: number; readonly scaleNs: number }
  /** Whole seconds, as NumPy draws them for DLIO. */
  | { readonly type: 'poisson'; readonly meanNs: number };

/** The parameters of each distribution, in their order. */
const FORMS = {
  normal: ['mean', 'stdev'],
  uniform: ['min', 'max'],
  exponential: ['scale'],
  gamma: ['shape', 'scale'],
  poisson: ['lam'],
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

const PARAMETERS: readonly string[] = [...new Set(FORM_NAMES.flatMap((form) => FORMS[form]))];

/** A map as DLIO writes it: `type`, and the parameters of that distribution. */
type SpreadMap = Readonly<Record<string, Written>>;

const PLAIN = numberOrText(0, 'time', {
  id: 'time-spread',
  pattern: `^(?:${TIME}|(?:normal|uniform):${TIME}:${TIME}|(?:exponential|poisson):${TIME}|gamma:${SHAPE}:${TIME})$`,
  examples: ['90ms', 0.162, 'normal:90ms:5ms', 'exponential:90ms'],
});

/**
 * A time (`90ms`; a bare number is in seconds), or a distribution of times: `normal:90ms:5ms`, or the same as a map of DLIO's:
 * `{type: normal, mean: 0.09, stdev: 0.005}`.
 */
export const timeSpread: ValueType<TimeSpread> = {
  ...typeOf(
    `time, or ${FORM_NAMES.map((form) => [form, ...FORMS[form].map((each) => each.toUpperCase())].join(':')).join(', ')}, or a map such as {type: normal, mean: 0.09, stdev: 0.005}`,
    {
      spelling: (z) => {
        const parameters = PARAMETERS.map((name) => [name, z.union([z.number().min(0), z.string()]).optional()]);
        const map = z.strictObject({ type: z.enum(FORM_NAMES).optional(), ...Object.fromEntries(parameters) });
        return z.union([PLAIN.spelling(z), map]);
      },
      check: (value) => (isMap(value) ? wrongInMap(value) : PLAIN.check(value)),
    },
    (written: Written | SpreadMap) => (isMap(written) ? readMap(written) : readSpread(written)),
    labelOf,
    { unit: '_ns', of: (spread) => (spread.type === 'constant' ? spread.ns : null) },
  ),
  takesMap: true,
};

function isMap(value: unknown): value is SpreadMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongInMap(map: Readonly<Record<string, unknown>>): string | null {
  for (const [name, value] of Object.entries(map)) {
    if (name === 'type') {
      if (typeof value !== 'string' || !isForm(value))
        return `type: ${quoted(value)} is not one of ${FORM_NAMES.join(', ')}${didYouMean(String(value), FORM_NAMES)}`;
    } else if (!PARAMETERS.includes(name)) {
      return `${quoted(name)} is no parameter${didYouMean(name, PARAMETERS)}; expected type, ${PARAMETERS.join(', ')}`;
    } else {
      const wrong = PLAIN.check(value);
      if (wrong !== null) return `${name}: ${wrong}`;
    }
  }
  return null;
}

/** Without a type, DLIO takes a mean alone for the time itself, and a mean with a standard deviation for a normal distribution. */
function readMap(map: SpreadMap): Parsed<TimeSpread> {
  const { type, ...given } = map;
  const names = Object.keys(given);
  const form = type === undefined ? (names.includes('stdev') ? 'normal' : null) : (type as FormName);
  if (form === null) {
    const { mean } = given;
    return names.length === 1 && mean !== undefined ? readSpread(mean) : fail('the map lacks a type or a mean');
  }
  const wanted: readonly string[] = FORMS[form];
  const missing = wanted.filter((name) => given[name] === undefined);
  const other = names.filter((name) => !wanted.includes(name));
  if (missing.length > 0) return fail(`the map lacks ${missing.join(' and ')}, which ${form} needs`);
  if (other.length > 0) return fail(`${other.join(' and ')} ${other.length === 1 ? 'is' : 'are'} not part of ${form}`);
  return readParameters(
    form,
    wanted.map((name) => given[name] as Written),
    JSON.stringify(map),
  );
}

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
  return readParameters(form, parameters, written);
}

function readParameters(form: FormName, parameters: readonly Written[], written: string): Parsed<TimeSpread> {
  const names = FORMS[form];
  const values: number[] = [];
  for (const [place, text] of parameters.entries()) {
    const value = names[place] === 'shape' ? shapeOf(String(text), written) : timeOf(text, written);
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
    case 'poisson':
      return { type, meanNs: first };
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
    case 'poisson':
      return `poisson:${time(spread.meanNs)}`;
  }
}
