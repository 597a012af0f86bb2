/**
 * What the condition operators mean. Source: IAM User Guide, "IAM JSON policy elements: Condition operators"
 * (awsdocs/iam-user-guide@651083f, 2023-05-11).
 */
import type { ConditionOperator } from '../condition-operator.js';
import { ipRange, isWithin } from '../ip-range.js';
import { covers, type Glob, globOf, literalOf, segmentsOf, textOf } from '../wildcards.js';

/** Whether the value of a request matches one value of a policy. An operator with `Not` holds if none matches. */
type ValueTest = (actual: string, expected: Glob) => boolean;

type NumberTest = (actual: number, expected: number) => boolean;

const COMPARISONS: Readonly<Record<string, NumberTest>> = {
  Equals: (actual, expected) => actual === expected,
  LessThan: (actual, expected) => actual < expected,
  LessThanEquals: (actual, expected) => actual <= expected,
  GreaterThan: (actual, expected) => actual > expected,
  GreaterThanEquals: (actual, expected) => actual >= expected,
};

const equalText = (actual: string, expected: Glob): boolean => actual === textOf(expected);
const equalFolded = (actual: string, expected: Glob): boolean =>
  actual.toLowerCase() === textOf(expected).toLowerCase();
const likeText = (actual: string, expected: Glob): boolean => covers(expected, literalOf(actual));

/** By the name of the operator without `Not`. */
const MEANINGS: ReadonlyMap<string, ValueTest> = new Map([
  ['StringEquals', equalText],
  ['StringEqualsIgnoreCase', equalFolded],
  ['StringLike', likeText],
  ['ArnEquals', likeArn],
  ['ArnLike', likeArn],
  ['IpAddress', (actual, expected) => isInNetwork(actual, textOf(expected))],
  ...comparisons('Numeric', numberOf),
  ...comparisons('Date', secondsOf),
  ['Bool', equalFolded],
  ['BinaryEquals', (actual, expected) => unpadded(actual) === unpadded(textOf(expected))],
  // A value that is there is not null. What holds when there is none stands in `conditions.ts`.
  ['Null', (_, expected) => textOf(expected).toLowerCase() === 'false'],
]);

/** Whether the value of a request matches a value of a policy under an operator, `Not` aside. */
export function valueMatches({ name }: ConditionOperator, actual: string, expected: Glob): boolean {
  const meaning = MEANINGS.get(name.replace('Not', ''));
  if (meaning === undefined) throw new Error(`no meaning for ${name}`);
  return meaning(actual, expected);
}

/** Reads a value of a policy: `*` and `?` are wildcards, or stand for themselves. */
export function valueReader({ takesWildcards }: ConditionOperator): (text: string) => Glob {
  return takesWildcards ? globOf : literalOf;
}

function comparisons(family: string, read: (text: string) => number): [string, ValueTest][] {
  return Object.entries(COMPARISONS).map(([name, comparison]) => [
    `${family}${name}`,
    // NaN, which is what no number is read as, compares with nothing.
    (actual, expected) => comparison(read(actual), read(textOf(expected))),
  ]);
}

function isInNetwork(actual: string, expected: string): boolean {
  const [address, network] = [ipRange(actual), ipRange(expected)];
  return address !== null && network !== null && isWithin(address, network);
}

/** Each of the six segments is compared for itself. `*` alone matches every ARN. */
function likeArn(actual: string, expected: Glob): boolean {
  const segments = segmentsOf(literalOf(actual));
  if (segments === null || !actual.startsWith('arn:')) return false;
  const patterns = segmentsOf(expected);
  if (patterns === null) return covers(expected, globOf('*'));
  return patterns.every((pattern, index) => covers(pattern, segments[index] as Glob));
}

function numberOf(text: string): number {
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}

/** The forms of ISO 8601 that W3C's note lists, with or without separators, and seconds since 1970. */
const ISO_DATE = /^(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:T(\d\d):?(\d\d)(?::?(\d\d)(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?$/i;

function secondsOf(text: string): number {
  const trimmed = text.trim();
  // Eight digits or fewer after a year could be a date without separators; times since 1970 have nine or more today.
  if (/^-?\d{9,}(?:\.\d+)?$/.test(trimmed) || /^-?\d{1,3}(?:\.\d+)?$/.test(trimmed)) return Number(trimmed);
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    ISO_DATE.exec(trimmed) ?? [];
  if (year === undefined) return numberOf(trimmed);
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(.\d\d):?(\d\d)$/, '$1:$2');
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`) / 1000;
}

function unpadded(base64: string): string {
  return base64.trim().replace(/=+$/, '');
}
