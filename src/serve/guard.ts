/** Who may see the pages: the host that a request names, and the token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** Returns a token that nobody can guess: 192 random bits. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Compares in a time that does not depend on where the texts differ. */
export function isToken(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

/** Returns the value of a cookie in the `Cookie` header; null: it has none of this name. */
export function cookieOf(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const [key = '', ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** The names that a request may use for this server. Another name would be a stranger's that was pointed at it. */
export interface AllowedHosts {
  /** In lower case, without a port. */
  readonly names: readonly string[];
  /** Ends of names, such as `.sagemaker.aws`. */
  readonly suffixes: readonly string[];
  /** Whether any IP address is allowed: the server listens on all of them. No name can be rebound to an address. */
  readonly addresses: boolean;
}

/** Returns whether the `Host` header names an allowed host, with any port: a proxy has a port of its own. */
export function isAllowedHost(header: string | undefined, { names, suffixes, addresses }: AllowedHosts): boolean {
  const [, name] = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec((header ?? '').toLowerCase()) ?? [];
  if (name === undefined) return false;
  return (
    LOOPBACK.includes(name) ||
    names.includes(name) ||
    suffixes.some((suffix) => name.endsWith(suffix) && name.length > suffix.length) ||
    (addresses && isIP(name.replace(/^\[|\]$/g, '')) !== 0)
  );
}
