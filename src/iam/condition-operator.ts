/**
 * The condition operators of the policy language, which lint and evaluation share.
 * Source: IAM User Guide, reference_policies_elements_condition_operators (2026-11-29).
 */

export type OperatorFamily = 'string' | 'numeric' | 'date' | 'boolean' | 'binary' | 'ip' | 'arn' | 'presence';

interface BaseOperator {
  readonly name: string;
  readonly family: OperatorFamily;
  readonly isNegated: boolean;
  /** `*` and `?` are wildcards in its values. */
  readonly takesWildcards: boolean;
  /** Its values may contain variables. */
  readonly takesVariables: boolean;
}

export interface ConditionOperator extends BaseOperator {
  readonly qualifier: 'ForAllValues' | 'ForAnyValue' | null;
  readonly hasIfExists: boolean;
}

function family(name: OperatorFamily, takesWildcards: boolean, ...names: readonly string[]): BaseOperator[] {
  return names.map((operator) => ({
    name: operator,
    family: name,
    isNegated: /Not/.test(operator),
    takesWildcards,
    takesVariables: name === 'string' || name === 'arn' || name === 'boolean',
  }));
}

const BASE: readonly BaseOperator[] = [
  ...family('string', false, 'StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'),
  ...family('string', true, 'StringLike', 'StringNotLike'),
  ...family('numeric', false, 'NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericLessThanEquals'),
  ...family('numeric', false, 'NumericGreaterThan', 'NumericGreaterThanEquals'),
  ...family('date', false, 'DateEquals', 'DateNotEquals', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan'),
  ...family('date', false, 'DateGreaterThanEquals'),
  ...family('boolean', false, 'Bool'),
  ...family('binary', false, 'BinaryEquals'),
  ...family('ip', false, 'IpAddress', 'NotIpAddress'),
  ...family('arn', true, 'ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'),
  ...family('presence', false, 'Null'),
];

const BY_NAME = new Map(BASE.map((operator) => [operator.name.toLowerCase(), operator]));

/** Returns the name of an operator with the qualifier and the suffix of another one: `ForAnyValue:StringLikeIfExists`. */
export function inFormOf({ qualifier, hasIfExists }: ConditionOperator, name: string): string {
  return `${qualifier === null ? '' : `${qualifier}:`}${name}${hasIfExists ? 'IfExists' : ''}`;
}

/** The names of all operators, without qualifier and suffix. */
export const OPERATOR_NAMES: readonly string[] = BASE.map(({ name }) => name);

/** Returns the operator that a key of `Condition` names, without regard to case, or null if there is no such operator. */
export function operatorOf(text: string): ConditionOperator | null {
  const [, qualifier = '', name = ''] = /^(?:(ForAllValues|ForAnyValue):)?(.*)$/is.exec(text) ?? [];
  const [, bare = name, suffix = ''] = /^(.+?)(IfExists)?$/is.exec(name) ?? [];
  const base = BY_NAME.get(bare.toLowerCase());
  if (base === undefined) return null;
  const isAll = /^forall/i.test(qualifier);
  return {
    ...base,
    qualifier: qualifier === '' ? null : isAll ? 'ForAllValues' : 'ForAnyValue',
    hasIfExists: suffix !== '',
  };
}
