/** Reads the policies of a question from files. */
import { readFileSync } from 'node:fs';
import { FeedrateError } from '../../base/errors.js';
import { refuseMalformed } from '../../iam/evaluate/malformed.js';
import type { LayerName, Policies, PolicySet } from '../../iam/evaluate/policies.js';
import { type PolicyDocument, readPolicy } from '../../iam/policy-document.js';

/** The options that name policy files, as commander returns them. */
export interface PolicyFileOptions {
  readonly policy?: readonly string[];
  readonly resourcePolicy?: readonly string[];
  readonly boundary?: readonly string[];
  readonly sessionPolicy?: readonly string[];
  readonly scp?: readonly string[];
  readonly rcp?: readonly string[];
}

/** AWS attaches these to every account of an organization; their names can be given instead of files. */
const BUILT_IN: Readonly<Record<string, string>> = {
  FullAWSAccess: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  RCPFullAWSAccess:
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
};

/**
 * Reads all files. Returns a function that gives the policies for a resource: `ARN=FILE` is the policy of that resource and of
 * what is in it. Throws `FeedrateError('usage')` if a file cannot be read, or is no policy of its kind.
 */
export function readPolicies(options: PolicyFileOptions): (resource: string) => Policies {
  const fixed = {
    identity: policiesIn(options.policy, '--policy', 'identity'),
    boundary: policiesIn(options.boundary, '--boundary', 'boundary'),
    session: policiesIn(options.sessionPolicy, '--session-policy', 'session'),
    scp: policiesIn(options.scp, '--scp', 'scp'),
    rcp: policiesIn(options.rcp, '--rcp', 'rcp'),
  };
  if (typeof fixed.boundary !== 'string' && fixed.boundary.length > 1)
    throw new FeedrateError('usage', '--boundary: expected one file, as a user or role has one permissions boundary');
  const owned = (options.resourcePolicy ?? []).filter((text) => text !== 'none').map(ownedPolicy);
  return (resource) => {
    const own = owned.filter(({ arn }) => arn === null || isWithin(resource, arn)).map(({ document }) => document);
    return {
      ...fixed,
      resource: own.length > 0 ? own : options.resourcePolicy?.includes('none') ? 'none' : 'unstated',
    };
  };
}

function policiesIn(files: readonly string[] | undefined, option: string, layer: LayerName): PolicySet {
  if (files === undefined) return 'unstated';
  if (!files.includes('none')) return files.map((file) => policyIn(file, layer));
  if (files.length > 1) throw new FeedrateError('usage', `${option}: expected files or none, found both`);
  return 'none';
}

function ownedPolicy(text: string): { readonly arn: string | null; readonly document: PolicyDocument } {
  const [, arn = null, file = text] = /^(arn:[^=]+)=(.+)$/s.exec(text) ?? [];
  return { arn, document: policyIn(file, 'resource') };
}

/** Whether a resource is the one with this ARN, or an object in it. */
function isWithin(resource: string, arn: string): boolean {
  return resource === arn || resource.startsWith(`${arn}/`);
}

function policyIn(file: string, layer: LayerName): PolicyDocument {
  const document = readPolicy(file, textOf(file));
  refuseMalformed(document, layer);
  return document;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const builtIn = BUILT_IN[file];
    if (builtIn !== undefined) return builtIn;
    throw new FeedrateError('usage', `cannot read the policy ${file}: ${(cause as Error).message}`, { cause });
  }
}
