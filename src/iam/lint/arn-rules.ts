/** Rules about the ARNs of resources. */
import type { ActionData, ResourceTypeFacts } from '../action-data.js';
import { type ArnFields, arnFields, PARTITIONS, REGIONS, withoutVariables } from '../arn-fields.js';
import type { TextValue } from '../policy-document.js';
import { remembering } from '../recent.js';
import { hasWildcard, overlapsText } from '../wildcards.js';
import type { LintedPolicy, LintedStatement } from './linted-policy.js';
import { nearest } from './nearest.js';
import { resourceService } from './policy-kind.js';
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

/** Owners of resources that belong to no customer. */
const OTHER_ACCOUNTS = /^(?:aws|amazon|cloudfront|aws-managed|aws-marketplace|third-party)$/;

/** A part of an ARN that may stand for anything: nothing can be said about it. */
function isOpen(field: string): boolean {
  return field.includes('${') || hasWildcard(field);
}

function resourceValues({ resource, notResource }: LintedStatement): readonly TextValue[] {
  if (notResource === null) return resource?.values ?? [];
  return [...(resource?.values ?? []), ...notResource.values];
}

type ArnCheck = (fields: ArnFields, value: TextValue, policy: LintedPolicy) => readonly LintFault[];
type ArnRow = readonly [string, LintSeverity, string, StatementCheck];

/** A row whose check sees each complete ARN of `Resource` and `NotResource`. */
function forArns(code: string, severity: LintSeverity, summary: string, check: ArnCheck): ArnRow {
  return [
    code,
    severity,
    summary,
    (statement, policy) =>
      resourceValues(statement).flatMap((value) => {
        const fields = /^arn:/i.test(value.text) ? arnFields(value.text) : null;
        return fields === null ? [] : check(fields, value, policy);
      }),
  ];
}

const FORM = 'arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE';

function prefix(statement: LintedStatement, { service }: LintedPolicy): LintFault[] {
  return resourceValues(statement).flatMap((value) => {
    const { text } = value;
    // A wildcard or a variable may stand for the whole ARN, and policies of API Gateway may leave out all but the service.
    if (/^(?:arn:|[*?]|\$\{)/.test(text) || (service === 'apigateway' && /^execute-api:\//.test(text))) return [];
    return [fault(value, `${quote(text)} is not an ARN`, `use ${FORM}, or "*"`)];
  });
}

function fields(statement: LintedStatement): LintFault[] {
  return resourceValues(statement).flatMap((value) =>
    /^arn:/i.test(value.text) && arnFields(value.text) === null
      ? [fault(value, `${quote(value.text)} has fewer than six fields`, `use ${FORM}; fields may be empty`)]
      : [],
  );
}

const FORM_RULES = statementRules([
  ['INVALID_ARN_PREFIX', 'error', 'A resource does not begin with arn:.', prefix],
  ['MISSING_ARN_FIELD', 'error', 'An ARN has fewer than six fields.', fields],
  forArns('INVALID_PARTITION', 'error', 'The partition of an ARN does not exist.', ({ partition }, value) =>
    isOpen(partition) || PARTITIONS.includes(partition)
      ? []
      : [fault(value, `there is no partition ${quote(partition)}`, `use one of: ${PARTITIONS.join(', ')}`)],
  ),
  forArns('INVALID_ARN_ACCOUNT', 'error', 'The account of an ARN is not 12 digits.', ({ account }, value) =>
    account === '' || isOpen(account) || /^\d{12}$/.test(account) || OTHER_ACCOUNTS.test(account)
      ? []
      : [fault(value, `the account ${quote(account)} is not valid`, 'use 12 digits')],
  ),
  forArns('INVALID_ARN_SERVICE_CASE', 'error', 'The service of an ARN has capital letters.', ({ service }, value) =>
    isOpen(service) || service === service.toLowerCase()
      ? []
      : [fault(value, `the service ${quote(service)} has capital letters`, `write ${quote(service.toLowerCase())}`)],
  ),
  forArns('INVALID_ARN_REGION', 'error', 'The Region of an ARN does not exist.', ({ region }, value) =>
    region === '' || isOpen(region) || REGIONS.includes(region)
      ? []
      : [fault(value, `there is no Region ${quote(region)}`, didYouMean(region))],
  ),
]);

function didYouMean(region: string): string {
  const near = nearest(region, REGIONS);
  return near === null ? 'use the code of a Region, such as us-east-1' : `use ${quote(near)}`;
}

const REGION_RULES = testRules([
  [
    'INVALID_REGION',
    'error',
    'The Region in a condition does not exist.',
    ({ name, values, operator }) =>
      /^(?:aws:requestedregion|ec2:region)$/.test(name) && operator.family === 'string'
        ? values.flatMap((value) =>
            isOpen(value.text) || REGIONS.includes(value.text)
              ? []
              : [fault(value, `there is no Region ${quote(value.text)}`, didYouMean(value.text))],
          )
        : [],
  ],
]);

/** Returns the form of a resource type, each variable a wildcard. */
const formOf: (arn: string) => ArnFields | null = remembering((arn) => arnFields(arn.replaceAll(/\$\{[^}]*\}/g, '*')));

/** The forms of ARNs that several rules ask for. */
const formsSeen = new WeakMap<ActionData, Map<string, ArnFields[] | null>>();
const FORMS_MOST = 1024;

/** Returns the forms of a service's resources whose last field an ARN may have; null if nothing is known of them. */
function formsFor(fields: ArnFields, data: ActionData | null): ArnFields[] | null {
  if (data === null || isOpen(fields.service)) return null;
  const seen = formsSeen.get(data) ?? new Map<string, ArnFields[] | null>();
  formsSeen.set(data, seen);
  const key = `${fields.service}:${fields.resource}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const forms = matchingForms(fields, data.resourceTypesOf(fields.service));
  if (seen.size >= FORMS_MOST) seen.clear();
  seen.set(key, forms);
  return forms;
}

function matchingForms({ service, resource }: ArnFields, types: readonly ResourceTypeFacts[]): ArnFields[] | null {
  if (types.length === 0) return null;
  const pattern = withoutVariables(resource);
  return types.flatMap((type) => {
    const form = formOf(type.arn);
    if (form === null) return [];
    // A recovery point of AWS Backup has the ARN of the service that made it: its form has a variable for the service.
    return overlapsText(form.service, service) && overlapsText(form.resource, pattern) ? [form] : [];
  });
}

type ArnField = 'region' | 'account';

/** Reports a field that every form of the resource has (`isWanted`), or that none has. */
function fieldRule(field: ArnField, isWanted: boolean, what: string): ArnCheck {
  return (found, value, { data }) => {
    const forms = formsFor(found, data);
    if (forms === null || forms.length === 0 || isOpen(found[field])) return [];
    // The public parameters and documents of Systems Manager have no account.
    if (isWanted && field === 'account' && found.service === 'ssm') return [];
    if ((found[field] === '') !== isWanted || forms.some((form) => (form[field] === '') === isWanted)) return [];
    return isWanted
      ? [fault(value, `the ARN has no ${what}, but ${found.service} needs one`, `add the ${what}, or "*"`)]
      : [
          fault(
            value,
            `the ARN has the ${what} ${quote(found[field])}, but ${found.service} takes none`,
            'leave it empty',
          ),
        ];
  };
}

const UNKNOWN_SERVICE = 'check the name in the Service Authorization Reference';

const DATA_RULES = statementRules(
  [
    forArns('INVALID_SERVICE', 'error', 'The service of an ARN does not exist.', ({ service }, value, { data }) => {
      if (data === null || isOpen(service) || service === '') return [];
      if (data.services().includes(service.toLowerCase())) return [];
      const near = nearest(service, data.services());
      return [
        fault(value, `there is no service ${quote(service)}`, near === null ? UNKNOWN_SERVICE : `use ${quote(near)}`),
      ];
    }),
    forArns('INVALID_ARN_RESOURCE', 'error', 'An ARN has no form of its service.', (found, value, { data }) => {
      const forms = formsFor(found, data);
      if (data === null || forms === null || forms.length > 0) return [];
      const known = [
        ...new Set(data.resourceTypesOf(found.service).map(({ arn }) => arn.split(':').slice(5).join(':'))),
      ];
      const message = `no resource of ${found.service} has the form ${quote(found.resource)}`;
      return [fault(value, message, `use one of: ${enumerate(known)}`)];
    }),
    forArns(
      'ARN_ACCOUNT_NOT_ALLOWED',
      'error',
      'An ARN has an account, but its service takes none.',
      fieldRule('account', false, 'account'),
    ),
    forArns(
      'ARN_REGION_NOT_ALLOWED',
      'error',
      'An ARN has a Region, but its service takes none.',
      fieldRule('region', false, 'Region'),
    ),
    forArns(
      'MISSING_ARN_ACCOUNT',
      'error',
      'An ARN lacks the account that its service needs.',
      fieldRule('account', true, 'account'),
    ),
    forArns(
      'MISSING_ARN_REGION',
      'error',
      'An ARN lacks the Region that its service needs.',
      fieldRule('region', true, 'Region'),
    ),
  ],
  { needsData: true },
);

const POLICY_RULES = statementRules([
  forArns(
    'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
    'error',
    'A resource policy names a resource of another service.',
    ({ service }, value, { kind, service: own }) =>
      kind !== 'resource' || own === null || isOpen(service) || resourceService(service) === own
        ? []
        : [
            fault(
              value,
              `a policy of ${own} cannot name a resource of ${service}`,
              `remove it, or name a resource of ${own}`,
            ),
          ],
  ),
]);

export const ARN_RULES: readonly LintRule[] = [...FORM_RULES, ...REGION_RULES, ...DATA_RULES, ...POLICY_RULES];
