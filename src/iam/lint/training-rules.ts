/** Rules about mistakes that policies for training on SageMaker and FSx often have. */

import { arnFields } from '../arn-fields.js';
import type { PolicyDocument, TextList, TextValue } from '../policy-document.js';
import { hasWildcard } from '../wildcards.js';
import {
  isIdentityKind,
  type LintedPolicy,
  type LintedStatement,
  type LintedTest,
  namesAction,
  principalsOf,
  testsKey,
} from './linted-policy.js';
import { fault, type LintFault, type LintRule, quote, statementRules, testRules } from './rule.js';

/**
 * Calls to SageMaker that pass a role. iam-data lists no dependent actions for them. Source: botocore 1.43.11, requests
 * of SageMaker with a role (CreateModel takes it for the container).
 */
const PASSING =
  `CreateAutoMLJob CreateAutoMLJobV2 CreateCluster CreateCompilationJob CreateDomain CreateEdgePackagingJob
  CreateFeatureGroup CreateFlowDefinition CreateHyperParameterTuningJob CreateImage CreateInferenceExperiment
  CreateInferenceRecommendationsJob CreateLabelingJob CreateMlflowTrackingServer CreateModel CreateNotebookInstance
  CreateOptimizationJob CreatePipeline CreateProcessingJob CreateTrainingJob CreateUserProfile`
    .split(/\s+/)
    .map((name) => `sagemaker:${name}`);

/** Actions with which data is read and written: notebooks and jobs call them with their role. */
const DATA_ACTIONS =
  /^(?:s3:(?:Get|Put|List|Delete|Abort)|kms:(?:Encrypt|Decrypt|GenerateDataKey|ReEncrypt)|ecr:|secretsmanager:|sqs:|sns:)/i;

const SAGEMAKER = 'sagemaker.amazonaws.com';

/** Asked for once a document, not for each of its statements. */
const passRoleAllowed = new WeakMap<PolicyDocument, boolean>();

function allowsPassRole({ document }: LintedPolicy): boolean {
  const known = passRoleAllowed.get(document);
  if (known !== undefined) return known;
  const names = (list: TextList | null) => (list?.values ?? []).some((value) => namesAction(value, 'iam:PassRole'));
  const isAllowed = document.statements.some(
    ({ effect, action, notAction }) =>
      effect?.text === 'Allow' && (notAction === null ? names(action) : !names(notAction)),
  );
  passRoleAllowed.set(document, isAllowed);
  return isAllowed;
}

function creationWithoutPassRole(statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  // A condition shows that the statement is one of several which together are the policy.
  if (!statement.isAllow || policy.kind !== 'identity' || statement.condition !== null) return [];
  const creations = statement.actions.flatMap((action) => {
    const passing = /^(?:sagemaker:|[^:]*[*?])/i.test(action.text) && PASSING.find((name) => namesAction(action, name));
    return passing ? [{ action, passing }] : [];
  });
  if (creations.length === 0 || allowsPassRole(policy)) return [];
  return creations.map(({ action, passing }) => {
    const message = `${passing} passes a role, but no statement allows iam:PassRole`;
    const fix =
      'allow iam:PassRole on the ARN of the role, with the condition StringEquals {"iam:PassedToService": "sagemaker.amazonaws.com"}';
    return fault(action, message, fix);
  });
}

function passRoleWithoutCondition(statement: LintedStatement, { kind }: LintedPolicy): LintFault[] {
  if (!statement.isAllow || !isIdentityKind(kind) || testsKey(statement, 'iam:passedtoservice')) return [];
  // Wildcards for all roles are reported as PASS_ROLE_WITH_….
  const isAnyRole = statement.resources.some(({ text }) => hasWildcard(text) && /^(?:\*|role\/\*)$/.test(roleOf(text)));
  if (isAnyRole || statement.notResource !== null) return [];
  return statement.actions
    .filter(({ text, hasWildcard: isPattern }) => !isPattern && text.toLowerCase() === 'iam:passrole')
    .map((action) => {
      const message = 'the role can be passed to every service that it trusts';
      return fault(action, message, 'add the condition StringEquals {"iam:PassedToService": "SERVICE.amazonaws.com"}');
    });
}

function roleOf(text: string): string {
  return arnFields(text)?.resource ?? text;
}

function serviceInsteadOfRole(statement: LintedStatement, { kind }: LintedPolicy): LintFault[] {
  if (kind !== 'resource' || !statement.isAllow) return [];
  if (!statement.actions.some(({ text }) => DATA_ACTIONS.test(text))) return [];
  return principalsOf(statement, 'Service')
    .filter(({ text }: TextValue) => text === SAGEMAKER)
    .map((value) => {
      const message = 'notebooks and jobs of SageMaker call with their role, which this principal does not allow';
      return fault(value, message, 'use {"AWS": "arn:aws:iam::ACCOUNT:role/ROLE"} with the ARN of the role');
    });
}

function throughWrongService({ name, values, operator }: LintedTest, statement: LintedStatement): LintFault[] {
  if (name !== 'kms:viaservice' || operator.isNegated || operator.family !== 'string' || !statement.isAllow) return [];
  // SageMaker itself creates grants for the volumes of its instances.
  if (statement.actions.some((action) => namesAction(action, 'kms:CreateGrant'))) return [];
  if (!values.every(({ text }) => text.startsWith('sagemaker.'))) return [];
  return values.map((value) => {
    const message = 'data in S3 is encrypted and decrypted through S3, not through SageMaker';
    return fault(value, message, `use ${quote(value.text.replace('sagemaker.', 's3.'))}`);
  });
}

function describeEverywhere(statement: LintedStatement, { kind }: LintedPolicy): LintFault[] {
  if (!statement.isAllow || kind !== 'identity' || statement.condition !== null || statement.actions.length === 0)
    return [];
  const star = statement.resources.find(({ text }) => text === '*');
  if (star === undefined || !statement.actions.every(({ text }) => /^fsx:Describe/i.test(text))) return [];
  const message = 'these actions take no ARN, so the statement reads the file systems of every Region';
  return [fault(star, message, 'add the condition StringEquals {"aws:RequestedRegion": "REGION"}')];
}

export const TRAINING_RULES: readonly LintRule[] = [
  ...statementRules(
    [
      [
        'CREATE_WITHOUT_PASS_ROLE',
        'warning',
        'A call to SageMaker passes a role, but the policy does not allow iam:PassRole.',
        creationWithoutPassRole,
      ],
      [
        'PASS_ROLE_WITHOUT_CONDITION',
        'suggestion',
        'iam:PassRole is allowed without a condition on the service.',
        passRoleWithoutCondition,
      ],
      [
        'SERVICE_PRINCIPAL_WHERE_ROLE_CALLS',
        'warning',
        'A resource policy names SageMaker, but the role of the notebook or job calls.',
        serviceInsteadOfRole,
      ],
      ['DESCRIBE_WITHOUT_REGION', 'suggestion', 'FSx can be described in every Region.', describeEverywhere],
    ],
    { isOwn: true },
  ),
  ...testRules(
    [
      [
        'KMS_VIA_SAGEMAKER',
        'warning',
        'A key for data in S3 is restricted to calls through SageMaker.',
        throughWrongService,
      ],
    ],
    { isOwn: true },
  ),
];
