/** What a document is attached to, when nobody says so. */
import type { PolicyDocument, PolicyKind } from '../policy-document.js';

/** The services whose resource policies lint knows, by their prefix in actions. */
export const RESOURCE_SERVICES = ['s3', 'lambda', 'sns', 'sqs', 'kms', 'ecr', 'secretsmanager', 'apigateway'] as const;
export type ResourceService = (typeof RESOURCE_SERVICES)[number];

/** Prefixes that differ from the name of the service. */
const OTHER_PREFIXES: Readonly<Record<string, ResourceService>> = { 'execute-api': 'apigateway' };

const TRUST_ACTION = /^sts:(?:AssumeRole|TagSession|SetSourceIdentity|SetContext|\*)/i;

/**
 * Returns the kind of a document by its elements: a trust policy has only actions with which a role is assumed, a
 * resource policy has a principal. Service control policies look like identity policies.
 */
export function kindOf({ statements }: PolicyDocument): PolicyKind {
  const actions = statements.flatMap(({ action }) => action?.values ?? []);
  const hasResource = statements.some(({ resource, notResource }) => resource !== null || notResource !== null);
  const hasPrincipal = statements.some(({ principal, notPrincipal }) => principal !== null || notPrincipal !== null);
  const isAssumed = actions.length > 0 && actions.every(({ text }) => TRUST_ACTION.test(text));
  if (isAssumed && (hasPrincipal || !hasResource)) return 'trust';
  return hasPrincipal ? 'resource' : 'identity';
}

/**
 * Returns the service that a resource policy belongs to: the one of its ARNs, and of the actions of statements that name
 * no ARN. Returns null if there are several, as in the policy of an endpoint.
 */
export function serviceOf({ statements }: PolicyDocument): ResourceService | null {
  const named = new Set(
    statements.flatMap(({ resource, notResource, action, notAction }) => {
      const arns = ((resource ?? notResource)?.values ?? []).filter(({ text }) => /^arn:/i.test(text));
      const actions = (action ?? notAction)?.values ?? [];
      const prefixes =
        arns.length > 0 ? arns.map(({ text }) => text.split(':')[2]) : actions.map(({ text }) => text.split(':')[0]);
      return prefixes.map((prefix = '') => prefix.toLowerCase());
    }),
  );
  const [first = ''] = named;
  return named.size === 1 ? resourceService(first) : null;
}

/** Returns the service of a prefix in actions or ARNs, or null if lint knows no resource policies of it. */
export function resourceService(prefix: string): ResourceService | null {
  return RESOURCE_SERVICES.find((service) => service === prefix) ?? OTHER_PREFIXES[prefix] ?? null;
}
