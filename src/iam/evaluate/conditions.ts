/** Whether the conditions of a statement hold for a request. */
import { type ConditionOperator, operatorOf } from '../condition-operator.js';
import type { ConditionElement, ConditionTest } from '../policy-document.js';
import type { Glob } from '../wildcards.js';
import { valueMatches, valueReader } from './condition-operators.js';
import type { Hit } from './policies.js';
import { expandVariables } from './policy-variables.js';
import type { RequestContext } from './request-context.js';
import { allOf, anyOf, type Conclusion, not, plainly, unknownFor } from './truth.js';

export type ConditionConclusion = Conclusion<Hit>;

/**
 * Returns whether all conditions hold. Variables are replaced only if the version of the policy has them. The reasons of a
 * `no` name the conditions that do not hold.
 */
export function conditionsHold(
  condition: ConditionElement | null,
  context: RequestContext,
  hasVariables: boolean,
): ConditionConclusion {
  const findings = (condition?.blocks ?? []).flatMap(({ operator, tests }) => {
    const named = operatorOf(operator.text);
    if (named === null) throw new Error(`no such operator: ${operator.text}`);
    return tests.map((test) => {
      const finding = testHolds(named, test, context, hasVariables);
      return finding.truth === 'no' ? { ...finding, why: [`${operator.text} ${test.key.text}`] } : finding;
    });
  });
  return allOf(findings);
}

function testHolds(
  operator: ConditionOperator,
  test: ConditionTest,
  context: RequestContext,
  hasVariables: boolean,
): ConditionConclusion {
  const { qualifier } = operator;
  if (operator.family === 'presence' && qualifier !== null) return plainly(qualifier === 'ForAllValues' ? 'yes' : 'no');
  const known = context.lookup(test.key.text);
  if (known.state === 'unknown') return unknownFor(`context key ${test.key.text}`);
  if (known.state === 'absent' || known.values.length === 0)
    return plainly(holdsWithoutKey(operator, test) ? 'yes' : 'no');
  // To the qualifiers an empty value is an empty set.
  if (qualifier !== null && known.values.every((value) => value === ''))
    return plainly(qualifier === 'ForAllValues' ? 'yes' : 'no');
  if (test.values.length === 0) return plainly('no');
  const expected = test.values.map(({ text }) => expandedValue(text, operator, context, hasVariables));
  const each = known.values.map((actual): ConditionConclusion => {
    const matched = anyOf(
      expected.map((value) =>
        isGlob(value) ? plainly<Hit>(valueMatches(operator, actual, value) ? 'yes' : 'no') : value,
      ),
    );
    return operator.isNegated ? not(matched) : matched;
  });
  const wantsAll = qualifier === 'ForAllValues' || (qualifier === null && operator.isNegated);
  return wantsAll ? allOf(each) : anyOf(each);
}

function holdsWithoutKey(
  { family, isNegated, qualifier, hasIfExists }: ConditionOperator,
  test: ConditionTest,
): boolean {
  if (hasIfExists || qualifier === 'ForAllValues') return true;
  if (qualifier === 'ForAnyValue' || test.values.length === 0) return false;
  return family === 'presence' ? test.values.some(({ text }) => text.toLowerCase() === 'true') : isNegated;
}

function isGlob(value: Glob | ConditionConclusion): value is Glob {
  return Array.isArray(value);
}

/** Returns the value with its variables replaced; a value whose variable has none matches nothing. */
function expandedValue(
  text: string,
  operator: ConditionOperator,
  context: RequestContext,
  hasVariables: boolean,
): Glob | ConditionConclusion {
  const read = valueReader(operator);
  if (!(hasVariables && operator.takesVariables)) return read(text);
  const expansion = expandVariables(text, context, read);
  if (expansion.state === 'done') return expansion.glob;
  return expansion.state === 'absent' ? plainly('no') : unknownFor(`context key ${expansion.key}`);
}
