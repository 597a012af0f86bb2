/** The policies that grant what features of feedrate need, and nothing else. */
import { type CloudPlace, type Feature, type Grant, grantsFor, oneOrMore } from '../features.js';

export const POLICY_NAMES = ['role', 'creator', 'trust', 'bucket', 'access-point', 'key'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

/** A statement as JSON has it. */
export type WrittenStatement = Readonly<Record<string, unknown>> & { readonly Sid: string };

export interface WrittenPolicy {
  readonly name: PolicyName;
  /** What to attach it to. */
  readonly title: string;
  readonly document: { readonly Version: '2012-10-17'; readonly Statement: readonly WrittenStatement[] };
  /** Why each statement is there, by Sid. */
  readonly reasons: ReadonlyMap<string, string>;
}

interface Reasoned {
  readonly statement: WrittenStatement;
  readonly why: string;
}

/**
 * Returns the policies for these features. Policies of resources need the role as their principal: without it there are
 * none.
 */
export function writePolicies(features: readonly Feature[], place: CloudPlace): WrittenPolicy[] {
  const grants = grantsFor(features, place);
  const { role, bucket, accessPoint, key } = place;
  const held = (holder: Grant['holder']): Reasoned[] =>
    grants
      .filter((grant) => grant.holder === holder)
      .map((grant) => ({ statement: statementOf(grant), why: grant.why }));
  const granting = (target: Grant['target']): Reasoned[] =>
    role === null
      ? []
      : grants
          .filter((grant) => grant.target === target)
          .map((grant) => ({ statement: withPrincipal(grant, role), why: grant.why }));
  const onBucket = granting('bucket');
  return [
    policy('role', `identity policy of the role${role === null ? '' : ` ${role}`}`, held('role')),
    policy('creator', 'identity policy of whoever creates the notebook instance', held('creator')),
    policy('trust', `trust policy of the role ${role}`, features.includes('notebook') ? trust(place) : []),
    policy(
      'bucket',
      `bucket policy of ${bucket?.name}: add the statements to the policy that is there`,
      onBucket.length === 0 ? [] : [...onBucket, onlyEncrypted(place)],
    ),
    policy('access-point', `policy of the access point ${accessPoint}`, granting('access-point')),
    policy('key', `key policy of ${key}: add the statement, do not replace the policy`, granting('key')),
  ].filter(({ document }) => document.Statement.length > 0);
}

/** Returns the statement that makes a grant: that of a key policy for a key, otherwise that of an identity policy. */
export function grantingStatement(grant: Grant, principal: string | null): WrittenStatement {
  return grant.target === 'key' && principal !== null ? withPrincipal(grant, principal) : statementOf(grant);
}

/** Returns the statement of an identity policy that makes a grant. */
function statementOf({ sid, actions, resources, condition }: Grant): WrittenStatement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: oneOrMore(actions),
    Resource: oneOrMore(resources),
    ...conditionOf(condition),
  };
}

/** The statement of a resource's policy. In a key policy `*` is the key itself. */
function withPrincipal({ sid, actions, resources, condition, target }: Grant, role: string): WrittenStatement {
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: role },
    Action: oneOrMore(actions),
    Resource: target === 'key' ? '*' : oneOrMore(resources),
    ...conditionOf(condition),
  };
}

function conditionOf(condition: Grant['condition']): { readonly Condition?: Grant['condition'] } {
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
}

function policy(name: PolicyName, title: string, statements: readonly Reasoned[]): WrittenPolicy {
  return {
    name,
    title,
    document: { Version: '2012-10-17', Statement: statements.map(({ statement }) => statement) },
    reasons: new Map(statements.map(({ statement, why }) => [statement.Sid, why])),
  };
}

/** SageMaker may assume the role, for this account only. */
function trust({ account }: CloudPlace): Reasoned[] {
  const statement = {
    Sid: 'SageMakerAssumesRole',
    Effect: 'Allow',
    Principal: { Service: 'sagemaker.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  };
  return [{ statement, why: 'lets SageMaker start the notebook with this role; the condition refuses other accounts' }];
}

function onlyEncrypted({ partition, bucket }: CloudPlace): Reasoned {
  const arn = `arn:${partition}:s3:::${bucket?.name}`;
  const statement = {
    Sid: 'DenyUnencryptedTransport',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  return { statement, why: 'refuses requests without TLS, from everyone' };
}
