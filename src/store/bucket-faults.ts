/** What S3 refuses, in words that say what to do. */
import { ASSUME_ROLE, DENIED_ACTION, statementFor, TRUSTED } from '../aws/call.js';
import { FeedrateError } from '../base/errors.js';
import { type BucketPlace, bucketArn, isAccessPoint, isFsxAlias, objectsArn, urlOf } from './bucket-place.js';
import { keyRemedy } from './kms-key.js';

/** A call, as its error names it. */
export interface BucketCall {
  /** As IAM names it. */
  readonly action: string;
  /** The run or file that it is about. */
  readonly place: BucketPlace;
  /** The place whose objects a statement must name. */
  readonly granted: BucketPlace;
  readonly region: string;
  /** The key that the call asks for. Absent: the bucket's own encryption. */
  readonly kmsKey?: string | undefined;
}

/** What the SDK throws for an answer of S3. A `HEAD` request has no text: its name and message say nothing then. */
interface S3Answer {
  readonly name?: string;
  readonly message?: string;
  readonly Region?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Actions on a bucket. All others are on the objects in it. */
const ON_BUCKET = /^s3:List/;

/** Returns the HTTP status of the answer that an error stands for, or null when there was none. */
export function httpStatusOf(thrown: unknown): number | null {
  return answerOf(thrown).$metadata?.httpStatusCode ?? null;
}

/** Returns the Region that an answer names as that of the bucket. */
export function regionIn(thrown: unknown): string | null {
  const answer = answerOf(thrown);
  return answer.$response?.headers?.['x-amz-bucket-region'] ?? answer.Region ?? null;
}

/** Returns whether the caller lacks a permission, as opposed to credentials that are wrong. */
export function isRefused(thrown: unknown): boolean {
  return httpStatusOf(thrown) === 403 && !/^(?:Invalid|Signature|Request|Expired)/.test(answerOf(thrown).name ?? '');
}

/** Returns the error with its place and remedy. What this file does not know keeps the text of `callAws`. */
export function bucketFault(call: BucketCall, thrown: FeedrateError): FeedrateError {
  const reason = reasonOf(call, thrown);
  const text = reason === null ? thrown.message : `${call.action} in ${call.region}: ${reason}`;
  return new FeedrateError('cloud', `${urlOf(call.place)}: ${text}`, { cause: thrown.cause });
}

function reasonOf(call: BucketCall, thrown: FeedrateError): string | null {
  const answer = answerOf(thrown);
  const { name = '', message = '' } = answer;
  const status = httpStatusOf(thrown);
  const { bucket } = call.place;
  if (name === 'NoSuchBucket')
    return `there is no bucket ${bucket}; check the name, or create it: aws s3 mb s3://${bucket}`;
  if (name === 'NoSuchUpload')
    return 'somebody aborted this upload, such as another export of the same run; export it again';
  if (isEncryptionRefused(call, answer))
    return 'the access point takes no key, because its file system encrypts the volume with its own (SSE-FSX); leave out --kms-key';
  if (isAboutKey(answer, call.kmsKey))
    return `${name}: ${message}; ${call.kmsKey === undefined ? KEY_OF_OBJECT : keyRemedy(call.kmsKey, call.region)}`;
  if (isRefused(thrown)) return deniedText(call, message);
  if (name === 'EntityTooLarge') return 'the file is larger than the store takes; remove it from the run directory';
  if (status === 301 || name === 'AuthorizationHeaderMalformed')
    return `the bucket is in ${regionIn(thrown) ?? 'another Region'}; set AWS_REGION`;
  if (status === 400 && message.startsWith('Unknown'))
    return 'refused without a reason (400): renew the credentials, and check the Region';
  if (status === 503) return `the store is busy (${name}); try again later${isAccessPoint(call.place) ? FSX_BUSY : ''}`;
  return null;
}

const FSX_BUSY = '. An access point of Amazon FSx does not answer while the throughput of its file system changes';

/** Only an access point of Amazon FSx refuses every key: SSE-FSX is its only encryption. */
function isEncryptionRefused({ place }: BucketCall, { name = '', message = '' }: S3Answer): boolean {
  if (!/^(?:InvalidRequest|InvalidArgument|NotImplemented|InvalidEncryptionAlgorithmError)$/.test(name)) return false;
  return isFsxAlias(place) || (isAccessPoint(place) && /encryption/i.test(message));
}

const KEY_OF_OBJECT = 'the key that encrypts the bucket or the object must exist, be enabled, and be allowed to you';

/** S3 passes on what KMS says, and refuses by itself what cannot be a key. */
function isAboutKey({ name = '', message = '' }: S3Answer, kmsKey: string | undefined): boolean {
  if (name.startsWith('KMS.')) return true;
  return kmsKey !== undefined && /^Invalid(?:Request|Argument)$/.test(name) && /\b(?:kms|key ?id)\b/i.test(message);
}

/** The action and resource in the message are those that were refused, for example of the key. */
function deniedText({ action, granted, region, kmsKey }: BucketCall, message: string): string {
  const [, denied = action, resource] = DENIED_ACTION.exec(message) ?? [];
  if (/explicit deny/.test(message)) {
    const policy = /explicit deny in an? ([\w-]+ policy|[\w-]+)/.exec(message)?.[1] ?? 'policy';
    return `denied by a ${policy}, so that no other statement can allow ${denied}; change that policy`;
  }
  if (denied === ASSUME_ROLE)
    return `the role cannot be assumed; grant it with ${statementFor(denied, resource ?? 'ARN_OF_THE_ROLE')}${TRUSTED}`;
  const objects = objectsArn(granted, region);
  const statement = denied.startsWith('s3:')
    ? statementFor(denied, ON_BUCKET.test(denied) ? bucketArn(granted, region) : objects)
    : statementFor(denied, resource ?? (kmsKey?.startsWith('arn:') ? kmsKey : 'ARN_OF_THE_KEY'));
  const missing =
    denied === 's3:GetObject'
      ? `, and s3:ListBucket on ${bucketArn(granted, region)}: without it, a missing object is refused as well`
      : '';
  // KMS answers for a key that is not there as for one that nobody allows.
  const absent =
    kmsKey !== undefined && /does not exist in this Region/.test(message) ? `, or ${keyRemedy(kmsKey, region)}` : '';
  return `access denied; grant it with ${statement}${missing}${absent} (all that is needed: feedrate iam policy --for results)`;
}

/** The SDK's error, which `callAws` keeps as the cause. */
function answerOf(thrown: unknown): S3Answer {
  const error = (thrown instanceof FeedrateError ? thrown.cause : thrown) as S3Answer | null | undefined;
  return error ?? {};
}
