/** Rules about statements that allow passing any role, or creating any service-linked role. */

import { arnFields, withoutVariables } from '../arn-fields.js';
import type { TextValue } from '../policy-document.js';
import { coversText } from '../wildcards.js';
import { isIdentityKind, type LintedPolicy, type LintedStatement, namesAction, testsKey } from './linted-policy.js';
import { fault, type LintFault, type LintRule, type LintSeverity, statementRules } from './rule.js';

/** An action that gives away more than it seems, and what narrows it. */
interface WideAction {
  readonly action: string;
  readonly codePrefix: string;
  readonly severity: LintSeverity;
  readonly what: string;
  /** The condition key, in lower case, that narrows it enough. */
  readonly key: string;
  readonly keyName: string;
  /** The names of roles that it is about. */
  readonly roles: string;
}

const PASS_ROLE: WideAction = {
  action: 'iam:PassRole',
  codePrefix: 'PASS_ROLE',
  severity: 'security-warning',
  what: 'passing any role',
  key: 'iam:passedtoservice',
  keyName: 'iam:PassedToService',
  roles: 'role/*',
};

const CREATE_SLR: WideAction = {
  action: 'iam:CreateServiceLinkedRole',
  codePrefix: 'CREATE_SLR',
  severity: 'warning',
  what: 'creating any service-linked role',
  key: 'iam:awsservicename',
  keyName: 'iam:AWSServiceName',
  roles: 'role/aws-service-role/*',
};

/** How a statement comes to allow the action. */
type ActionForm = 'named' | 'star' | 'not';
type ResourceForm = 'star' | 'not';

/** Returns the value that allows the action, and whether it names it. */
function actionForm(statement: LintedStatement, { action }: WideAction): { form: ActionForm; at: TextValue } | null {
  const { notAction } = statement;
  if (notAction !== null)
    return notAction.values.some((value) => namesAction(value, action)) ? null : { form: 'not', at: notAction.key };
  const found = statement.actions.filter((value) => namesAction(value, action));
  const named = found.find(({ hasWildcard }) => !hasWildcard);
  const at = named ?? found[0];
  return at === undefined ? null : { form: named === undefined ? 'star' : 'named', at };
}

/** Returns the value that allows any role. A pattern with a part of a role's name does not. */
function resourceForm(statement: LintedStatement, { roles }: WideAction): { form: ResourceForm; at: TextValue } | null {
  if (statement.notResource !== null) return { form: 'not', at: statement.notResource.key };
  const at = statement.resources.find(({ text }) => {
    const pattern = withoutVariables(text);
    const { partition = '*', account = '*' } = arnFields(pattern) ?? {};
    return coversText(pattern, `arn:${partition}:iam::${account}:${roles}`);
  });
  return at === undefined ? null : { form: 'star', at };
}

const SUFFIX: Readonly<Record<`${ActionForm}-${ResourceForm}`, string>> = {
  'named-not': 'WITH_NOT_RESOURCE',
  'star-not': 'WITH_STAR_IN_ACTION_AND_NOT_RESOURCE',
  'not-not': 'WITH_NOT_ACTION_AND_NOT_RESOURCE',
  'named-star': 'WITH_STAR_IN_RESOURCE',
  'star-star': 'WITH_STAR_IN_ACTION_AND_RESOURCE',
  'not-star': 'WITH_STAR_IN_RESOURCE_AND_NOT_ACTION',
};

const ACTION_WORDS: Readonly<Record<ActionForm, string>> = {
  named: 'the action',
  star: 'a wildcard in Action',
  not: 'NotAction',
};

/** A condition or narrow resources would also hold for the other actions of the statement. */
function fixFor(form: ActionForm, { action, keyName }: WideAction): string {
  const narrow = `the ARNs of the roles in Resource and a condition on ${keyName}`;
  if (form === 'named') return `write ${narrow}`;
  return form === 'star'
    ? `name the actions that are needed, and allow ${action} in a statement of its own with ${narrow}`
    : `add ${action} to NotAction, and allow it in a statement of its own with ${narrow}`;
}

function wideStatement(
  statement: LintedStatement,
  { kind }: LintedPolicy,
  wide: WideAction,
  form: `${ActionForm}-${ResourceForm}`,
): LintFault[] {
  if (!statement.isAllow || !isIdentityKind(kind)) return [];
  const action = actionForm(statement, wide);
  if (action === null || !form.startsWith(action.form)) return [];
  const resource = resourceForm(statement, wide);
  if (resource === null || `${action.form}-${resource.form}` !== form) return [];
  if (resource.form === 'star' && testsKey(statement, wide.key)) return [];
  const place = action.form === 'named' ? resource.at : action.at;
  const with_ = resource.form === 'star' ? 'this Resource' : 'NotResource';
  const message = `${ACTION_WORDS[action.form]} together with ${with_} allows ${wide.what} (${wide.action})`;
  return [fault(place, message, fixFor(action.form, wide))];
}

export const PASS_ROLE_RULES: readonly LintRule[] = statementRules(
  [PASS_ROLE, CREATE_SLR].flatMap((wide) =>
    Object.entries(SUFFIX).map(
      ([form, suffix]) =>
        [
          `${wide.codePrefix}_${suffix}`,
          wide.severity,
          `A statement allows ${wide.what}: ${suffix.replace('WITH_', '').toLowerCase().replaceAll('_', ' ')}.`,
          (statement: LintedStatement, policy: LintedPolicy) =>
            wideStatement(statement, policy, wide, form as keyof typeof SUFFIX),
        ] as const,
    ),
  ),
);
