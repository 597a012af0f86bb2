/** Rules about elements that hold nothing, and about the size of a document. */
import type { PolicyKind } from '../policy-document.js';
import type { Span } from '../source-text.js';
import { isIdentityKind, type LintedPolicy, type LintedTest } from './linted-policy.js';
import type { ResourceService } from './policy-kind.js';
import { fault, type LintFault, type LintRule, policyRules, statementRules, testRules } from './rule.js';

/**
 * The most characters of a document. White space between the values does not count for IAM.
 * Sources, read 2026-11-29: IAM User Guide, reference_iam-quotas (managed policy 6,144; trust policy 2,048, more on request);
 * Organizations User Guide, orgs_reference_limits (SCP 10,240, in older copies of the page 5,120; RCP 5,120).
 */
const QUOTAS: Readonly<Partial<Record<PolicyKind, number>>> = {
  identity: 6_144,
  boundary: 6_144,
  trust: 2_048,
  scp: 10_240,
  rcp: 5_120,
};

/**
 * The most bytes of a resource policy, white space included. Sources, read 2026-11-29, stand beside the figures. There is no
 * row for SNS, because no figure was found.
 */
const RESOURCE_QUOTAS: Readonly<Partial<Record<ResourceService, number>>> = {
  // S3 User Guide, "Bucket policies and user policies": 20 KB
  s3: 20_480,
  // KMS Developer Guide, "Resource quotas": 32 KB (32,768 bytes)
  kms: 32_768,
  // SQS Developer Guide, "Amazon SQS policy quotas"
  sqs: 8_192,
  // Lambda Developer Guide, "Lambda quotas": 20 KB
  lambda: 20_480,
  // botocore 1.43.11, secretsmanager, NonEmptyResourcePolicyType
  secretsmanager: 20_480,
  // API Gateway Developer Guide, "Quotas for configuring and running a REST API": the default, which can be raised
  apigateway: 8_192,
  // botocore 1.43.11, ecr, RepositoryPolicyText
  ecr: 10_240,
};

/** Returns the number of characters of the document, without white space between its values if `isDense`. */
function sizeOf({ document: { source, root } }: LintedPolicy, isDense: boolean): number {
  return isDense ? denseSize(source.text, root) : root.end - root.start;
}

const [QUOTE, BACKSLASH, SPACE] = ['"', '\\', ' '].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
];

function denseSize(text: string, { start, end }: Span): number {
  let size = 0;
  let isInString = false;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    // JSON has four characters of white space, all of them up to the space.
    if (isInString || code > SPACE) size += 1;
    if (code === QUOTE) isInString = !isInString;
    else if (code === BACKSLASH) {
      size += 1;
      at += 1;
    }
  }
  return size;
}

function tooLarge(policy: LintedPolicy, quota: number | undefined, isDense: boolean): LintFault[] {
  if (quota === undefined) return [];
  const size = sizeOf(policy, isDense);
  if (size <= quota) return [];
  const start = policy.document.root.start;
  const counted = isDense ? 'without white space' : 'with white space';
  const message = `the policy has ${size} characters ${counted}; the quota is ${quota}`;
  // A role has one trust policy, and a resource one policy.
  const isOnly = policy.kind === 'trust' || policy.kind === 'resource';
  const fix = isOnly ? 'replace lists by patterns or conditions' : 'split the policy, or replace lists by patterns';
  return [fault({ start, end: start + 1 }, message, fix)];
}

const SIZE_RULES = policyRules([
  [
    'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA',
    'warning',
    'The policy is larger than IAM takes for a managed policy.',
    (policy) => (isIdentityKind(policy.kind) ? tooLarge(policy, QUOTAS[policy.kind], true) : []),
  ],
  [
    'POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA',
    'warning',
    'The trust policy is larger than the default quota.',
    (policy) => (policy.kind === 'trust' ? tooLarge(policy, QUOTAS.trust, true) : []),
  ],
  [
    'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA',
    'warning',
    'The resource policy is larger than its service takes.',
    (policy) =>
      policy.kind === 'resource' && policy.service !== null
        ? tooLarge(policy, RESOURCE_QUOTAS[policy.service], false)
        : [],
  ],
  [
    'POLICY_SIZE_EXCEEDS_SCP_QUOTA',
    'error',
    'The service control policy is larger than Organizations takes.',
    (policy) => (policy.kind === 'scp' ? tooLarge(policy, QUOTAS.scp, false) : []),
  ],
  [
    'POLICY_SIZE_EXCEEDS_RCP_QUOTA',
    'error',
    'The resource control policy is larger than Organizations takes.',
    (policy) => (policy.kind === 'rcp' ? tooLarge(policy, QUOTAS.rcp, false) : []),
  ],
]);

const NOTHING_NAMED = 'the statement has no effect, because this list is empty';

const EMPTY_STATEMENT_RULES = statementRules([
  [
    'EMPTY_ARRAY_ACTION',
    'suggestion',
    'A list of actions is empty.',
    ({ action, notAction }) => emptyLists([action, notAction], 'name at least one action'),
  ],
  [
    'EMPTY_ARRAY_RESOURCE',
    'suggestion',
    'A list of resources is empty.',
    ({ resource, notResource }) => emptyLists([resource, notResource], 'name at least one resource'),
  ],
  [
    'EMPTY_ARRAY_PRINCIPAL',
    'suggestion',
    'A list of principals is empty.',
    ({ principal, notPrincipal }) =>
      emptyLists([...(principal?.entries ?? []), ...(notPrincipal?.entries ?? [])], 'name at least one principal'),
  ],
  [
    'EMPTY_OBJECT_PRINCIPAL',
    'suggestion',
    'A principal is an empty object.',
    ({ principal, notPrincipal }) =>
      [principal, notPrincipal].flatMap((element) =>
        element !== null && element.text === null && element.entries.length === 0
          ? [
              fault(
                element,
                'the statement has no effect, because it names no principal',
                'name at least one principal',
              ),
            ]
          : [],
      ),
  ],
  [
    'EMPTY_OBJECT_CONDITION',
    'suggestion',
    'A condition, or one of its operators, has no keys.',
    ({ condition }) => {
      if (condition === null) return [];
      const blocks = condition.blocks.filter(({ tests }) => tests.length === 0);
      return (condition.blocks.length === 0 ? [condition] : blocks).map((empty) =>
        fault(empty, 'this condition tests nothing', 'name a condition key, or remove it'),
      );
    },
  ],
]);

interface MaybeEmpty {
  readonly start: number;
  readonly end: number;
  readonly isList: boolean;
  readonly values: readonly unknown[];
}

/** Lists as the file has them: one whose values all have a wrong type is not empty. */
function emptyLists(lists: readonly (MaybeEmpty | null)[], fix: string): LintFault[] {
  return lists.flatMap((list) => (list?.isList && list.values.length === 0 ? [fault(list, NOTHING_NAMED, fix)] : []));
}

function emptyTest(test: LintedTest, applies: boolean, effect: string, fix: string): LintFault[] {
  if (!applies || !test.isList || test.values.length > 0) return [];
  return [fault(test, `${test.key.text} has no values, so ${test.operatorText.text} ${effect}`, fix)];
}

const USE_NULL = 'use "Null": {KEY: "true"} to test that the key is missing';

const EMPTY_TEST_RULES = testRules([
  [
    'EMPTY_ARRAY_CONDITION',
    'suggestion',
    'A condition key has no values.',
    (test) =>
      emptyTest(
        test,
        test.operator.qualifier === null && !test.operator.hasIfExists,
        'does not affect the policy',
        'name at least one value',
      ),
  ],
  [
    'EMPTY_ARRAY_CONDITION_FORALLVALUES',
    'suggestion',
    'ForAllValues has no values.',
    (test) =>
      emptyTest(test, test.operator.qualifier === 'ForAllValues', 'matches only if the key is missing', USE_NULL),
  ],
  [
    'EMPTY_ARRAY_CONDITION_FORANYVALUE',
    'suggestion',
    'ForAnyValue has no values.',
    (test) => emptyTest(test, test.operator.qualifier === 'ForAnyValue', 'never matches', 'name at least one value'),
  ],
  [
    'EMPTY_ARRAY_CONDITION_IFEXISTS',
    'suggestion',
    'An operator with IfExists has no values.',
    (test) =>
      emptyTest(
        test,
        test.operator.qualifier === null && test.operator.hasIfExists,
        'matches only if the key is missing',
        USE_NULL,
      ),
  ],
]);

export const EMPTY_RULES: readonly LintRule[] = [...SIZE_RULES, ...EMPTY_STATEMENT_RULES, ...EMPTY_TEST_RULES];
