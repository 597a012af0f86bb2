/**
 * Decides whether AWS would allow a request. Sources: IAM User Guide, "Policy evaluation logic" with its page on requests
 * across accounts (awsdocs/iam-user-guide@651083f), "Permissions boundaries for IAM entities", read 2026-11-29.
 */
import { derivedContext, ownerOf } from './derived-context.js';
import { Layers, type MatchedStatement } from './layers.js';
import { type Hit, LAYER_TEXTS, type LayerName, type Policies } from './policies.js';
import { type ContextValues, RequestContext } from './request-context.js';
import { namesSomeSession, type Requester, type RequesterKind } from './requester.js';
import { allOf, anyOf, type Finding, not, plainly, unknownFor } from './truth.js';

/** One thing to ask. Action and resource may have wildcards, and then stand for all that they match. */
export interface Question {
  readonly action: string;
  readonly resource: string;
  /** Condition keys with their values, for this question. */
  readonly context: ContextValues;
}

/** What all questions have in common. */
export interface Setting {
  readonly requester: Requester;
  /** Returns the policies for a resource: not every resource policy is that of the resource. */
  readonly policiesFor: (resource: string) => Policies;
  /** Condition keys that the request does not have, as opposed to keys that nobody spoke of. */
  readonly absent: readonly string[];
  /** Whether what was not given is unknown instead of absent. */
  readonly cautious: boolean;
}

export type Decision = 'allowed' | 'denied' | 'unknown';

export interface Answer {
  readonly question: Question;
  readonly principal: string;
  readonly decision: Decision;
  readonly reason: string;
  /** The statements that decide. */
  readonly statements: readonly Hit[];
  /** For a request that nothing allows: Allow statements that have the action and miss something else. */
  readonly nearMisses: readonly MatchedStatement[];
  /** What was not given and counted as absent, or was concluded. */
  readonly assumed: readonly string[];
}

const DECISIONS = { yes: 'allowed', no: 'denied', unknown: 'unknown' } as const;

/** Answers a question. It never fails: policies were checked by `refuseMalformed`. */
export function decide(question: Question, setting: Setting): Answer {
  const { requester, cautious } = setting;
  const { action, resource } = question;
  if (NEEDS_NO_PERMISSION.has(action.toLowerCase())) return withoutPermission(question, requester);
  const policies = setting.policiesFor(resource);
  const owner = ownerOf(resource);
  const given = valueIn(question.context, 'aws:ResourceAccount');
  const stated = owner.account ?? given ?? (resource === '*' ? requester.account : null);
  const service = action.slice(0, action.indexOf(':')).toLowerCase();
  const account = stated ?? (cautious ? null : requester.account);
  const derived = derivedContext(requester, service, owner.region, resource === '*' ? null : account);
  const context = new RequestContext(question.context, derived, setting.absent, cautious);
  const names = layersFor(requester, service, resource, policies);
  const request = {
    requester,
    action,
    resource,
    context,
    hasBoundary: typeof policies.boundary !== 'string',
    cautious,
  };
  const layers = new Layers(policies, names, request, cautious);
  const permitted = allOf([
    not(layers.denied()),
    ...layers.controls('rcp', false),
    ...layers.controls('scp', true),
    grantFor(layers, requester, mustAllow(action, resource), account),
  ]);
  return {
    question,
    principal: requester.name,
    decision: DECISIONS[permitted.truth],
    reason: reasonOf(permitted),
    statements: permitted.hits,
    nearMisses: permitted.truth === 'no' && permitted.hits.length === 0 ? nearMisses(layers) : [],
    assumed: assumptions(layers, names, setting, context, { resource, account: stated }),
  };
}

/** Allowed even where a policy denies it. Source: AWS STS API Reference, GetCallerIdentity. */
const NEEDS_NO_PERMISSION: ReadonlySet<string> = new Set(['sts:getcalleridentity']);

function withoutPermission(question: Question, { name, kind }: Requester): Answer {
  const isSigned = kind !== 'anonymous';
  return {
    question,
    principal: name,
    decision: isSigned ? 'allowed' : 'denied',
    reason: isSigned ? 'the action needs no permission' : 'the action needs credentials',
    statements: [],
    nearMisses: [],
    assumed: [],
  };
}

/** Services whose resources have no policies of their own. Source: IAM User Guide, "AWS services that work with IAM". */
const WITHOUT_RESOURCE_POLICIES: ReadonlySet<string> = new Set(['cloudwatch', 'ec2', 'fsx', 'iam', 'sagemaker']);

/** Returns the kinds of policies that apply to a request. */
function layersFor(requester: Requester, service: string, resource: string, policies: Policies): LayerName[] {
  const { kind, arn } = requester;
  const isServiceLinked = /:role\/aws-service-role\//.test(arn ?? '');
  const hasResourcePolicy = resource !== '*' && !WITHOUT_RESOURCE_POLICIES.has(service);
  const applies: Readonly<Record<LayerName, boolean>> = {
    identity: KINDS_WITH_POLICIES.includes(kind),
    resource: hasResourcePolicy || typeof policies.resource !== 'string',
    boundary: KINDS_WITH_POLICIES.includes(kind),
    session: kind === 'role' || kind === 'federated-user',
    scp: requester.account !== null && !isServiceLinked,
    rcp: !isServiceLinked,
  };
  return (Object.keys(applies) as LayerName[]).filter((name) => applies[name]);
}

const KINDS_WITH_POLICIES: readonly RequesterKind[] = ['user', 'role', 'federated-user'];

/** The policy that must allow a request even within one account: the trust policy of a role or the policy of a key. */
function mustAllow(action: string, resource: string): string | null {
  if (/^kms:/i.test(action) && /^arn:[^:]*:kms:[^:]*:[^:]*:key\//.test(resource)) return 'key policy';
  return /^sts:(?:AssumeRole|TagSession|SetSourceIdentity)/i.test(action) ? 'trust policy' : null;
}

/** Whether the requester is granted the request, denials and control policies aside. */
function grantFor(layers: Layers, requester: Requester, policy: string | null, account: string | null): Finding<Hit> {
  if (account !== null || requester.account === null) return grantIn(layers, requester, policy, account);
  const own = grantIn(layers, requester, policy, requester.account);
  const foreign = grantIn(layers, requester, policy, null);
  return own.truth === foreign.truth ? own : unknownFor('context key aws:ResourceAccount');
}

function grantIn(layers: Layers, requester: Requester, policy: string | null, account: string | null): Finding<Hit> {
  const named = policy ?? 'resource policy';
  const isGiven = layers.isGiven('resource');
  const silent = isGiven ? `the ${named} does not allow it` : `no ${named} was given`;
  const must = (where = ''): string => `${silent}, and one must allow it${where}`;
  const byResource = layers.allowed('resource', must(), ['account', 'role', 'direct']);
  if (requester.account === null) return byResource;
  const isForeign = requester.account !== account;
  if (requester.kind === 'root') return isForeign || policy !== null ? byResource : plainly('yes');
  const identity = layers.allowed('identity', 'no identity policy allows it');
  const limits = [
    layers.limit('boundary', 'the permissions boundary does not allow it'),
    requester.kind === 'federated-user' && !layers.isGiven('session')
      ? layers.allowed('session', 'a federated user has only what a session policy allows')
      : layers.limit('session', 'the session policy does not allow it'),
  ];
  if (isForeign) {
    const across = layers.allowed('resource', must(' for a principal of another account'), [
      'account',
      'role',
      'direct',
    ]);
    return allOf([identity, across, ...limits]);
  }
  const direct = layers.allowed('resource', '', ['direct']);
  const role = layers.allowed('resource', isGiven ? `nor does the ${named}` : '', ['role']);
  if (policy === null) return anyOf([allOf([anyOf([identity, role]), ...limits]), direct]);
  const delegated = layers.allowed('resource', must(' even in the same account'), ['account']);
  const itself = layers.allowed('resource', '', ['role']);
  return anyOf([direct, allOf([itself, ...limits]), allOf([delegated, identity, ...limits])]);
}

function reasonOf({ truth, hits, needs, why }: Finding<Hit>): string {
  if (truth === 'unknown') return `it depends on what was not given: ${needs.join(', ')}`;
  const layers = [...new Set(hits.map(({ layer }) => LAYER_TEXTS[layer]))];
  if (truth === 'yes')
    return layers.length === 0 ? 'the root user may do everything in its account' : `allowed by the ${listed(layers)}`;
  if (hits.length > 0) return `explicitly denied by the ${listed(layers)}`;
  return why.filter((text) => text !== '').join(', ');
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const NEAR_MISSES_MOST = 3;
const NEARNESS = ['condition', 'resource', 'principal'];

function nearMisses(layers: Layers): MatchedStatement[] {
  return layers
    .statements('Allow')
    .filter(({ match }) => match.missed !== null)
    .sort((a, b) => NEARNESS.indexOf(a.match.missed ?? '') - NEARNESS.indexOf(b.match.missed ?? ''))
    .slice(0, NEAR_MISSES_MOST);
}

function assumptions(
  layers: Layers,
  names: readonly LayerName[],
  { requester, policiesFor }: Setting,
  context: RequestContext,
  { resource, account }: { readonly resource: string; readonly account: string | null },
): string[] {
  const policies = policiesFor(resource);
  const ignored = (Object.keys(policies) as LayerName[]).filter(
    (name) => typeof policies[name] !== 'string' && !names.includes(name),
  );
  return [
    ...names.filter((name) => layers.isUnstated(name)).map((name) => `no ${LAYER_TEXTS[name]}`),
    ...context.missing().map((key) => `no context key ${key}`),
    ...(account === null && requester.account !== null
      ? [`the resource is in the principal's account, ${requester.account}: its ARN names none`]
      : []),
    ...requester.assumed,
    ...(layers.statements().some(({ hit }) => namesSomeSession(hit.statement.principal, requester))
      ? ['the session is none of those that the policies name']
      : []),
    ...(layers.isGiven('scp') ? ["the principal's account is not the organization's management account"] : []),
    ...ignored.map((name) => `the ${LAYER_TEXTS[name]} does not apply to ${requester.name}`),
  ];
}

function valueIn(context: ContextValues, key: string): string | null {
  for (const [name, values] of context) if (name.toLowerCase() === key.toLowerCase()) return values[0] ?? null;
  return null;
}
