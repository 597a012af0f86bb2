/** A request with its policies, in few words, and what AWS answers. */
import { type Answer, decide } from '../../src/iam/evaluate/decide.js';
import { refuseMalformed } from '../../src/iam/evaluate/malformed.js';
import type { LayerName, Policies, PolicySet } from '../../src/iam/evaluate/policies.js';
import { requesterOf } from '../../src/iam/evaluate/requester.js';
import { readPolicy } from '../../src/iam/policy-document.js';

export type Json = Readonly<Record<string, unknown>>;
/** Statements of one document each, or a whole document. */
export type Documents = readonly (Json | readonly Json[])[] | 'none';

export interface EvaluationCase {
  readonly name: string;
  readonly principal?: string;
  readonly role?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly absent?: readonly string[];
  readonly identity?: Documents;
  readonly resourcePolicy?: Documents;
  readonly boundary?: Documents;
  readonly session?: Documents;
  readonly scp?: Documents;
  readonly rcp?: Documents;
  readonly cautious?: boolean;
  readonly expect: 'allowed' | 'denied' | 'unknown';
  /** The Sids of the deciding statements. */
  readonly by?: readonly string[];
}

export const ACCOUNT = '111122223333';
export const OTHER = '444455556666';
export const USER = `arn:aws:iam::${ACCOUNT}:user/ana`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/Train`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Train/nb`;
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
export const BUCKET = 'arn:aws:s3:::data';
export const OBJECT = `${BUCKET}/runs/a.json`;
export const KEY = `arn:aws:kms:us-east-1:${ACCOUNT}:key/0a1b`;

/** An Allow for the action and resource of most cases; `more` replaces or adds elements. */
export function allow(more: Json = {}): Json {
  return { Effect: 'Allow', ...defaults(more), ...more };
}

export function deny(more: Json = {}): Json {
  return { Effect: 'Deny', ...defaults(more), ...more };
}

function defaults(more: Json): Json {
  return {
    ...('NotAction' in more ? {} : { Action: 's3:GetObject' }),
    ...('NotResource' in more ? {} : { Resource: `${BUCKET}/*` }),
  };
}

/** A statement of a resource policy that allows a principal of AWS. */
export function allowFor(principal: unknown, more: Json = {}): Json {
  return allow({ Principal: principal === '*' ? '*' : { AWS: principal }, ...more });
}

export function answerOf(one: EvaluationCase): Answer {
  const policies: Policies = {
    identity: setOf(one.identity, 'identity'),
    resource: setOf(one.resourcePolicy, 'resource'),
    boundary: setOf(one.boundary, 'boundary'),
    session: setOf(one.session, 'session'),
    scp: setOf(one.scp, 'scp'),
    rcp: setOf(one.rcp, 'rcp'),
  };
  const context = new Map(
    Object.entries(one.context ?? {}).map(([key, value]) => [key, typeof value === 'string' ? [value] : value]),
  );
  return decide(
    { action: one.action ?? 's3:GetObject', resource: one.resource ?? OBJECT, context },
    {
      requester: requesterOf(one.principal ?? one.role ?? USER, one.role),
      policiesFor: () => policies,
      absent: one.absent ?? [],
      cautious: one.cautious ?? false,
    },
  );
}

function setOf(documents: Documents | undefined, layer: LayerName): PolicySet {
  if (documents === undefined) return 'unstated';
  if (documents === 'none') return 'none';
  return documents.map((content, index) => {
    const statements = Array.isArray(content) ? content : [content];
    const whole = !Array.isArray(content) && 'Statement' in content;
    const text = JSON.stringify(whole ? content : { Version: '2012-10-17', Statement: statements }, null, 1);
    const document = readPolicy(`${layer}${index}.json`, text);
    refuseMalformed(document, layer);
    return document;
  });
}
