/** Rules about policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`, `${?}`, `${$}`. */
import type { TextValue } from '../policy-document.js';
import type { LintedPolicy, LintedStatement, LintedTest } from './linted-policy.js';
import { fault, type LintFault, type LintRule, quote, type StatementCheck, statementRules, testRules } from './rule.js';

interface Variable {
  /** As the document has it, braces included. */
  readonly text: string;
  /** What stands between the braces before a comma. */
  readonly name: string;
  /** What stands after the comma, or null. */
  readonly fallback: string | null;
  readonly isClosed: boolean;
}

/** Returns the variables of a text, in order. A closing brace within quotes belongs to the default value. */
export function variablesIn(text: string): Variable[] {
  const variables: Variable[] = [];
  for (let start = text.indexOf('${'); start !== -1; ) {
    const [content = ''] = /^(?:[^}',]*(?:,\s*'[^']*'\s*(?=\}))?)/.exec(text.slice(start + 2)) ?? [];
    const after = start + 2 + content.length;
    const close = text.indexOf('}', after);
    const next = text.indexOf('${', start + 2);
    // A variable that begins before this one is closed has taken the brace.
    const isClosed = close !== -1 && (next === -1 || close < next);
    const end = isClosed ? close : next === -1 ? text.length : next;
    const inner = text.slice(start + 2, end);
    const comma = inner.indexOf(',');
    variables.push({
      text: text.slice(start, isClosed ? end + 1 : end),
      name: comma === -1 ? inner : inner.slice(0, comma),
      fallback: comma === -1 ? null : inner.slice(comma + 1),
      isClosed,
    });
    start = text.indexOf('${', end);
  }
  return variables;
}

/** The values in which variables are replaced. */
function replacedValues({ resource, notResource, tests }: LintedStatement): readonly TextValue[] {
  if (notResource === null && tests.length === 0) return resource?.values ?? [];
  return [...(resource?.values ?? []), ...(notResource?.values ?? []), ...tests.flatMap(({ values }) => values)];
}

/** The values and keys in which they are not. */
function literalValues(statement: LintedStatement): readonly (TextValue | null)[] {
  const { sid, effect, action, notAction, principal, notPrincipal, condition } = statement;
  const principals = [principal, notPrincipal].flatMap((element) => [
    element?.text ?? null,
    ...(element?.entries ?? []).flatMap(({ values }) => values),
  ]);
  const keys = (condition?.blocks ?? []).flatMap(({ operator, tests }) => [operator, ...tests.map(({ key }) => key)]);
  return [sid, effect, ...(action?.values ?? []), ...(notAction?.values ?? []), ...principals, ...keys];
}

type VariableCheck = (variable: Variable, value: TextValue) => readonly LintFault[];

/** Applies a check to each variable where variables are replaced. Before 2012-10-17 there are none. */
function eachVariable(check: VariableCheck): StatementCheck {
  return (statement, policy) => {
    if (!hasVariables(policy)) return [];
    const values = replacedValues(statement).filter(({ text }) => text.includes('${'));
    return values.flatMap((value) => variablesIn(value.text).flatMap((found) => check(found, value)));
  };
}

function hasVariables({ document }: LintedPolicy): boolean {
  return document.version?.text === '2012-10-17';
}

/** Whether the name is of the form of a condition key, so that the author meant a variable. */
function isMeant({ name }: Variable): boolean {
  return /^[\w.-]+:[^\s]/.test(name.trim());
}

const TEXT_RULES = statementRules([
  [
    'MISSING_BRACE_IN_VARIABLE',
    'error',
    'A variable has no closing brace.',
    eachVariable(({ text, isClosed }, value) =>
      isClosed ? [] : [fault(value, `the variable ${quote(text)} has no closing brace`, 'close it with }')],
    ),
  ],
  [
    'MISSING_QUOTE_IN_VARIABLE',
    'error',
    'The default value of a variable is not in single quotes.',
    eachVariable(({ text, fallback, isClosed }, value) =>
      !isClosed || fallback === null || /^\s*'[^']*'\s*$/.test(fallback)
        ? []
        : [fault(value, `the default value in ${quote(text)} is not in single quotes`, `write \${KEY, 'VALUE'}`)],
    ),
  ],
  [
    'UNSUPPORTED_SPACE_IN_VARIABLE',
    'error',
    'The name of a variable has a space.',
    eachVariable(({ text, name, isClosed }, value) =>
      isClosed && name.trim() !== '' && /\s/.test(name)
        ? [fault(value, `the variable ${quote(text)} has a space in its name`, 'remove the space')]
        : [],
    ),
  ],
  [
    'EMPTY_VARIABLE',
    'error',
    'A variable has no name.',
    eachVariable(({ text, name, isClosed }, value) =>
      isClosed && name.trim() === ''
        ? [fault(value, `the variable ${quote(text)} has no name`, 'name a condition key, or remove it')]
        : [],
    ),
  ],
  [
    'VARIABLE_UNSUPPORTED_IN_ELEMENT',
    'error',
    'A variable is used outside of resources and condition values.',
    (statement) =>
      literalValues(statement).flatMap((value) => {
        const [variable] = value === null ? [] : variablesIn(value.text);
        if (value === null || variable === undefined) return [];
        const message = `the variable ${quote(variable.text)} is not replaced here`;
        return [fault(value, message, 'use variables in Resource and in the values of conditions only')];
      }),
  ],
  [
    'VARIABLE_UNSUPPORTED_IN_VERSION',
    'error',
    'A variable is used in a policy that is read as 2008-10-17.',
    (statement, policy) =>
      hasVariables(policy)
        ? []
        : replacedValues(statement).flatMap((value) => {
            const variable = variablesIn(value.text).find(isMeant);
            if (variable === undefined) return [];
            const message = `the variable ${quote(variable.text)} is literal text without Version 2012-10-17`;
            const fix =
              policy.document.version === null ? 'add "Version": "2012-10-17"' : 'change Version to "2012-10-17"';
            return [fault(value, message, fix)];
          }),
  ],
]);

const OPERATOR_RULES = testRules([
  [
    'INVALID_VARIABLE_FOR_OPERATOR',
    'error',
    'A variable is the value of an operator other than of strings and ARNs.',
    ({ operator, values, operatorText }) =>
      operator.family === 'string' || operator.family === 'arn'
        ? []
        : values
            .filter(({ text }) => text.includes('${'))
            .map((value) => fault(value, `${operatorText.text} takes no variables`, 'write the value itself')),
  ],
]);

/**
 * Keys in which a wildcard has no valid use, in lower case. Source: IAM User Guide, reference_policies_condition-keys,
 * "Sensitive condition keys" (2026-11-29).
 */
export const SENSITIVE_KEYS: readonly string[] = [
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpceaccount',
  'aws:vpceorgid',
];

/** Values of a sensitive key that hold something open, with operators that take wildcards. */
function openValues({ name, operator, values }: LintedTest, isOpen: (text: string) => boolean): readonly TextValue[] {
  const applies = SENSITIVE_KEYS.includes(name) && operator.family === 'string' && operator.takesWildcards;
  // Only "*": whether the key is there, which other rules report.
  return applies ? values.filter(({ text }) => !/^\*+$/.test(text) && isOpen(text)) : [];
}

const SENSITIVE_RULES = testRules([
  [
    'WILDCARD_USAGE_TOO_PERMISSIVE',
    'error',
    'A wildcard is used in an account, organization, VPC or endpoint.',
    (test) =>
      openValues(test, (text) => /[*?]/.test(text.replaceAll(/\$\{[^}]*\}/g, ''))).map((value) =>
        fault(value, `a wildcard in ${test.key.text} may match values of strangers`, 'write the whole value'),
      ),
  ],
  [
    'VARIABLE_USAGE_TOO_PERMISSIVE',
    'error',
    'A variable that may hold a wildcard is used in an account, organization, VPC or endpoint.',
    (test) =>
      openValues(test, (text) => variablesIn(text).some((variable) => /tag\//i.test(variable.name))).map((value) =>
        fault(value, `a tag in ${test.key.text} may hold a wildcard`, 'write the value, or compare with StringEquals'),
      ),
  ],
]);

export const VARIABLE_RULES: readonly LintRule[] = [...TEXT_RULES, ...OPERATOR_RULES, ...SENSITIVE_RULES];
