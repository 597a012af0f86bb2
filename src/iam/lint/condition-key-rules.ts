/** Rules about condition keys that need no data: keys to avoid, to pair, or to use the other way round. */

import { isIdentityKind, type LintedStatement, type LintedTest, namesAction, testsKey } from './linted-policy.js';
import { fault, type LintFault, type LintRule, testRules } from './rule.js';

/** Keys, in lower case, that are safe only beside another. */
const PAIRS: Readonly<Record<string, readonly string[]>> = {
  'aws:vpcsourceip': ['aws:SourceVpc', 'aws:SourceVpce', 'aws:SourceVpcArn'],
};

/** Headers that every caller sets as it likes. */
const UNTRUSTWORTHY = ['aws:referer', 'aws:useragent'];

/**
 * The services in whose requests aws:VpceAccount and its relatives are set. Source: IAM User Guide,
 * reference_policies_condition-keys, aws:VpceAccount (2026-11-29).
 */
const WITH_ENDPOINT_OWNER = `apprunner discovery athena servicediscovery applicationinsights cloudformation
  comprehendmedical compute-optimizer ecr ecs kinesisanalytics route53 datasync dynamodb ebs scheduler firehose gamelift
  medical-imaging healthlake omics iam iotfleetwise iotwireless kms lambda payment-cryptography polly acm-pca rbin
  rekognition servicequotas s3 shield storagegateway ssm-contacts textract transcribe transfer`.split(/\s+/);

const READS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:Scan'];

function prefixEvaded({ name, operator, key }: LintedTest, { isDeny, isAllow }: LintedStatement): LintFault[] {
  if (name !== 's3:prefix' || operator.family !== 'string') return [];
  if (!(operator.isNegated ? isAllow : isDeny)) return [];
  const message = 'a caller can list the same objects with a shorter prefix, which this condition does not match';
  return [fault(key, message, 'use Allow with StringLike, or Deny with StringNotLike')];
}

function unscopedEndpointKey({ name, key }: LintedTest, statement: LintedStatement): LintFault[] {
  if (!/^aws:vpce(?:account|orgid|orgpaths)$/.test(name)) return [];
  const other = statement.actions.find(({ service }) => !WITH_ENDPOINT_OWNER.includes(service));
  if (statement.notAction === null && other === undefined) return [];
  const message = `${key.text} is missing in requests to most services`;
  return [fault(key, message, 'name only actions of services that support it, such as s3 and kms')];
}

function attributesWithoutSelect({ name, key }: LintedTest, statement: LintedStatement): LintFault[] {
  if (name !== 'dynamodb:attributes' || !statement.isAllow || testsKey(statement, 'dynamodb:select')) return [];
  const reads = statement.actions.some((action) => READS.some((read) => namesAction(action, read)));
  if (!reads) return [];
  const message = 'a read without a projection returns every attribute';
  return [fault(key, message, 'add StringEqualsIfExists {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}')];
}

export const CONDITION_KEY_RULES: readonly LintRule[] = testRules([
  [
    'DEPRECATED_GLOBAL_CONDITION_KEY',
    'warning',
    'A policy of an identity uses aws:ARN, which aws:PrincipalArn replaces.',
    ({ name, key }, _statement, { kind }) =>
      name === 'aws:arn' && isIdentityKind(kind) ? [fault(key, 'aws:ARN is deprecated', 'use aws:PrincipalArn')] : [],
  ],
  [
    'UNSUPPORTED_GLOBAL_CONDITION_KEY',
    'error',
    'A resource or organization policy uses aws:ARN.',
    ({ name, key }, _statement, { kind }) =>
      name === 'aws:arn' && !isIdentityKind(kind)
        ? [fault(key, 'aws:ARN is not supported', 'use aws:PrincipalArn or aws:SourceArn')]
        : [],
  ],
  [
    'MISSING_PAIRED_CONDITION_KEYS',
    'security-warning',
    'A condition key is safe only beside another, which is missing.',
    ({ name, key }, statement) => {
      const partners = PAIRS[name];
      if (partners === undefined || testsKey(statement, ...partners.map((partner) => partner.toLowerCase()))) return [];
      const message = `${key.text} alone matches callers in every network that uses the same addresses`;
      return [fault(key, message, `add a condition on one of: ${partners.join(', ')}`)];
    },
  ],
  [
    'UNTRUSTWORTHY_CONDITION_KEY',
    'security-warning',
    'A condition tests a header that the caller sets.',
    ({ name, key }) =>
      UNTRUSTWORTHY.includes(name)
        ? [
            fault(
              key,
              `the caller can set ${key.text} to any value`,
              'test aws:SourceVpce, aws:SourceIp or aws:PrincipalArn instead',
            ),
          ]
        : [],
  ],
  [
    'S3_PREFIX_IN_NEGATIVE_CONTEXT',
    'security-warning',
    'A condition on s3:prefix excludes prefixes, which a shorter prefix evades.',
    prefixEvaded,
  ],
  [
    'DYNAMODB_ATTRIBUTES_WITHOUT_SELECT',
    'security-warning',
    'A condition on dynamodb:Attributes does not also test dynamodb:Select.',
    attributesWithoutSelect,
  ],
  [
    'USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES',
    'warning',
    'A condition on the owner of a VPC endpoint applies to services that do not set the key.',
    unscopedEndpointKey,
  ],
  [
    'IRRELEVANT_CONDITION_KEY_IN_POLICY',
    'suggestion',
    'A resource policy tests the account of its own resource.',
    ({ name, key }, _statement, { kind, service }) =>
      name === 's3:resourceaccount' && kind === 'resource' && service === 's3'
        ? [
            fault(
              key,
              `${key.text} is always the owner of this bucket`,
              'remove it, or test it in policies of identities',
            ),
          ]
        : [],
  ],
]);
