/** Who makes a request, and whether a statement of a resource-based policy means them. */
import { FeedrateError } from '../../base/errors.js';
import type { PrincipalElement } from '../policy-document.js';

export type RequesterKind = 'user' | 'role' | 'federated-user' | 'root' | 'service' | 'federated' | 'anonymous';

export interface Requester {
  /** A role stands for a session of it. */
  readonly kind: RequesterKind;
  /** As the user named it. */
  readonly name: string;
  /** The account of the principal; null for services, identity providers and anonymous requests. */
  readonly account: string | null;
  /** The value of `aws:PrincipalArn`: for a session, the ARN of the role. Null if the request has none. */
  readonly arn: string | null;
  /** The session, if it was named: `arn:aws:sts::111122223333:assumed-role/Train/nb`. */
  readonly sessionArn: string | null;
  /** Parts of the requester that were concluded and may be wrong. */
  readonly assumed: readonly string[];
}

/**
 * How a statement names the requester. `direct`: the user, the session or everyone; what a boundary or session policy does
 * not allow still counts then. `role`: the role of the session. `account`: only the account, which delegates to its policies.
 */
export type Grade = 'none' | 'account' | 'role' | 'direct';

const GRADES: readonly Grade[] = ['none', 'account', 'role', 'direct'];

const EXPECTED =
  'expected the ARN of a user, role, session, account root or identity provider, an account, a service such as ' +
  'sagemaker.amazonaws.com, or anonymous';

/** Reads a principal. `role` completes a session: its path. Throws `FeedrateError('usage')` if it is none. */
export function requesterOf(text: string, role?: string): Requester {
  const requester = parsed(text);
  if (role === undefined) return requester;
  const owner = parsed(role);
  if (owner.kind !== 'role' || owner.sessionArn !== null)
    throw new FeedrateError(
      'usage',
      `--role ${role}: expected the ARN of a role, such as arn:aws:iam::ACCOUNT:role/NAME`,
    );
  if (text === role) return requester;
  const isSession = requester.sessionArn !== null && requester.account === owner.account;
  if (!isSession || lastPart(owner.arn ?? '') !== lastPart(requester.arn ?? ''))
    throw new FeedrateError('usage', `--principal ${text}: expected a session of the role ${role}`);
  return { ...requester, arn: owner.arn, assumed: [] };
}

function parsed(text: string): Requester {
  const base = { name: text, account: null, arn: null, sessionArn: null, assumed: [] };
  if (text === 'anonymous' || text === '*') return { ...base, kind: 'anonymous' };
  if (/^\d{12}$/.test(text)) return { ...base, kind: 'root', account: text, arn: `arn:aws:iam::${text}:root` };
  if (/^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(text) && text !== 'cognito-identity.amazonaws.com')
    return { ...base, kind: 'service' };
  const [, partition, service, account = '', kind = '', rest = ''] =
    /^arn:([a-z-]+):(iam|sts)::(\d{12}):(root$|[a-z-]+\/)(.*)$/.exec(text) ?? [];
  if (partition === undefined) {
    if (/^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:\/.*)?$/i.test(text)) return { ...base, kind: 'federated' };
    throw new FeedrateError('usage', `principal ${text}: ${EXPECTED}`);
  }
  const owned = { ...base, account, arn: text };
  if (service === 'iam' && kind === 'root') return { ...owned, kind: 'root' };
  if (service === 'iam' && kind === 'user/' && rest !== '') return { ...owned, kind: 'user' };
  if (service === 'iam' && kind === 'role/' && rest !== '') return { ...owned, kind: 'role' };
  if (service === 'iam' && /^(?:saml|oidc)-provider\/$/.test(kind)) return { ...base, kind: 'federated' };
  if (service === 'sts' && kind === 'federated-user/') return { ...owned, kind: 'federated-user' };
  const [, role] = /^([^/]+)\/[^/]+$/.exec(rest) ?? [];
  if (service === 'sts' && kind === 'assumed-role/' && role !== undefined) {
    const arn = `arn:${partition}:iam::${account}:role/${role}`;
    return {
      ...owned,
      kind: 'role',
      arn,
      sessionArn: text,
      assumed: [`the role of the session is ${arn}, without a path`],
    };
  }
  throw new FeedrateError('usage', `principal ${text}: ${EXPECTED}`);
}

/** Returns how `Principal` names the requester. */
export function gradeOf(principal: PrincipalElement, requester: Requester): Grade {
  if (principal.text !== null) return principal.text.text === '*' ? 'direct' : 'none';
  const grades = principal.entries.flatMap(({ type, values }) =>
    values.map(({ text }) => gradeOfValue(type, text, requester)),
  );
  return grades.reduce((best, grade) => (GRADES.indexOf(grade) > GRADES.indexOf(best) ? grade : best), 'none');
}

function gradeOfValue(type: string, text: string, requester: Requester): Grade {
  const { kind, name, arn, sessionArn, account } = requester;
  if (type === 'Service') return kind === 'service' && text === name ? 'direct' : 'none';
  if (type === 'Federated') return kind === 'federated' && isProvider(text, name) ? 'direct' : 'none';
  if (type !== 'AWS') return 'none';
  if (text === '*' || (sessionArn !== null && text === sessionArn)) return 'direct';
  if (arn === null) return 'none';
  if (kind === 'role' ? text === arn : text === arn || (kind === 'root' && isAccount(text, account)))
    return kind === 'role' ? 'role' : 'direct';
  return isAccount(text, account) ? 'account' : 'none';
}

/** Whether a text is the identity provider of this name: an OIDC provider may be named by its ARN or its domain. */
function isProvider(text: string, name: string): boolean {
  return text === name || text.endsWith(`:oidc-provider/${name}`);
}

/** Whether `Principal` names a session of the role, and it was not said which session makes the request. */
export function namesSomeSession(principal: PrincipalElement | null, { kind, arn, sessionArn }: Requester): boolean {
  if (kind !== 'role' || sessionArn !== null || principal === null) return false;
  const [, account, role] = /^arn:[a-z-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn ?? '') ?? [];
  const isSession = (text: string): boolean =>
    text.includes(`:sts::${account}:assumed-role/${role}/`) && text.startsWith('arn:');
  return principal.entries.some(({ type, values }) => type === 'AWS' && values.some(({ text }) => isSession(text)));
}

/** Whether a text is an account or its root. */
function isAccount(text: string, account: string | null): boolean {
  return account !== null && (text === account || /^arn:[a-z-]+:iam::(\d{12}):root$/.exec(text)?.[1] === account);
}

/**
 * Returns whether a Deny for everyone but the principals of `NotPrincipal` leaves the requester out. AWS wants all of them
 * listed: the account, and the user or the role and the session.
 */
export function isExempt(notPrincipal: PrincipalElement, requester: Requester): boolean {
  if (notPrincipal.text !== null) return notPrincipal.text.text === '*';
  const listed = (type: string): readonly string[] =>
    notPrincipal.entries.filter((entry) => entry.type === type).flatMap(({ values }) => values.map(({ text }) => text));
  const names = listed('AWS');
  if (names.includes('*')) return true;
  const { kind, name, arn, sessionArn, account } = requester;
  if (kind === 'service') return listed('Service').includes(name);
  if (kind === 'federated') return listed('Federated').some((text) => isProvider(text, name));
  if (arn === null || !names.some((text) => isAccount(text, account))) return false;
  if (kind === 'root') return true;
  return names.includes(arn) && (kind !== 'role' || (sessionArn !== null && names.includes(sessionArn)));
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
