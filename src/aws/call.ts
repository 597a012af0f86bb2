/** Calls of AWS services that always end in time, and whose errors say what to do. */
import { FeedrateError } from '../base/errors.js';
import { contained } from './contained.js';

/** A call, as its error message names it. */
export interface CallName {
  /** As IAM names it: `fsx:DescribeVolumes`. */
  readonly action: string;
  /** What a statement that grants the action must name. Default: `*`, for actions without resources. */
  readonly resource?: string;
  readonly region: string;
}

/** What an SDK error tells, whichever service threw it. */
interface ServiceFault {
  readonly name: string;
  readonly message: string;
  readonly httpStatus: number | null;
}

/**
 * Runs one call and returns its answer. It ends after `timeoutMs` at the latest, also while the SDK looks for credentials,
 * which an abort signal alone does not end. Throws `FeedrateError('cloud')` with the reason and the remedy.
 */
export async function callAws<Answer>(
  name: CallName,
  timeoutMs: number,
  send: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    const giveUp = () => {
      controller.abort();
      const seconds = Number((timeoutMs / 1000).toFixed(1));
      const hint = 'check the network, the interface endpoint of the service, and the credentials';
      reject(new FeedrateError('cloud', `${name.action} in ${name.region}: no answer for ${seconds} s; ${hint}`));
    };
    // An answer that came while this process was busy is read before it counts as late.
    timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
  });
  try {
    return await Promise.race([contained(() => send(controller.signal)), timedOut]);
  } catch (thrown) {
    throw thrown instanceof FeedrateError ? thrown : cloudError(name, thrown);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the error for something that the SDK threw. */
export function cloudError(name: CallName, thrown: unknown): FeedrateError {
  const fault = faultOf(thrown);
  const remedy = remedyOf(name, fault);
  const text = fault.message.split('\n')[0] ?? '';
  return new FeedrateError('cloud', `${name.action} in ${name.region}: ${fault.name}: ${text}; ${remedy}`, {
    cause: thrown,
  });
}

/** Whether the caller lacks a permission, as opposed to a fault that a later call may not meet. */
export function isDenied(error: FeedrateError): boolean {
  return DENIED.test(faultOf(error.cause).name);
}

/** Whether the same call may succeed a little later: it was throttled, or the service failed. */
export function isTransient(error: FeedrateError): boolean {
  const { name, httpStatus } = faultOf(error.cause);
  return THROTTLED.test(name) || name === 'ECONNRESET' || (httpStatus !== null && httpStatus >= 500);
}

const DENIED = /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation|Forbidden)$/;
const EXPIRED = /^(?:ExpiredToken|ExpiredTokenException|RequestExpired)$/;
const INVALID =
  /^(?:UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|InvalidAccessKeyId)$/;
/** The action and resource that a service names in its refusal: those of a role that could not be assumed, for example. */
export const DENIED_ACTION = /not authorized to perform: ([\w-]+:\w+)(?: on resource: "?(arn:[^\s"]+))?/;
const UNREADABLE = 'UnreadableAnswer';
const THROTTLED = /^(?:Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded|SlowDown)$/;

function remedyOf(call: CallName, { name, message }: ServiceFault): string {
  if (DENIED.test(name)) return grantOf(call, message);
  if (EXPIRED.test(name)) return 'renew the credentials';
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') return credentialsRemedy(message);
  if (INVALID.test(name)) return 'check the credentials and the clock';
  if (THROTTLED.test(name)) return 'try again later';
  if (name === UNREADABLE) return 'check for a proxy between this machine and AWS, and AWS_ENDPOINT_URL';
  if (/^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ECONNRESET|ETIMEDOUT|TimeoutError)$/.test(name))
    return 'check the network, and that the subnet has an interface endpoint for the service or a route to it';
  if (/NotFound$/.test(name)) return 'check the region, and the account of the credentials';
  return /region/i.test(message) ? 'check the region' : 'see the documentation of the service';
}

function grantOf({ action, resource = '*' }: CallName, message: string): string {
  const [, denied = action, named = '*'] = DENIED_ACTION.exec(message) ?? [];
  const grant = `grant it with ${statementFor(denied, denied === action ? resource : named)}`;
  return denied === ASSUME_ROLE ? `${grant}${TRUSTED}` : grant;
}

/** A role is assumed before the call itself. */
export const ASSUME_ROLE = 'sts:AssumeRole';
/** Follows the statement that allows to assume a role. */
export const TRUSTED = ', and name the caller in the trust policy of the role';

/** The SDK says how a session of single sign-on is renewed, but not that a profile does not exist. */
function credentialsRemedy(message: string): string {
  if (message.includes('aws sso login')) return 'renew the credentials';
  const profile = process.env['AWS_PROFILE'];
  return profile
    ? `check the profile ${profile} (AWS_PROFILE) in ~/.aws/config and ~/.aws/credentials`
    : 'give feedrate a role or credentials, such as AWS_PROFILE';
}

/** Returns the policy statement that allows the action, on one line. */
export function statementFor(action: string, resource: string): string {
  return JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
}

function faultOf(thrown: unknown): ServiceFault {
  const error = thrown as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly message?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  } | null;
  const name = [error?.code, error?.name].find((word): word is string => typeof word === 'string') ?? 'Error';
  const message = typeof error?.message === 'string' ? error.message : String(thrown);
  const httpStatus = error?.$metadata?.httpStatusCode ?? null;
  // The SDK could not parse the answer, as with the error page of a proxy.
  if (message.includes('Deserialization error'))
    return {
      name: UNREADABLE,
      message: `the answer (HTTP ${httpStatus ?? 'status unknown'}) is not AWS JSON`,
      httpStatus,
    };
  return { name, message, httpStatus };
}
