/** Rules about the operators of conditions and the JSON types of their values. */

import { inFormOf, OPERATOR_NAMES, operatorOf } from '../condition-operator.js';
import { hasWildcard } from '../wildcards.js';
import { keyFacts, type LintedPolicy, type LintedTest } from './linted-policy.js';
import { nearest } from './nearest.js';
import { fault, type LintFault, type LintRule, quote, statementRules, testRules } from './rule.js';
import { SENSITIVE_KEYS } from './variable-rules.js';

/** Keys of maps of tags, in lower case: each needs the key of the tag after a slash. */
const TAG_MAPS =
  /^(?:[a-z0-9-]+:(?:resourcetag|requesttag|principaltag)|s3:(?:existingobjecttag|requestobjecttag|buckettag|accesspointtag))\/?$/;

/** Returns the operator that a misspelt one may have meant, with its qualifier and suffix, or null. */
function meantOperator(text: string): string | null {
  const [, qualifier, name = '', suffix = ''] = /^(?:(.*):)?(.*?)(IfExists)?$/is.exec(text) ?? [];
  const near = nearest(name, OPERATOR_NAMES);
  if (near === null || qualifier === undefined) return near === null ? null : near + suffix;
  const nearQualifier = nearest(qualifier, ['ForAllValues', 'ForAnyValue']);
  return nearQualifier === null ? null : `${nearQualifier}:${near}${suffix}`;
}

const STATEMENT_RULES = statementRules([
  [
    'INVALID_CONDITION_OPERATOR',
    'error',
    'A condition operator does not exist.',
    ({ condition }) =>
      (condition?.blocks ?? []).flatMap(({ operator }) => {
        if (operatorOf(operator.text) !== null) return [];
        const near = meantOperator(operator.text);
        const fix = near === null ? `use one of: ${OPERATOR_NAMES.join(', ')}` : `use ${near}`;
        return [fault(operator, `there is no condition operator ${quote(operator.text)}`, fix)];
      }),
  ],
]);

/** What to do about a wildcard that is taken literally. Wildcards for accounts and organizations let strangers in. */
function literalWildcardFix({ operator, name }: LintedTest, text: string, policy: LintedPolicy): string {
  if (SENSITIVE_KEYS.includes(name)) return 'write the whole value';
  const family = keyFacts(policy, name)?.type === 'ARN' ? 'Arn' : 'String';
  const like = inFormOf(operator, operator.isNegated ? `${family}NotLike` : `${family}Like`);
  const characters = ['*', '?'].filter((character) => text.replaceAll(/\$\{[^}]*\}/g, '').includes(character));
  return `use ${like}, or write ${characters.map((character) => `\${${character}}`).join(' and ')} for the character itself`;
}

function mixedTypes({ values }: LintedTest): LintFault[] {
  const [first] = values;
  const other = values.find(({ type }) => type !== first?.type);
  if (first === undefined || other === undefined) return [];
  return [fault(other, `the values are a ${first.type} and a ${other.type}`, 'write all values as strings')];
}

const TEST_RULES = testRules([
  [
    'INVALID_CONDITION_KEY_FORMAT',
    'error',
    'A condition key has no service, or no name.',
    ({ key }) =>
      /^[^\s:]+:\S.*$/.test(key.text)
        ? []
        : [fault(key, `${quote(key.text)} is not a condition key`, 'use the form SERVICE:NAME')],
  ],
  ['INVALID_CONDITION_DATA_TYPE', 'error', 'The values of a condition key have different JSON types.', mixedTypes],
  [
    'INVALID_CONDITION_MULTIPLE_BOOLEAN',
    'error',
    'Bool or Null has several values.',
    (test) =>
      (test.operator.family === 'boolean' || test.operator.family === 'presence') && test.values.length > 1
        ? [fault(test, `${test.operatorText.text} takes one value, found ${test.values.length}`, 'keep one value')]
        : [],
  ],
  [
    'NULL_WITH_IF_EXISTS',
    'error',
    'Null has the suffix IfExists.',
    ({ operator, operatorText }) =>
      operator.family === 'presence' && operator.hasIfExists
        ? [fault(operatorText, 'Null cannot have the suffix IfExists', 'write "Null"')]
        : [],
  ],
  [
    'NULL_WITH_QUALIFIER',
    'suggestion',
    'Null has a qualifier, so its result is always the same.',
    ({ operator, operatorText }) =>
      operator.family === 'presence' && operator.qualifier !== null
        ? [
            fault(
              operatorText,
              `${operatorText.text} is always ${operator.qualifier === 'ForAllValues'}`,
              'write "Null" without a qualifier',
            ),
          ]
        : [],
  ],
  [
    'MISSING_TAG_KEY_IN_CONDITION',
    'error',
    'A condition on tags does not name the tag.',
    ({ key, name }) =>
      TAG_MAPS.test(name)
        ? [fault(key, `${quote(key.text)} does not name a tag`, `use ${key.text.replace(/\/$/, '')}/TAG-KEY`)]
        : [],
  ],
  [
    'WILDCARD_WITHOUT_LIKE_OPERATOR',
    'warning',
    'A value has * or ?, but its operator takes them literally.',
    (test, _statement, policy) =>
      test.operator.family === 'string' && !test.operator.takesWildcards
        ? test.values
            .filter(({ text }) => hasWildcard(text))
            .map((value) =>
              fault(
                value,
                `${test.operatorText.text} compares ${quote(value.text)} literally`,
                literalWildcardFix(test, value.text, policy),
              ),
            )
        : [],
  ],
]);

/**
 * Whether a test with the pattern `*` is always true or never, or only says whether the key is there. `StringNotLike`
 * with `*` is true only when the key is missing, and IfExists makes any operator true then.
 */
function constantOf({ operator, values }: LintedTest): 'always' | 'never' | 'present' | 'missing' | null {
  const matchesAll =
    operator.family === 'string' && operator.takesWildcards && values.some(({ text }) => /^\*+$/.test(text));
  if (!matchesAll) return null;
  if (operator.qualifier === 'ForAllValues') return operator.isNegated ? 'missing' : 'always';
  if (operator.isNegated) return operator.qualifier === 'ForAnyValue' && !operator.hasIfExists ? 'never' : 'missing';
  return operator.hasIfExists ? 'always' : 'present';
}

function constantRule(
  which: ReturnType<typeof constantOf>,
  effect: string,
  fix: string,
): (test: LintedTest) => LintFault[] {
  return (test) =>
    constantOf(test) === which ? [fault(test, `${test.operatorText.text} with "*" ${effect}`, fix)] : [];
}

const CONSTANT_RULES = testRules([
  [
    'REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION',
    'suggestion',
    'A condition key always matches because of a wildcard.',
    constantRule('always', 'always matches', 'remove the key'),
  ],
  [
    'REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION',
    'suggestion',
    'A condition key never matches because of a wildcard.',
    constantRule('never', 'never matches, so the statement has no effect', 'remove the key or the statement'),
  ],
  [
    'EQUIVALENT_TO_NULL_FALSE',
    'suggestion',
    'A condition only tests that a key is present.',
    constantRule('present', 'only tests that the key is present', 'use "Null": {KEY: "false"}'),
  ],
  [
    'EQUIVALENT_TO_NULL_TRUE',
    'suggestion',
    'A condition only tests that a key is missing.',
    constantRule('missing', 'only tests that the key is missing', 'use "Null": {KEY: "true"}'),
  ],
]);

export const OPERATOR_RULES: readonly LintRule[] = [...STATEMENT_RULES, ...TEST_RULES, ...CONSTANT_RULES];
