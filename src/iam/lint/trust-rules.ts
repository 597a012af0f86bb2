/** Rules about the trust policies of roles. */
import type { TextValue } from '../policy-document.js';
import { hasWildcard } from '../wildcards.js';
import { type LintedStatement, type LintedTest, namesAction, principalsOf } from './linted-policy.js';
import {
  enumerate,
  fault,
  type LintFault,
  type LintRule,
  type LintSeverity,
  quote,
  type StatementCheck,
  statementRules,
  testRules,
} from './rule.js';

const SAML_PROVIDER = /^arn:aws[a-z-]*:iam::\d{12}:saml-provider\/.+$/;
const OIDC_PROVIDER = /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/(.+)$/;
const DOMAIN = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
const GITHUB = 'token.actions.githubusercontent.com';

/** Providers whose tokens have one audience. */
const SINGLE_AUDIENCE = [
  'accounts.google.com',
  'graph.facebook.com',
  'www.amazon.com',
  'cognito-identity.amazonaws.com',
  GITHUB,
];

const ANYWHERE = 'rolesanywhere.amazonaws.com';
const ANYWHERE_ACTIONS = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

/** A row whose check runs in trust policies only. */
function inTrust(
  code: string,
  severity: LintSeverity,
  summary: string,
  check: StatementCheck,
): readonly [string, LintSeverity, string, StatementCheck] {
  return [code, severity, summary, (statement, policy) => (policy.kind === 'trust' ? check(statement, policy) : [])];
}

/** The address of an OpenID Connect provider, or null for a SAML provider and for wrong forms. */
function oidcProvider(text: string): string | null {
  return OIDC_PROVIDER.exec(text)?.[1] ?? (DOMAIN.test(text) ? text : null);
}

function oidcPrincipals(statement: LintedStatement): { value: TextValue; provider: string }[] {
  if (!statement.isAllow) return [];
  return principalsOf(statement, 'Federated').flatMap((value) => {
    const provider = oidcProvider(value.text);
    return provider === null ? [] : [{ value, provider }];
  });
}

/** Whether some principal of the statement can call the action. */
function suits(statement: LintedStatement, action: string): boolean {
  const federated = principalsOf(statement, 'Federated');
  if (action === 'sts:assumerolewithsaml') return federated.some(({ text }) => SAML_PROVIDER.test(text));
  if (action === 'sts:assumerolewithwebidentity') return federated.some(({ text }) => oidcProvider(text) !== null);
  return statement.principal === null || (statement.principal.entries ?? []).some(({ type }) => type !== 'Federated');
}

const ASSUMING = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'];

function mismatchedActions(statement: LintedStatement): LintFault[] {
  // Wrong forms of principals are reported by other rules.
  if (statement.principal === null || statement.principal.entries.length === 0) return [];
  return statement.actions.flatMap((action) => {
    const name = action.text.toLowerCase();
    if (!ASSUMING.includes(name) || suits(statement, name)) return [];
    const fix =
      'use sts:AssumeRoleWithSAML for SAML providers, sts:AssumeRoleWithWebIdentity for OpenID Connect providers, and sts:AssumeRole for others';
    return [fault(action, `no principal of the statement can call ${action.text}`, fix)];
  });
}

function missingActions(statement: LintedStatement): LintFault[] {
  const service = principalsOf(statement, 'Service').find(({ text }) => text === ANYWHERE);
  if (!statement.isAllow || service === undefined || statement.action === null) return [];
  const missing = ANYWHERE_ACTIONS.filter((name) => !statement.actions.some((action) => namesAction(action, name)));
  if (missing.length === 0) return [];
  return [fault(statement.action, `${ANYWHERE} also needs ${enumerate(missing)}`, `add ${enumerate(missing)}`)];
}

function redundantSessions(statement: LintedStatement): LintFault[] {
  const principals = principalsOf(statement, 'AWS');
  const roles = new Set(
    principals.flatMap(({ text }) => {
      const [, account, path] = /^arn:[^:]+:iam::(\d{12}):role\/(.+)$/.exec(text) ?? [];
      return path === undefined ? [] : [`${account}/${path.split('/').at(-1)}`];
    }),
  );
  return principals.flatMap((value) => {
    const [, account, role] = /^arn:[^:]+:(?:sts|iam)::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(value.text) ?? [];
    if (role === undefined || !roles.has(`${account}/${role}`)) return [];
    return [fault(value, `the statement names the role ${role} already`, 'remove the session')];
  });
}

/** Returns the values of the claim `sub` of GitHub's tokens that leave the repository or the branch open. */
function broadSubjects(test: LintedTest, statement: LintedStatement): LintFault[] {
  if (test.name !== `${GITHUB}:sub` || !statement.isAllow || !test.operator.takesWildcards) return [];
  const hasBranch = statement.tests.some(({ name }) => name === `${GITHUB}:ref`);
  return test.values.flatMap((value) => {
    const [, repository, rest = ''] = /^repo:([^:]*)(.*)$/.exec(value.text) ?? [];
    const isExact = repository !== undefined && !hasWildcard(repository) && (hasBranch || !hasWildcard(rest));
    if (isExact || !hasWildcard(value.text)) return [];
    const message = `the wildcard in ${quote(value.text)} lets more repositories or branches assume the role`;
    return [fault(value, message, 'name the repository and the branch: repo:OWNER/NAME:ref:refs/heads/BRANCH')];
  });
}

/** Whether the test is of the claim `aud` with a qualifier; of a provider with one audience if `isSingle`. */
function qualifiesAudience({ name, operator }: LintedTest, isSingle: boolean): boolean {
  if (!name.endsWith(':aud') || operator.qualifier === null) return false;
  return SINGLE_AUDIENCE.includes(name.slice(0, -':aud'.length)) === isSingle;
}

const STATEMENT_RULES = statementRules([
  inTrust(
    'ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL',
    'error',
    'A trust policy has NotPrincipal.',
    ({ notPrincipal }) =>
      notPrincipal === null
        ? []
        : [fault(notPrincipal.key, 'a trust policy cannot have NotPrincipal', 'name the principals with Principal')],
  ),
  inTrust('ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE', 'error', 'A trust policy has a resource.', (statement) =>
    [statement.resource, statement.notResource].flatMap((element) =>
      element === null
        ? []
        : [fault(element.key, `a trust policy has no ${element.key.text}: it applies to its role`, 'remove it')],
    ),
  ),
  inTrust(
    'ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
    'error',
    'The principal of a trust policy is "*".',
    ({ principal }) =>
      principal?.text?.text === '*'
        ? [fault(principal, 'the principal of a trust policy cannot be "*"', 'name accounts, roles or services')]
        : [],
  ),
  inTrust(
    'MISMATCHED_ACTION_FOR_PRINCIPAL',
    'error',
    'No principal of the statement can call the action.',
    mismatchedActions,
  ),
  inTrust(
    'INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY',
    'error',
    'A federated principal is neither a domain nor the ARN of a provider.',
    (statement) =>
      principalsOf(statement, 'Federated').flatMap((value) =>
        SAML_PROVIDER.test(value.text) || oidcProvider(value.text) !== null || hasWildcard(value.text)
          ? []
          : [
              fault(
                value,
                `${quote(value.text)} is not an identity provider`,
                'use the ARN of a saml-provider or oidc-provider, or a domain',
              ),
            ],
      ),
  ),
  inTrust(
    'MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY',
    'error',
    'IAM Roles Anywhere lacks an action that it needs.',
    missingActions,
  ),
  inTrust(
    'REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY',
    'suggestion',
    'A statement names a role and a session of the same role.',
    redundantSessions,
  ),
  inTrust(
    'MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL',
    'security-warning',
    'A trust policy allows every token of an OpenID Connect provider.',
    (statement) =>
      oidcPrincipals(statement).flatMap(({ value, provider }) =>
        statement.tests.some(({ name }) => name.startsWith(`${provider.toLowerCase()}:`))
          ? []
          : [
              fault(
                value,
                `every token of ${provider} can assume the role`,
                `add a condition on ${provider}:aud or ${provider}:sub`,
              ),
            ],
      ),
  ),
  inTrust(
    'MISSING_GITHUB_REPO_CONDITION_KEY',
    'security-warning',
    'A trust policy allows GitHub Actions of every repository.',
    (statement) =>
      oidcPrincipals(statement).flatMap(({ value, provider }) =>
        provider !== GITHUB || statement.tests.some(({ name }) => name === `${GITHUB}:sub`)
          ? []
          : [
              fault(
                value,
                'workflows of every GitHub repository can assume the role',
                `add a condition on ${GITHUB}:sub with the repository and branch`,
              ),
            ],
      ),
  ),
]);

const TEST_RULES = testRules([
  [
    'SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED',
    'warning',
    'A trust policy for GitHub leaves the repository or the branch open.',
    broadSubjects,
  ],
  [
    'FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE',
    'security-warning',
    'ForAnyValue tests the audience of a provider whose tokens have one.',
    (test) =>
      qualifiesAudience(test, true) && test.operator.qualifier === 'ForAnyValue'
        ? [fault(test.operatorText, `${test.key.text} has a single value`, 'remove ForAnyValue:')]
        : [],
  ],
  [
    'CONFIRM_AUDIENCE_CLAIM_TYPE',
    'suggestion',
    'A qualifier tests an audience, which most providers send as a single value.',
    (test) =>
      qualifiesAudience(test, false)
        ? [
            fault(
              test.operatorText,
              `${test.key.text} has a single value for most providers`,
              `remove ${test.operator.qualifier}: if your provider sends one audience`,
            ),
          ]
        : [],
  ],
]);

const OWN_RULES = statementRules(
  [
    inTrust(
      'ROLE_TRUSTS_EVERYONE',
      'security-warning',
      'A trust policy allows every AWS account, without a condition.',
      (statement) =>
        statement.isAllow && statement.tests.length === 0
          ? principalsOf(statement, 'AWS')
              .filter(({ text }) => text === '*')
              .map((value) =>
                fault(value, 'every identity of every AWS account can assume the role', 'name accounts or roles'),
              )
          : [],
    ),
  ],
  { isOwn: true },
);

export const TRUST_RULES: readonly LintRule[] = [...STATEMENT_RULES, ...TEST_RULES, ...OWN_RULES];
