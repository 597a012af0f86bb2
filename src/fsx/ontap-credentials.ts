/** The user name and the password for the ONTAP REST API. Neither is ever stored or printed. */
import { callAws } from '../aws/call.js';
import { readInstancePlace } from '../aws/instance-metadata.js';
import { configuredRegion } from '../aws/region.js';
import { loadSdk } from '../aws/sdk.js';
import { FeedrateError } from '../base/errors.js';
import type { OntapCredentials } from './ontap-connection.js';

/** The administrator of an FSx file system. */
const DEFAULT_USERNAME = 'fsxadmin';
const TIMEOUT_MS = 5000;
/** How long the instance may take to say its region. */
const PLACE_MS = 1000;

/**
 * Returns the credentials in a secret of AWS Secrets Manager, or without one in ONTAP_USERNAME and ONTAP_PASSWORD.
 * @param secret the ARN or the name of a secret with the JSON `{"username": …, "password": …}`, or null
 * @param region where a secret that is given by name lies, or null
 * @throws FeedrateError `usage` when there is no password, `cloud` when the secret cannot be read
 */
export async function ontapCredentials(
  secret: string | null,
  region: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OntapCredentials> {
  if (secret !== null) return fromSecret(secret, region);
  const { ONTAP_USERNAME: username, ONTAP_PASSWORD: password } = environment;
  if (password === undefined || password === '')
    throw new FeedrateError(
      'usage',
      '--ontap needs a password: set ONTAP_PASSWORD (and ONTAP_USERNAME, default fsxadmin), or give --ontap-secret',
    );
  return { username: username || DEFAULT_USERNAME, password };
}

async function fromSecret(secret: string, endpointRegion: string | null): Promise<OntapCredentials> {
  const [, arnRegion] = /^arn:[\w-]+:secretsmanager:([\w-]+):/.exec(secret) ?? [];
  const region = arnRegion ?? endpointRegion ?? (await configuredRegion(() => readInstancePlace(PLACE_MS)));
  if (region === null)
    throw new FeedrateError('usage', `--ontap-secret ${secret}: set AWS_REGION, or give the ARN of the secret`);
  const { SecretsManagerClient, GetSecretValueCommand } = await loadSdk('secrets-manager');
  const client = new SecretsManagerClient({ region, maxAttempts: 2 });
  try {
    const name = { action: 'secretsmanager:GetSecretValue', resource: secret, region };
    const answer = await callAws(name, TIMEOUT_MS, (abortSignal) =>
      client.send(new GetSecretValueCommand({ SecretId: secret }), { abortSignal }),
    );
    return credentialsIn(secret, answer.SecretString);
  } finally {
    client.destroy();
  }
}

function credentialsIn(secret: string, text: string | undefined): OntapCredentials {
  try {
    const { username, password } = JSON.parse(text ?? '') as Partial<Record<'username' | 'password', unknown>>;
    if (typeof password === 'string' && password !== '')
      return { username: typeof username === 'string' && username !== '' ? username : DEFAULT_USERNAME, password };
  } catch {
    // The error of the parser quotes the secret.
  }
  throw new FeedrateError('cloud', `the secret ${secret} is not the JSON {"username": "…", "password": "…"}`);
}
