/** Rules about principals in every kind of policy. */
import type { PrincipalElement, TextValue } from '../policy-document.js';
import { hasWildcard } from '../wildcards.js';
import {
  isIdentityKind,
  type LintedPolicy,
  type LintedStatement,
  type LintedTest,
  principalsOf,
  testsKey,
} from './linted-policy.js';
import { nearest } from './nearest.js';
import { fault, type LintFault, type LintRule, quote, statementRules, testRules } from './rule.js';

const PRINCIPAL_TYPES = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

const ACCOUNT = /^\d{12}$/;
/** The unique identifiers of users (AIDA) and roles (AROA) that IAM shows for deleted principals. */
const UNIQUE_ID = /^A(?:IDA|ROA|GPA|NPA)[A-Z0-9]{12,}$/;
/** Users, roles, the root of an account, sessions, and the identity of a CloudFront distribution. */
const PRINCIPAL_ARN =
  /^arn:aws[a-z-]*:(?:iam::(?:\d{12}:(?:root|user\/.+|role\/.+)|cloudfront:user\/.+)|sts::\d{12}:(?:assumed-role|federated-user)\/.+)$/;

/** Names such as `sagemaker.amazonaws.com`, also of other partitions. */
const SERVICE_NAME =
  /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|amazon\.com|aws\.internal|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk)$/;
/** The form of `kms:ViaService`: the service, the Region, the domain. */
const VIA_SERVICE = /^[a-z0-9.-]+\.[a-z0-9-]+-\d+\.[a-z0-9.-]+$/;
/** Condition keys, in lower case, whose values are names of services. */
const SERVICE_KEYS = [
  'iam:passedtoservice',
  'iam:awsservicename',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
];

/** Condition keys, in lower case, that say on whose behalf a service calls. */
export const SOURCE_KEYS = ['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths'];

/** Keys that are missing when a service calls as itself. */
const CALLER_KEYS = /^aws:(?:principalorgid|principalorgpaths|principalaccount)$/;

/** Services that deliver logs of balancers and send no source. Source: ELB User Guide, enable-access-logging. */
const WITHOUT_SOURCE = ['logdelivery.elasticloadbalancing.amazonaws.com'];

function elements({ principal, notPrincipal }: LintedStatement): PrincipalElement[] {
  return [principal, notPrincipal].filter((element) => element !== null);
}

function values(statement: LintedStatement, ...types: readonly string[]): TextValue[] {
  return elements(statement)
    .flatMap(({ entries }) => entries)
    .filter(({ type }) => types.includes(type))
    .flatMap((entry) => entry.values);
}

function wrongFormat(statement: LintedStatement, { kind }: LintedPolicy): LintFault[] {
  const fix = 'use {"AWS": "ACCOUNT OR ARN"} or {"Service": "NAME.amazonaws.com"}';
  // In a resource control policy every principal but "*" is another rule's business.
  const texts = elements(statement).flatMap(({ text }) =>
    text === null || text.text === '*' || kind === 'rcp'
      ? []
      : [fault(text, `the principal ${quote(text.text)} has no type`, fix)],
  );
  const identifiers = values(statement, 'AWS').flatMap((value) => {
    const isValid = ACCOUNT.test(value.text) || UNIQUE_ID.test(value.text) || PRINCIPAL_ARN.test(value.text);
    // Wildcards and variables are other rules' business.
    if (isValid || hasWildcard(value.text) || value.text.includes('${')) return [];
    const expected = 'use an account of 12 digits, or the ARN of a root, user, role or session';
    return [fault(value, `${quote(value.text)} is not an AWS principal`, expected)];
  });
  return [...texts, ...identifiers];
}

function wildcards(statement: LintedStatement): LintFault[] {
  return elements(statement)
    .flatMap(({ entries }) => entries)
    .flatMap(({ type, values: found }) =>
      found.flatMap((value) => {
        if (!hasWildcard(value.text) || (type === 'AWS' && value.text === '*')) return [];
        const message = `wildcards match nothing in a principal: ${quote(value.text)}`;
        const fix =
          type === 'AWS'
            ? 'name each principal, or allow the account and add the condition ArnLike on aws:PrincipalArn'
            : 'name each principal';
        return [fault(value, message, fix)];
      }),
    );
}

function serviceNames(statement: LintedStatement): LintFault[] {
  return values(statement, 'Service').flatMap((value) =>
    SERVICE_NAME.test(value.text) || hasWildcard(value.text) || value.text.includes('${')
      ? []
      : [fault(value, `${quote(value.text)} is not the name of a service`, 'use the form NAME.amazonaws.com')],
  );
}

/** Values of condition keys that name services. Patterns are left alone. */
function serviceValues({ name, values: found, operator }: LintedTest): LintFault[] {
  const isVia = name === 'kms:viaservice';
  if ((!isVia && !SERVICE_KEYS.includes(name)) || operator.family !== 'string') return [];
  return found.flatMap((value) => {
    const isValid = SERVICE_NAME.test(value.text) && (!isVia || VIA_SERVICE.test(value.text));
    if (isValid || /[*?$]/.test(value.text)) return [];
    const form = isVia ? 'NAME.REGION.amazonaws.com' : 'NAME.amazonaws.com';
    return [fault(value, `${quote(value.text)} is not the name of a service`, `use the form ${form}`)];
  });
}

/** The services of an Allow statement that names nobody else. */
function allowedServices(statement: LintedStatement): readonly TextValue[] {
  return statement.isAllow ? principalsOf(statement, 'Service') : [];
}

function unrestrictedServices(statement: LintedStatement, hasOtherKeys: boolean): TextValue[] {
  const services = allowedServices(statement);
  // An encryption context that holds the ARN of the caller's resource restricts as well as aws:SourceArn.
  if (services.length === 0 || testsKey(statement, ...SOURCE_KEYS, 'kms:encryptioncontext:*')) return [];
  if (testsKey(statement, 'aws:referer', 'aws:sourceowner') !== hasOtherKeys) return [];
  return services.filter(({ text }) => !WITHOUT_SOURCE.includes(text));
}

const SOURCE_FIX =
  'add the condition StringEquals {"aws:SourceAccount": "ACCOUNT"} or ArnLike {"aws:SourceArn": "ARN"}';

const STATEMENT_RULES = statementRules([
  ['INVALID_PRINCIPAL_FORMAT', 'error', 'A principal is neither "*" nor a known form.', wrongFormat],
  [
    'INVALID_PRINCIPAL_KEY',
    'error',
    'The type of a principal is not AWS, Service, Federated or CanonicalUser.',
    (statement) =>
      elements(statement)
        .flatMap(({ entries }) => entries)
        .flatMap(({ type, key }) => {
          if (PRINCIPAL_TYPES.includes(type)) return [];
          const meant = nearest(type, PRINCIPAL_TYPES);
          const fix = meant === null ? `use one of: ${PRINCIPAL_TYPES.join(', ')}` : `write ${quote(meant)}`;
          return [fault(key, `there is no type of principal ${quote(type)}`, fix)];
        }),
  ],
  ['UNSUPPORTED_WILDCARD_IN_PRINCIPAL', 'error', 'A principal has a wildcard in its name or ARN.', wildcards],
  [
    'INVALID_SERVICE_PRINCIPAL_FORMAT',
    'error',
    'The name of a service has another form.',
    (statement) => [...serviceNames(statement), ...statement.tests.flatMap(serviceValues)],
  ],
  [
    'FEDERATED_PRINCIPAL_NOT_SUPPORTED',
    'error',
    'A resource policy names a federated principal, which only trust policies may.',
    (statement, { kind }) =>
      kind !== 'resource'
        ? []
        : values(statement, 'Federated').map((value) =>
            fault(value, 'only trust policies name identity providers', 'name the role that the provider assumes'),
          ),
  ],
  [
    'ALLOW_WITH_NOT_PRINCIPAL',
    'security-warning',
    'A statement allows everyone except some principals.',
    ({ isAllow, notPrincipal }) =>
      isAllow && notPrincipal !== null
        ? [
            fault(
              notPrincipal.key,
              'Allow with NotPrincipal allows everyone else, anonymous callers included',
              'name the principals with Principal',
            ),
          ]
        : [],
  ],
  [
    'INVALID_ROLE_REFERENCE',
    'warning',
    'A principal is the unique identifier of a role, not its ARN.',
    (statement) => uniqueIds(statement, 'AROA', 'role'),
  ],
  [
    'INVALID_USER_REFERENCE',
    'warning',
    'A principal is the unique identifier of a user, not its ARN.',
    (statement) => uniqueIds(statement, 'AIDA', 'user'),
  ],
  [
    'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
    'security-warning',
    'A resource policy allows a service without saying on whose behalf.',
    (statement, { kind }) =>
      kind !== 'resource'
        ? []
        : unrestrictedServices(statement, false).map((value) =>
            fault(value, `anyone could make ${value.text} use this resource on their behalf`, SOURCE_FIX),
          ),
  ],
  [
    'RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    'suggestion',
    'A service is restricted by another key than one of its source.',
    (statement, { kind }) =>
      kind !== 'resource'
        ? []
        : unrestrictedServices(statement, true).map((value) =>
            fault(value, `the condition does not say on whose behalf ${value.text} calls`, SOURCE_FIX),
          ),
  ],
]);

function uniqueIds(statement: LintedStatement, prefix: string, what: string): LintFault[] {
  return values(statement, 'AWS').flatMap((value) =>
    UNIQUE_ID.test(value.text) && value.text.startsWith(prefix)
      ? [fault(value, `this is the unique identifier of a ${what}, which may be deleted`, `use the ARN of the ${what}`)]
      : [],
  );
}

const TEST_RULES = testRules([
  [
    'UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    'error',
    'The condition tests a key that is missing when a service calls.',
    (test, statement, { kind }) => {
      const { isNegated, hasIfExists, family } = test.operator;
      const isServiceOnly = (statement.principal?.entries ?? []).every(({ type }) => type === 'Service');
      if (isIdentityKind(kind) || allowedServices(statement).length === 0 || !isServiceOnly) return [];
      if (!CALLER_KEYS.test(test.name) || isNegated || hasIfExists || family === 'presence') return [];
      const message = `${test.key.text} is missing when a service calls, so the statement never applies`;
      return [fault(test.key, message, 'use aws:SourceOrgID, aws:SourceAccount or aws:SourceArn')];
    },
  ],
]);

export const PRINCIPAL_RULES: readonly LintRule[] = [...STATEMENT_RULES, ...TEST_RULES];
