/** The two kinds of resources of S3 that policies mix up: buckets and objects. They need no data of AWS. */
import { arnFields } from '../arn-fields.js';
import { hasWildcard } from '../wildcards.js';
import type { ActionPattern, LintedStatement } from './linted-policy.js';

export type S3Level = 'bucket' | 'object';

/** Actions on objects whose name does not say so, and the one on a bucket whose name suggests an object. */
const LEVELS: Readonly<Record<string, S3Level>> = {
  abortmultipartupload: 'object',
  listmultipartuploadparts: 'object',
  bypassgovernanceretention: 'object',
  getbucketobjectlockconfiguration: 'bucket',
  putbucketobjectlockconfiguration: 'bucket',
};

/** Actions on an account, an access point or a job, whose names hold the word Bucket or Object. */
const ELSEWHERE = /AllMyBuckets|ObjectLambda|AccessPoint|DirectoryBuckets|StorageLens|AccessGrants/i;

/** Returns what an action of S3 acts on, or null if it is another service's, a pattern, or acts on something else. */
export function levelOfAction({ service, action, hasWildcard: isPattern }: ActionPattern): S3Level | null {
  if (service !== 's3' || isPattern || ELSEWHERE.test(action)) return null;
  const named = LEVELS[action.toLowerCase()];
  if (named !== undefined) return named;
  if (/Bucket/i.test(action)) return 'bucket';
  return /Object/i.test(action) ? 'object' : null;
}

/** Returns what an ARN names, or null if it may name both or is none of S3's. */
export function levelOfResource(text: string): S3Level | null {
  const fields = arnFields(text);
  if (fields === null || fields.service !== 's3') return null;
  const { region, resource } = fields;
  const bucket = region === '' ? /^[^/]*/ : /^accesspoint[/:][^/]*/;
  const [name = ''] = bucket.exec(resource) ?? [];
  const rest = resource.slice(name.length);
  if (name !== '' && rest !== '') return 'object';
  // `*` spans slashes: `my-bucket*` names buckets and objects.
  return name !== '' && !name.includes('*') && !/\$\{/.test(name) ? 'bucket' : null;
}

/**
 * Returns the actions of a statement that none of its resources suits, because all of them are of the other level.
 * Nothing is said of statements with other resources.
 */
export function misplacedS3Actions(statement: LintedStatement, level: S3Level): ActionPattern[] {
  const { resources, actions } = statement;
  const other = level === 'bucket' ? 'object' : 'bucket';
  if (resources.length === 0 || !resources.every(({ text }) => levelOfResource(text) === other)) return [];
  return actions.filter((action) => levelOfAction(action) === level);
}

/** Returns the bucket of the first object of a statement as an ARN, or a form if it is a pattern. */
export function bucketOf({ resources }: LintedStatement): string {
  const text = resources[0]?.text ?? '';
  const arn = text.slice(0, text.indexOf('/') === -1 ? text.length : text.indexOf('/'));
  return hasWildcard(arn) ? 'arn:aws:s3:::BUCKET' : arn;
}
