/**
 * The condition operators. Source: IAM User Guide, "IAM JSON policy elements: Condition operators"
 * (awsdocs/iam-user-guide@651083f, 2023-05-11).
 */
import { covers, type Glob, globOf, literalOf, segmentsOf, textOf } from '../wildcards.js';
import { isInNetwork } from './ip-network.js';

/** How an operator compares the value of a request with one value of a policy. */
export interface ConditionOperator {
  /** Holds if no value of the policy matches: `StringNotEquals`. */
  readonly isNegated: boolean;
  /** Whether values of the policy may contain variables. */
  readonly hasVariables: boolean;
  /** Reads a value of the policy: `*` and `?` are wildcards, or stand for themselves. */
  readonly read: (text: string) => Glob;
  readonly matches: (actual: string, expected: Glob) => boolean;
}

type Comparison = (actual: number, expected: number) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  Equals: (actual, expected) => actual === expected,
  LessThan: (actual, expected) => actual < expected,
  LessThanEquals: (actual, expected) => actual <= expected,
  GreaterThan: (actual, expected) => actual > expected,
  GreaterThanEquals: (actual, expected) => actual >= expected,
};

const equalText = (actual: string, expected: Glob): boolean => actual === textOf(expected);
const likeText = (actual: string, expected: Glob): boolean => covers(expected, literalOf(actual));

const OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map([
  ...withOpposite('StringEquals', 'StringNotEquals', operator(equalText, true)),
  ...withOpposite(
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    operator((actual, expected) => actual.toLowerCase() === textOf(expected).toLowerCase(), true),
  ),
  ...withOpposite('StringLike', 'StringNotLike', operator(likeText, true, globOf)),
  ...withOpposite('ArnEquals', 'ArnNotEquals', operator(likeArn, true, globOf)),
  ...withOpposite('ArnLike', 'ArnNotLike', operator(likeArn, true, globOf)),
  ...withOpposite(
    'IpAddress',
    'NotIpAddress',
    operator((actual, expected) => isInNetwork(actual, textOf(expected))),
  ),
  ...comparisons('Numeric', numberOf),
  ...comparisons('Date', secondsOf),
  ['Bool', operator((actual, expected) => actual.toLowerCase() === textOf(expected).toLowerCase(), true)],
  ['BinaryEquals', operator((actual, expected) => unpadded(actual) === unpadded(textOf(expected)))],
  // A value that is there is not null. What holds when there is none stands in `conditions.ts`.
  ['Null', operator((_, expected) => textOf(expected).toLowerCase() === 'false')],
]);

/** An operator as a policy names it: `ForAnyValue:StringLikeIfExists`. */
export interface NamedOperator {
  readonly name: string;
  readonly operator: ConditionOperator;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | null;
  readonly ifExists: boolean;
}

/** Returns the operator of this name, or undefined if there is none. */
export function operatorNamed(text: string): NamedOperator | undefined {
  const [, quantifier, name = '', suffix] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text) ?? [];
  const found = OPERATORS.get(name);
  if (found === undefined || (name === 'Null' && suffix !== undefined)) return undefined;
  return {
    name,
    operator: found,
    quantifier: (quantifier as NamedOperator['quantifier'] | undefined) ?? null,
    ifExists: suffix !== undefined,
  };
}

function operator(
  matches: ConditionOperator['matches'],
  hasVariables = false,
  read: ConditionOperator['read'] = literalOf,
): ConditionOperator {
  return { isNegated: false, hasVariables, read, matches };
}

function withOpposite(name: string, opposite: string, positive: ConditionOperator): [string, ConditionOperator][] {
  return [
    [name, positive],
    [opposite, { ...positive, isNegated: true }],
  ];
}

function comparisons(family: string, read: (text: string) => number): [string, ConditionOperator][] {
  const compare = (comparison: Comparison): ConditionOperator =>
    // NaN, which is what no number is read as, compares with nothing.
    operator((actual, expected) => comparison(read(actual), read(textOf(expected))));
  return [
    ...Object.entries(COMPARISONS).map(([name, comparison]): [string, ConditionOperator] => [
      `${family}${name}`,
      compare(comparison),
    ]),
    [`${family}NotEquals`, { ...compare(COMPARISONS['Equals'] as Comparison), isNegated: true }],
  ];
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
