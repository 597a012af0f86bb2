/** Whether the conditions of a statement hold for a request. */
import type { ConditionElement, ConditionTest } from '../policy-document.js';
import type { Glob } from '../wildcards.js';
import { type NamedOperator, operatorNamed } from './condition-operators.js';
import type { Hit } from './policies.js';
import { expandVariables } from './policy-variables.js';
import type { RequestContext } from './request-context.js';
import { allOf, anyOf, type Finding, not, plainly, unknownFor } from './truth.js';

export type ConditionFinding = Finding<Hit>;

/**
 * Returns whether all conditions hold. Variables are replaced only if the version of the policy has them. The reasons of a
 * `no` name the conditions that do not hold.
 */
export function conditionsHold(
  condition: ConditionElement | null,
  context: RequestContext,
  hasVariables: boolean,
): ConditionFinding {
  const findings = (condition?.blocks ?? []).flatMap(({ operator, tests }) => {
    const named = operatorNamed(operator.text);
    if (named === undefined) throw new Error(`no such operator: ${operator.text}`);
    return tests.map((test) => {
      const finding = testHolds(named, test, context, hasVariables);
      return finding.truth === 'no' ? { ...finding, why: [`${operator.text} ${test.key.text}`] } : finding;
    });
  });
  return allOf(findings);
}

function testHolds(
  named: NamedOperator,
  test: ConditionTest,
  context: RequestContext,
  hasVariables: boolean,
): ConditionFinding {
  const { operator, quantifier } = named;
  const known = context.lookup(test.key.text);
  if (known.state === 'unknown') return unknownFor(`context key ${test.key.text}`);
  if (known.state === 'absent' || known.values.length === 0)
    return plainly(holdsWithoutKey(named, test) ? 'yes' : 'no');
  // To the quantifiers an empty value is an empty set.
  if (quantifier !== null && known.values.every((value) => value === ''))
    return plainly(quantifier === 'ForAllValues' ? 'yes' : 'no');
  if (test.values.length === 0) return plainly('no');
  const expected = test.values.map(({ text }) => expandedValue(text, operator, context, hasVariables));
  const each = known.values.map((actual): ConditionFinding => {
    const matched = anyOf(
      expected.map((value) => (isGlob(value) ? plainly<Hit>(operator.matches(actual, value) ? 'yes' : 'no') : value)),
    );
    return operator.isNegated ? not(matched) : matched;
  });
  const wantsAll = quantifier === 'ForAllValues' || (quantifier === null && operator.isNegated);
  return wantsAll ? allOf(each) : anyOf(each);
}

function holdsWithoutKey({ name, operator, quantifier, ifExists }: NamedOperator, test: ConditionTest): boolean {
  if (ifExists || quantifier === 'ForAllValues') return true;
  if (quantifier === 'ForAnyValue' || test.values.length === 0) return false;
  return name === 'Null' ? test.values.some(({ text }) => text.toLowerCase() === 'true') : operator.isNegated;
}

function isGlob(value: Glob | ConditionFinding): value is Glob {
  return Array.isArray(value);
}

/** Returns the value with its variables replaced; a value whose variable has none matches nothing. */
function expandedValue(
  text: string,
  operator: NamedOperator['operator'],
  context: RequestContext,
  hasVariables: boolean,
): Glob | ConditionFinding {
  if (!(hasVariables && operator.hasVariables)) return operator.read(text);
  const expansion = expandVariables(text, context, operator.read);
  if (expansion.state === 'done') return expansion.glob;
  return expansion.state === 'absent' ? plainly('no') : unknownFor(`context key ${expansion.key}`);
}
