/** Which condition keys and resources the actions of a statement have, by AWS's data. */
import type { ActionData, ActionFacts } from '../action-data.js';
import { type ArnFields, arnFields, withoutVariables } from '../arn-fields.js';
import { coversText, overlapsText } from '../wildcards.js';
import { type ActionPattern, actionsNamed, type LintedStatement } from './linted-policy.js';

/** A value of `Action` with the actions of AWS that it names. */
export interface KnownAction {
  readonly pattern: ActionPattern;
  readonly facts: readonly ActionFacts[];
}

/** Returns the values of `Action`, or null if one is unknown or names several services: nothing can be said then. */
export function knownActions({ actions, notAction }: LintedStatement, data: ActionData | null): KnownAction[] | null {
  if (data === null || notAction !== null) return null;
  const known = actions.map((pattern) => ({ pattern, facts: actionsNamed(pattern, data) }));
  return known.every(({ facts }) => facts.length > 0) ? known : null;
}

/** Whether requests for an action have a condition key, in lower case, because of the action or of its resources. */
export function hasKey(action: ActionFacts, name: string, data: ActionData): boolean {
  const ofTypes = data
    .resourceTypesOf(action.service)
    .filter((type) => action.resourceTypes.some((used) => used.name === type.name))
    .flatMap(({ conditionKeys }) => conditionKeys);
  const ofAction = [...action.conditionKeys, ...action.resourceTypes.flatMap(({ conditionKeys }) => conditionKeys)];
  return [...ofAction, ...ofTypes].some((key) => coversText(keyPattern(key), name));
}

/** `s3:ExistingObjectTag/<key>` and `aws:ResourceTag/${TagKey}` with `*` for their variable part, in lower case. */
export function keyPattern(key: string): string {
  return key.toLowerCase().replaceAll(/\$\{[^}]*\}|<[^>]*>/g, '*');
}

const formsKnown = new WeakMap<ActionFacts, ArnFields[]>();

/** Returns the forms of the resources that an action takes. */
export function formsOf(action: ActionFacts, data: ActionData): ArnFields[] {
  const known = formsKnown.get(action) ?? readForms(action, data);
  formsKnown.set(action, known);
  return known;
}

function readForms(action: ActionFacts, data: ActionData): ArnFields[] {
  return data.resourceTypesOf(action.service).flatMap(({ name, arn }) => {
    const form = action.resourceTypes.some((used) => used.name === name)
      ? arnFields(arn.replaceAll(/\$\{[^}]*\}/g, '*'))
      : null;
    return form === null ? [] : [form];
  });
}

/** Whether a value of `Resource` may name a resource of a form. A value that is no whole ARN may name anything. */
export function mayName(text: string, form: ArnFields): boolean {
  const fields = arnFields(withoutVariables(text));
  if (fields === null) return true;
  return (['service', 'region', 'account', 'resource'] as const).every((field) =>
    overlapsText(form[field], fields[field]),
  );
}
