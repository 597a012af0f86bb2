/** Rules about resources that do not match the actions of their statement. */
import type { ActionFacts } from '../action-data.js';
import { formsOf, knownActions, mayName } from './action-support.js';
import { type ActionPattern, type LintedPolicy, type LintedStatement, testsKey } from './linted-policy.js';
import { enumerate, fault, type LintFault, type LintRule, quote, statementRules } from './rule.js';
import { bucketOf, levelOfAction, levelOfResource, misplacedS3Actions } from './s3-resources.js';

/**
 * Actions on no single resource, for when there is no data. Source: iam-data 0.21.202609261, actions of fsx without a
 * resource type; Service Authorization Reference for the others.
 */
const WITHOUT_RESOURCE =
  /^(?:fsx:Describe(?:Backups|DataRepository(?:Associations|Tasks)|File(?:Caches|Systems)|S3AccessPointAttachments|SharedVpcConfiguration|Snapshots|StorageVirtualMachines|Volumes)|s3:ListAllMyBuckets|sts:GetCallerIdentity|ec2:DescribeInstances)$/i;

/**
 * Actions that the data calls one or the other, but that may stand with `*` and with ARNs. Those of CloudWatch have an optional
 * resource `dataset`; DescribeLogGroups was documented with log groups for years.
 */
const EITHER = /^(?:cloudwatch:(?:GetMetricData|PutMetricData|ListMetrics)|logs:DescribeLogGroups)$/i;

/** Keys, in lower case, that narrow `*` as well as an ARN does. */
const NARROWING = ['aws:resourcetag/*', 'aws:resourceaccount', 'aws:resourceorgid', 'aws:resourceorgpaths'];

function namesEverything(text: string): boolean {
  return /^\*+$/.test(text) || /^arn:[^:]*:[^:]*:\*:\*:\*$/.test(text);
}

function takesNoResource(action: ActionPattern, { data }: LintedPolicy): boolean {
  if (action.hasWildcard || EITHER.test(action.text)) return false;
  return data?.action(action.text)?.isWildcardOnly ?? WITHOUT_RESOURCE.test(action.text);
}

function wildcardOnlyWithArn(statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  const { resources, actions } = statement;
  if (resources.length === 0 || resources.some(({ text }) => /^\*+$/.test(text))) return [];
  if (policy.kind === 'resource' || policy.kind === 'trust') return [];
  return actions
    .filter((action) => takesNoResource(action, policy))
    .map((action) => {
      const message = `${action.text} takes no resource ARN, so this statement does not apply to it`;
      return fault(action, message, 'move it to a statement with "Resource": "*"');
    });
}

/** Whether a statement is of a kind in which narrower resources would be better. */
function couldNarrow({ isAllow, tests }: LintedStatement, { kind }: LintedPolicy): boolean {
  const hasServiceTag = tests.some(({ name }) => /^[a-z0-9-]+:resourcetag\//.test(name));
  return isAllow && !hasServiceTag && (kind === 'identity' || kind === 'session');
}

function narrowerResource(statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  const { data } = policy;
  const star = statement.resources.find(({ text }) => namesEverything(text));
  if (star === undefined || data === null || !couldNarrow(statement, policy)) return [];
  if (testsKey(statement, ...NARROWING)) return [];
  const narrower = statement.actions.flatMap(({ text }) => {
    const action = data.action(text);
    return action === undefined || action.isWildcardOnly || EITHER.test(text) ? [] : [action];
  });
  if (narrower.length === 0) return [];
  const forms = enumerate([...new Set(narrower.flatMap((action) => firstForm(action, policy)))], 2);
  const names = enumerate(narrower.map(({ name }) => name));
  // Other actions would lose the "*" that they need.
  const fix =
    narrower.length === statement.actions.length
      ? `name resources of the form ${forms}`
      : `move ${names} to a statement with resources of the form ${forms}`;
  return [fault(star, `${quote(star.text)} could be narrower for ${names}`, fix)];
}

function firstForm({ service, resourceTypes }: ActionFacts, { data }: LintedPolicy): string[] {
  const types = data?.resourceTypesOf(service) ?? [];
  const used = resourceTypes.find(({ isRequired }) => isRequired) ?? resourceTypes[0];
  const form = types.find(({ name }) => name === used?.name)?.arn;
  return form === undefined ? [] : [form.replace(/\$\{Partition\}/, 'aws')];
}

/** Whether the bucket and object rules have said it already. */
function isMisplacedS3(action: ActionPattern, { resources }: LintedStatement): boolean {
  return levelOfAction(action) !== null && resources.every(({ text }) => levelOfResource(text) !== null);
}

function actionsWithoutResource(statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  const { data, kind } = policy;
  const { resources, actions } = statement;
  if (data === null || kind === 'trust' || resources.length === 0) return [];
  return actions.flatMap((action) => {
    const facts = action.hasWildcard ? undefined : data.action(action.text);
    if (facts === undefined || facts.isWildcardOnly || EITHER.test(action.text)) return [];
    const forms = formsOf(facts, data);
    if (forms.length === 0 || isMisplacedS3(action, statement)) return [];
    if (forms.some((form) => resources.some(({ text }) => mayName(text, form)))) return [];
    const message = `no resource of the statement is one that ${action.text} acts on`;
    return [fault(action, message, `name a resource of the form ${enumerate(firstForm(facts, policy))}`)];
  });
}

function resourcesWithoutAction(statement: LintedStatement, policy: LintedPolicy): LintFault[] {
  const { data, kind } = policy;
  const known = knownActions(statement, data);
  if (data === null || known === null || known.length === 0 || kind === 'trust' || kind === 'resource') return [];
  const forms = [...new Set(known.flatMap(({ facts }) => facts).flatMap((action) => formsOf(action, data)))];
  // Policies often name a bucket with its objects; that one of both is not needed does no harm.
  const unused = statement.resources.filter(
    ({ text }) => levelOfResource(text) === null && !forms.some((form) => mayName(text, form)),
  );
  if (forms.length === 0 || unused.length === statement.resources.length) return [];
  return unused.map((value) =>
    fault(
      value,
      'no action of the statement acts on a resource of this form',
      'remove it, or add the action that needs it',
    ),
  );
}

export const RESOURCE_RULES: readonly LintRule[] = [
  ...statementRules(
    [
      [
        'BUCKET_ACTION_ON_OBJECT_ARN',
        'error',
        'An action on S3 buckets is listed with object ARNs only.',
        (statement) =>
          misplacedS3Actions(statement, 'bucket').map((action) =>
            fault(
              action,
              `${action.text} acts on a bucket, but every resource of the statement is an object`,
              `add the bucket, ${quote(bucketOf(statement))}, to a statement with this action`,
            ),
          ),
      ],
      [
        'OBJECT_ACTION_ON_BUCKET_ARN',
        'error',
        'An action on S3 objects is listed with bucket ARNs only.',
        (statement) =>
          misplacedS3Actions(statement, 'object').map((action) =>
            fault(
              action,
              `${action.text} acts on objects, but every resource of the statement is a bucket`,
              `add the objects, ${quote(`${bucketOf(statement)}/*`)}`,
            ),
          ),
      ],
      [
        'WILDCARD_ONLY_ACTION_WITH_ARN',
        'warning',
        'An action that takes no resource is listed with ARNs.',
        wildcardOnlyWithArn,
      ],
    ],
    { isOwn: true },
  ),
  ...statementRules(
    [
      [
        'RESOURCE_COULD_BE_NARROWER',
        'suggestion',
        'The resource is "*", but actions of the statement take ARNs.',
        narrowerResource,
      ],
      [
        'ACTION_WITHOUT_RESOURCE',
        'error',
        'An action matches none of the resources of its statement.',
        actionsWithoutResource,
      ],
      [
        'RESOURCE_WITHOUT_ACTION',
        'suggestion',
        'A resource matches none of the actions of its statement.',
        resourcesWithoutAction,
      ],
    ],
    { isOwn: true, needsData: true },
  ),
];
