/**
 * Rules about service control policies and resource control policies. Service control policies take the whole policy
 * language but for principals, so the other SCP_SYNTAX_ERROR codes have no rule. Source: AWS Security Blog, "AWS Organizations
 * service control policy now supports full IAM language".
 */
import type { ConditionOperator } from '../condition-operator.js';
import { memberOf } from '../json-source.js';
import type { LintedStatement } from './linted-policy.js';
import {
  fault,
  type LintFault,
  type LintRule,
  type LintSeverity,
  type StatementCheck,
  statementRules,
} from './rule.js';

/** A row whose check runs in policies of one kind. */
function inKind(
  kind: 'scp' | 'rcp',
  code: string,
  severity: LintSeverity,
  summary: string,
  check: StatementCheck,
): readonly [string, LintSeverity, string, StatementCheck] {
  return [code, severity, summary, (statement, policy) => (policy.kind === kind ? check(statement, policy) : [])];
}

/** Whether the statement is true only for callers that are, or are not, services of AWS. */
function testsService({ tests }: LintedStatement, value: 'true' | 'false'): boolean {
  return tests.some(
    ({ name, operator, values }) =>
      name === 'aws:principalisawsservice' &&
      operator.family === 'boolean' &&
      values.some(({ text }) => text.toLowerCase() === value),
  );
}

/** Whether an operator is true when its key is missing. Others deny nothing then. */
function holdsWithoutKey({ isNegated, hasIfExists, qualifier, family }: ConditionOperator): boolean {
  if (family === 'presence') return false;
  return hasIfExists || qualifier === 'ForAllValues' || (isNegated && qualifier === null);
}

/** Faults at each key of a Deny statement that a pattern matches, without its companion. */
function withoutCompanion(
  statement: LintedStatement,
  keys: RegExp,
  has: boolean,
  message: string,
  fix: string,
): LintFault[] {
  if (!statement.isDeny || has) return [];
  const found = statement.tests.find(({ name, operator }) => keys.test(name) && holdsWithoutKey(operator));
  return found === undefined ? [] : [fault(found.key, `${found.key.text}: ${message}`, fix)];
}

const PRINCIPAL_KEYS = /^aws:(?:principalorgid|principalorgpaths|principalaccount|principalarn|principaltag\/.*)$/;
const SOURCE_KEYS = /^aws:(?:sourceorgid|sourceorgpaths|sourceaccount|sourcearn)$/;
const SOURCE_ORGANIZATION = /^aws:(?:sourceorgid|sourceorgpaths)$/;

function hasNullCheck({ tests }: LintedStatement): boolean {
  return tests.some(
    ({ name, operator }) => operator.family === 'presence' && /^aws:(?:sourceaccount|sourcearn)$/.test(name),
  );
}

export const ORGANIZATION_RULES: readonly LintRule[] = statementRules([
  inKind('scp', 'SCP_SYNTAX_ERROR_PRINCIPAL', 'error', 'A service control policy names a principal.', (statement) =>
    [statement.principal, statement.notPrincipal].flatMap((element) =>
      element === null
        ? []
        : [
            fault(
              element.key,
              `a service control policy has no ${element.key.text}`,
              'remove it, and add a condition on aws:PrincipalArn if you need one',
            ),
          ],
    ),
  ),
  inKind(
    'rcp',
    'RCP_SYNTAX_ERROR_PRINCIPAL',
    'error',
    'The principal of a resource control policy is not "*".',
    (statement) => {
      const { principal, notPrincipal } = statement;
      const fix = 'write "Principal": "*", and select callers with conditions';
      if (notPrincipal !== null) return [fault(notPrincipal.key, 'a resource control policy has no NotPrincipal', fix)];
      const isEveryone =
        principal?.text?.text === '*' ||
        (principal?.entries.every(({ values }) => values.every(({ text }) => text === '*')) ?? true);
      return principal === null || isEveryone
        ? []
        : [fault(principal, 'the principal of a resource control policy can only be "*"', fix)];
    },
  ),
  inKind(
    'rcp',
    'RCP_SYNTAX_ERROR_ALLOW',
    'error',
    'A resource control policy allows something. Only RCPFullAWSAccess does.',
    ({ effect, isAllow, resources, condition, node }) => {
      const isFull =
        resources.some(({ text }) => text === '*') && condition === null && memberOf(node, 'NotResource') === undefined;
      return effect === null || !isAllow || isFull
        ? []
        : [
            fault(
              effect,
              'Allow takes only the resource "*" and no condition in a resource control policy',
              'use Deny with the opposite condition, or with NotResource',
            ),
          ];
    },
  ),
  inKind('rcp', 'RCP_SYNTAX_ERROR_NOTACTION', 'error', 'A resource control policy has NotAction.', ({ notAction }) =>
    notAction === null
      ? []
      : [fault(notAction.key, 'a resource control policy has no NotAction', 'name the actions with Action')],
  ),
  inKind(
    'rcp',
    'RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY',
    'warning',
    'A condition on the caller also denies the services of AWS.',
    (statement) =>
      withoutCompanion(
        statement,
        PRINCIPAL_KEYS,
        testsService(statement, 'false'),
        'is missing when a service of AWS calls, so the service is denied',
        'add "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}',
      ),
  ),
  inKind(
    'rcp',
    'RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY',
    'warning',
    'A condition on the source also denies your own principals.',
    (statement) =>
      withoutCompanion(
        statement,
        SOURCE_KEYS,
        testsService(statement, 'true'),
        'is missing when your principals call, so they are denied',
        'add "Bool": {"aws:PrincipalIsAWSService": "true"}',
      ),
  ),
  inKind(
    'rcp',
    'RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK',
    'warning',
    'A condition on the source organization also denies calls that have no source.',
    (statement) =>
      withoutCompanion(
        statement,
        SOURCE_ORGANIZATION,
        hasNullCheck(statement),
        'is missing in some calls of services, which are then denied',
        'add "Null": {"aws:SourceAccount": "false"}',
      ),
  ),
]);

export const ORGANIZATION_DATA_RULES: readonly LintRule[] = statementRules(
  [
    inKind(
      'rcp',
      'RCP_SYNTAX_ERROR_ACTION',
      'error',
      'A resource control policy names an action of a service that it cannot govern.',
      ({ actions, isAllow }, { data }) => {
        const supported = data?.servicesWithControlPolicies() ?? [];
        if (isAllow || supported.length === 0) return [];
        return actions.flatMap((action) =>
          supported.includes(action.service) || action.text === '*'
            ? []
            : [
                fault(
                  action,
                  `resource control policies do not govern ${action.service}`,
                  'remove the action, or limit it for your principals in a service control policy',
                ),
              ],
        );
      },
    ),
  ],
  { needsData: true },
);
