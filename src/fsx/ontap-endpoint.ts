/** The management endpoint of ONTAP as the user names it, and how its certificate is to be verified. */
import { FeedrateError } from '../base/errors.js';
import { quoted } from '../base/units.js';
import { parseFsxHostName } from './export-place.js';

export interface OntapEndpoint {
  readonly host: string;
  readonly port: number;
  /** From the host name; null when it is an address or a name of the user's own. */
  readonly region: string | null;
}

/** What makes a certificate trusted. The password is sent to no other server. */
export type OntapTrust =
  /** The certificate with this SHA-256 fingerprint: 64 hexadecimal digits, upper case. */
  | { readonly kind: 'fingerprint'; readonly fingerprint: string }
  /** A certificate for this host name, signed by one of these (PEM). */
  | { readonly kind: 'ca-file'; readonly certificates: string }
  /** A certificate for this host name, signed by one that Node trusts. */
  | { readonly kind: 'system' }
  /** Any certificate. Only because the user said so. */
  | { readonly kind: 'none' };

const EXAMPLE = 'https://management.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com';

/** Returns the endpoint in an URL or a host name. Throws `FeedrateError('usage')`. */
export function parseOntapEndpoint(text: string): OntapEndpoint {
  const refuse = (why: string) => new FeedrateError('usage', `--ontap ${quoted(text)}: ${why}; write ${EXAMPLE}`);
  if (/^http:/i.test(text)) throw refuse('http would send the password in clear text');
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    throw refuse('it is not a URL');
  }
  if (url.protocol !== 'https:') throw refuse('the ONTAP REST API is only available over https');
  if (url.username !== '' || url.password !== '')
    throw new FeedrateError(
      'usage',
      '--ontap: the URL contains a user name or a password, which other users of this machine can see; ' +
        'use ONTAP_USERNAME and ONTAP_PASSWORD, or --ontap-secret',
    );
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') throw refuse('only the host is expected');
  // URL keeps the brackets of an IPv6 address, which sockets do not take.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(url.port || 443), region: parseFsxHostName(host)?.region ?? null };
}

/** Returns a SHA-256 fingerprint as 64 upper-case digits, from any spelling of openssl(1). Throws `FeedrateError('usage')`. */
export function parseFingerprint(text: string): string {
  const digits = text
    .replace(/^sha-?256(?: fingerprint)?[=:\s]*/i, '')
    .replaceAll(/[:\s]/g, '')
    .toUpperCase();
  if (/^[0-9A-F]{64}$/.test(digits)) return digits;
  throw new FeedrateError(
    'usage',
    `--ontap-fingerprint ${quoted(text)}: expected the 64 hexadecimal digits of a SHA-256 fingerprint, with or without colons`,
  );
}

/** Returns a fingerprint for people: pairs of digits between colons. */
export function fingerprintText(digits: string): string {
  return digits.match(/../g)?.join(':') ?? digits;
}
