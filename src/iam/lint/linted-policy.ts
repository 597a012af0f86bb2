/** A document as rules see it: with its kind, the parsed operators of its conditions, and the data of AWS. */
import type { ActionData, ActionFacts, ConditionKeyFacts } from '../action-data.js';
import { type ConditionOperator, operatorOf } from '../condition-operator.js';
import type {
  ConditionTest,
  PolicyDocument,
  PolicyKind,
  PolicyStatement,
  PrincipalEntry,
  TextValue,
} from '../policy-document.js';
import { remembering } from '../recent.js';
import { coversText, hasWildcard } from '../wildcards.js';
import type { ResourceService } from './policy-kind.js';

export interface LintedPolicy {
  readonly document: PolicyDocument;
  readonly kind: PolicyKind;
  /** The service of a resource policy, if it is known. */
  readonly service: ResourceService | null;
  readonly data: ActionData | null;
}

export interface LintedStatement extends PolicyStatement {
  readonly isAllow: boolean;
  readonly isDeny: boolean;
  /** Every condition key of every valid operator. */
  readonly tests: readonly LintedTest[];
  /** The values of `Action`; none if the statement has `NotAction`. */
  readonly actions: readonly ActionPattern[];
  /** The values of `Resource`; none if the statement has `NotResource`. */
  readonly resources: readonly TextValue[];
}

export interface LintedTest extends ConditionTest {
  readonly operator: ConditionOperator;
  /** The operator as the file has it. */
  readonly operatorText: TextValue;
  /** The key in lower case, for comparisons. */
  readonly name: string;
}

/** A value of `Action`. */
export interface ActionPattern extends TextValue {
  /** In lower case; `*` for the action `*`. */
  readonly service: string;
  /** The part after the colon as the file has it. */
  readonly action: string;
  readonly hasWildcard: boolean;
}

/** Returns a statement as rules see it. It is made when its turn comes: a large document has hundreds of thousands. */
export function lintedStatement(statement: PolicyStatement): LintedStatement {
  return {
    ...statement,
    isAllow: statement.effect?.text === 'Allow',
    isDeny: statement.effect?.text === 'Deny',
    tests: testsOf(statement),
    actions: (statement.action?.values ?? []).map(actionPattern),
    resources: statement.resource?.values ?? [],
  };
}

/** Returns every condition key of every valid operator. */
export function testsOf({ condition }: PolicyStatement): LintedTest[] {
  return (condition?.blocks ?? []).flatMap(({ operator: operatorText, tests }) => {
    const operator = operatorOf(operatorText.text);
    if (operator === null) return [];
    return tests.map((test) => ({ ...test, operator, operatorText, name: test.key.text.toLowerCase() }));
  });
}

export function actionPattern({ start, end, text }: TextValue): ActionPattern {
  const { service, action, hasWildcard: isPattern } = actionParts(text);
  return { start, end, text, service, action, hasWildcard: isPattern };
}

const actionParts: (text: string) => Pick<ActionPattern, 'service' | 'action' | 'hasWildcard'> = remembering((text) => {
  const [service = '', ...rest] = text.split(':');
  const action = rest.length === 0 && service === '*' ? '*' : rest.join(':');
  return { service: service.toLowerCase(), action, hasWildcard: hasWildcard(text) };
});

/** Whether an action of AWS is among those that a pattern names. Both without regard to case. */
export function namesAction({ text }: TextValue, action: string): boolean {
  const pattern = text.toLowerCase();
  const name = action.toLowerCase();
  return (pattern[0] === name[0] || /^[*?]/.test(pattern)) && coversText(pattern, name);
}

/** Returns the actions of AWS that a pattern names; none if its service is unknown or has a wildcard. */
export function actionsNamed(pattern: ActionPattern, data: ActionData): readonly ActionFacts[] {
  if (!pattern.hasWildcard) {
    const action = data.action(pattern.text);
    return action === undefined ? [] : [action];
  }
  return data.actionsOf(pattern.service).filter(({ name }) => namesAction(pattern, name));
}

/** Whether the statement tests one of these keys, which are in lower case. A name that ends with `*` is a prefix. */
export function testsKey({ tests }: LintedStatement, ...keys: readonly string[]): boolean {
  return tests.some(({ name }) =>
    keys.some((key) => (key.endsWith('*') ? name.startsWith(key.slice(0, -1)) : name === key)),
  );
}

/** Returns the identifiers of the principals of one type. */
export function principalsOf({ principal }: PolicyStatement, type: PrincipalEntry['type']): readonly TextValue[] {
  return (principal?.entries ?? []).filter((entry) => entry.type === type).flatMap(({ values }) => values);
}

/** Whether the documents of a kind are attached to an identity: its own, its boundary, or its session. */
export function isIdentityKind(kind: PolicyKind): boolean {
  return kind === 'identity' || kind === 'boundary' || kind === 'session';
}

/** Returns what AWS says of a condition key, or undefined without data and for keys of other identity providers. */
export function keyFacts({ data }: LintedPolicy, name: string): ConditionKeyFacts | undefined {
  return data?.conditionKey(name);
}
