/** Rules about the names of actions. */
import { arnFields } from '../arn-fields.js';
import { hasWildcard } from '../wildcards.js';
import {
  type ActionPattern,
  actionPattern,
  actionsNamed,
  type LintedPolicy,
  type LintedStatement,
} from './linted-policy.js';
import { nearest } from './nearest.js';
import { resourceService } from './policy-kind.js';
import { fault, type LintFault, type LintRule, quote, statementRules } from './rule.js';

/** Names of calls that are allowed by an action with another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  's3:listobjects': 's3:ListBucket',
  's3:listobjectsv2': 's3:ListBucket',
  's3:headbucket': 's3:ListBucket',
  's3:headobject': 's3:GetObject',
  's3:copyobject': 's3:GetObject and s3:PutObject',
  's3:createmultipartupload': 's3:PutObject',
  's3:uploadpart': 's3:PutObject',
  's3:completemultipartupload': 's3:PutObject',
  's3:deleteobjects': 's3:DeleteObject',
  's3:listbuckets': 's3:ListAllMyBuckets',
  'lambda:invoke': 'lambda:InvokeFunction',
};

/** Actions that AWS writes into default policies although its references do not list them. */
const UNLISTED = ['sns:receive'];

/** The values of `Action` and `NotAction`. */
function allActions({ actions, notAction }: LintedStatement): readonly ActionPattern[] {
  return [...actions, ...(notAction?.values ?? []).map(actionPattern)];
}

function wildcardServices(statement: LintedStatement): LintFault[] {
  const { resource, notResource } = statement;
  const actions = allActions(statement).filter(({ service }) => service !== '*' && hasWildcard(service));
  const arns = [...(resource?.values ?? []), ...(notResource?.values ?? [])].filter(({ text }) => {
    const service = /^arn:/.test(text) ? (arnFields(text)?.service ?? '') : '';
    return service !== '*' && hasWildcard(service);
  });
  return [...actions, ...arns].map((value) =>
    fault(value, 'a wildcard in the name of a service also matches services of the future', 'name each service'),
  );
}

function malformed(statement: LintedStatement): LintFault[] {
  return allActions(statement).flatMap((action) =>
    action.text === '*' || /^[^:\s]+:[^:\s]+$/.test(action.text) || action.text.includes('${')
      ? []
      : [fault(action, `${quote(action.text)} is not an action`, 'use the form SERVICE:ACTION, such as s3:GetObject')],
  );
}

function otherService(statement: LintedStatement, { kind, service }: LintedPolicy): LintFault[] {
  if (kind !== 'resource' || service === null) return [];
  return allActions(statement).flatMap((action) =>
    action.service === '' || hasWildcard(action.service) || resourceService(action.service) === service
      ? []
      : [
          fault(
            action,
            `a policy of ${service} cannot have actions of ${action.service}`,
            `remove it, or use an action of ${service}`,
          ),
        ],
  );
}

/** Whether the action has the form of one and no wildcard in its service. */
function isNamed({ text, service }: ActionPattern): boolean {
  return /^[^:\s]+:[^:\s]+$/.test(text) && !hasWildcard(service) && !text.includes('${');
}

function unknownServices(statement: LintedStatement, { data }: LintedPolicy): LintFault[] {
  const services = data?.services() ?? [];
  if (services.length === 0) return [];
  return allActions(statement).flatMap((action) => {
    if (!isNamed(action) || services.includes(action.service)) return [];
    const near = nearest(action.service, services);
    const fix =
      near === null
        ? 'check the prefix in the Service Authorization Reference'
        : `use ${quote(`${near}:${action.action}`)}`;
    return [fault(action, `there is no service ${quote(action.service)}`, fix)];
  });
}

function unknownActions(statement: LintedStatement, { data }: LintedPolicy): LintFault[] {
  if (data === null) return [];
  return allActions(statement).flatMap((action) => {
    if (!isNamed(action) || UNLISTED.includes(action.text.toLowerCase())) return [];
    const known = data.actionsOf(action.service);
    if (known.length === 0 || actionsNamed(action, data).length > 0) return [];
    const meant =
      OTHER_NAMES[action.text.toLowerCase()] ??
      nearest(
        action.text,
        known.map(({ name }) => name),
      );
    const fix = meant === null ? 'check the name in the Service Authorization Reference' : `use ${meant}`;
    const message = action.hasWildcard
      ? `${quote(action.text)} matches no action`
      : `there is no action ${quote(action.text)}`;
    return [fault(action, message, fix)];
  });
}

export const ACTION_RULES: readonly LintRule[] = [
  ...statementRules([
    ['WILDCARD_IN_SERVICE_NAME', 'suggestion', 'The service of an action or ARN has a wildcard.', wildcardServices],
    ['UNSUPPORTED_ACTION_IN_POLICY', 'error', 'A resource policy has an action of another service.', otherService],
  ]),
  ...statementRules(
    [
      ['INVALID_SERVICE_IN_ACTION', 'error', 'The service of an action does not exist.', unknownServices],
      ['INVALID_ACTION', 'error', 'An action does not exist.', unknownActions],
    ],
    { needsData: true },
  ),
  ...statementRules([['MALFORMED_ACTION', 'error', 'An action is not of the form SERVICE:ACTION.', malformed]], {
    isOwn: true,
  }),
];
