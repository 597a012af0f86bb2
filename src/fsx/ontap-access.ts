/** From the options of a command to a connection to the ONTAP REST API. */
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { readTextFile } from '../host/system/regular-file.js';
import { type OntapConnection, ontapConnection } from './ontap-connection.js';
import { ontapCredentials } from './ontap-credentials.js';
import { type OntapTrust, parseFingerprint, parseOntapEndpoint } from './ontap-endpoint.js';

/** The options as commander returns them. */
export interface OntapOptions {
  /** The management endpoint. Absent: ONTAP is not asked. */
  readonly ontap?: string;
  readonly ontapFingerprint?: string;
  readonly ontapCa?: string;
  readonly ontapInsecure?: boolean;
  readonly ontapSecret?: string;
}

/** The options that mean nothing without `--ontap`, as they are typed. */
const DEPENDENT = {
  ontapFingerprint: '--ontap-fingerprint',
  ontapCa: '--ontap-ca',
  ontapInsecure: '--ontap-insecure',
  ontapSecret: '--ontap-secret',
} as const;

/**
 * Returns the connection that the options describe, or null without `--ontap`. Nothing is sent to ONTAP yet.
 * @throws FeedrateError `usage` for wrong options or a missing password, `cloud` when the secret cannot be read
 */
export async function ontapAccess(
  options: OntapOptions,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs?: number,
): Promise<OntapConnection | null> {
  const { ontap, ontapSecret = null } = options;
  if (ontap === undefined) {
    const lone = (Object.keys(DEPENDENT) as (keyof typeof DEPENDENT)[]).find((name) => options[name] !== undefined);
    if (lone !== undefined) throw new FeedrateError('usage', `${DEPENDENT[lone]} has no effect without --ontap`);
    return null;
  }
  const endpoint = parseOntapEndpoint(ontap);
  const trust = trustOf(options);
  const credentials = await ontapCredentials(ontapSecret, endpoint.region, environment);
  return ontapConnection(endpoint, trust, credentials, timeoutMs);
}

function trustOf({ ontapFingerprint, ontapCa, ontapInsecure = false }: OntapOptions): OntapTrust {
  const given = [ontapFingerprint, ontapCa, ontapInsecure || undefined].filter((option) => option !== undefined);
  if (given.length > 1)
    throw new FeedrateError('usage', 'give only one of --ontap-fingerprint, --ontap-ca and --ontap-insecure');
  if (ontapFingerprint !== undefined) return { kind: 'fingerprint', fingerprint: parseFingerprint(ontapFingerprint) };
  if (ontapCa !== undefined) return { kind: 'ca-file', certificates: readCertificates(ontapCa) };
  return { kind: ontapInsecure ? 'none' : 'system' };
}

function readCertificates(path: string): string {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (cause) {
    throw new FeedrateError('usage', `--ontap-ca ${path}: cannot read (${systemFaultOf(cause).message})`, { cause });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new FeedrateError('usage', `--ontap-ca ${path}: expected certificates in PEM format (BEGIN CERTIFICATE)`);
}
