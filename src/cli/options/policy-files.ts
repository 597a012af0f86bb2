/** Reads the policies of a question from files. */
import { FeedrateError } from '../../base/errors.js';
import { refuseMalformed } from '../../iam/evaluate/malformed.js';
import type { LayerName, Policies, PolicySet } from '../../iam/evaluate/policies.js';
import { findDocuments } from '../../iam/lint/found-documents.js';
import type { PolicyDocument } from '../../iam/policy-document.js';
import { SourceText } from '../../iam/source-text.js';
import { policyFileName, policyText } from './policy-file-text.js';

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
  const owned = (options.resourcePolicy ?? []).filter((text) => text !== 'none').flatMap(ownedPolicies);
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
  if (!files.includes('none')) return files.flatMap((file) => documentsIn(file, layer));
  if (files.length > 1) throw new FeedrateError('usage', `${option}: expected files or none, found both`);
  return 'none';
}

interface OwnedPolicy {
  /** The resource that the policy belongs to; null: every one that is asked for. */
  readonly arn: string | null;
  readonly document: PolicyDocument;
}

function ownedPolicies(text: string): OwnedPolicy[] {
  const [, arn = null, file = text] = /^(arn:[^=]+)=(.+)$/s.exec(text) ?? [];
  return documentsIn(file, 'resource').map((document) => ({ arn, document }));
}

/** Whether a resource is the one with this ARN, or an object in it. */
function isWithin(resource: string, arn: string): boolean {
  return resource === arn || resource.startsWith(`${arn}/`);
}

/** The policies in a file, which may also be an answer of the AWS CLI. A trust policy is none of a principal's own. */
function documentsIn(file: string, layer: LayerName): PolicyDocument[] {
  const { documents, errors } = findDocuments(new SourceText(policyFileName(file), textOf(file)));
  const [error] = errors;
  if (error !== undefined) throw error;
  const own = documents.filter(({ isTrust }) => !isTrust || layer === 'resource').map(({ document }) => document);
  if (own.length === 0) throw new FeedrateError('usage', `${file}: expected a policy, found none`);
  for (const document of own) refuseMalformed(document, layer);
  return own;
}

/** Returns the text of a file, or of a policy that AWS has under this name. */
function textOf(file: string): string {
  try {
    return policyText(file);
  } catch (error) {
    const builtIn = BUILT_IN[file];
    if (builtIn === undefined) throw error;
    return builtIn;
  }
}
