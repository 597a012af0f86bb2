/**
 * Requests to the ONTAP REST API. Each opens its own TLS connection, looks at the certificate, and only then sends the
 * password. Redirects are not followed, and every request ends in time.
 */
import { request } from 'node:https';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { visibleText } from '../base/visible-text.js';
import { fingerprintText, type OntapEndpoint, type OntapTrust } from './ontap-endpoint.js';

export interface OntapCredentials {
  readonly username: string;
  readonly password: string;
}

export interface OntapConnection {
  readonly host: string;
  readonly verifiedBy: OntapTrust['kind'];
  /**
   * Returns the JSON answer of a GET. Throws `OntapRefusal` when ONTAP answered with an error, and `FeedrateError('cloud')`
   * when it could not be asked.
   */
  get(path: string, query: Readonly<Record<string, string>>): Promise<unknown>;
}

/** An error that ONTAP itself answered, which another request may not meet. */
export class OntapRefusal extends FeedrateError {
  readonly httpStatus: number;
  /** ONTAP's own words. */
  readonly reason: string;

  constructor(httpStatus: number, reason: string, message: string) {
    super('cloud', message);
    this.httpStatus = httpStatus;
    this.reason = reason;
  }
}

/** Answers are some KiB. Of a thousand constituents, less than a MiB. */
const MOST_ANSWER_BYTES = 8 * 2 ** 20;
const TIMEOUT_MS = 10_000;

/** Returns a connection. It is not opened before the first request. */
export function ontapConnection(
  endpoint: OntapEndpoint,
  trust: OntapTrust,
  credentials: OntapCredentials,
  timeoutMs = TIMEOUT_MS,
): OntapConnection {
  const authorization = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const get = async (path: string, query: Readonly<Record<string, string>>): Promise<unknown> => {
    const target = `${path}?${new URLSearchParams(query)}`;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), timeoutMs);
    try {
      const socket = await openTrusted(endpoint, trust, controller.signal);
      const { status, type, text } = await exchange(socket, endpoint, target, authorization, controller.signal);
      return answerOf(endpoint, path, credentials.username, { status, type, text });
    } catch (thrown) {
      if (thrown instanceof FeedrateError) throw thrown;
      throw unreachable(endpoint, path, controller.signal.aborted ? timeoutMs : null, thrown);
    } finally {
      clearTimeout(timer);
    }
  };
  return { host: endpoint.host, verifiedBy: trust.kind, get };
}

/**
 * Returns a connection whose certificate is trusted. Nothing but the handshake was sent. `checkServerIdentity` alone would
 * not do: Node does not call it for a certificate whose issuer it does not know.
 */
async function openTrusted(endpoint: OntapEndpoint, trust: OntapTrust, signal: AbortSignal): Promise<TLSSocket> {
  const { host, port } = endpoint;
  const socket = connect({
    host,
    port,
    // A name for the server is no address (RFC 6066).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(trust.kind === 'ca-file' ? { ca: trust.certificates } : {}),
    rejectUnauthorized: false,
  });
  const abort = () => socket.destroy(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection was closed during the handshake')));
    });
    const refusal = distrustOf(socket, endpoint, trust);
    if (refusal !== null) throw refusal;
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Returns why the server may not have the password, or null. */
function distrustOf(socket: TLSSocket, { host }: OntapEndpoint, trust: OntapTrust): FeedrateError | null {
  if (trust.kind === 'none') return null;
  const found = socket.getPeerCertificate().fingerprint256?.replaceAll(':', '') ?? '';
  if (trust.kind === 'fingerprint') {
    if (found === trust.fingerprint) return null;
    return new FeedrateError(
      'cloud',
      `${host}: the certificate has the fingerprint ${fingerprintText(found)}, not ${fingerprintText(trust.fingerprint)}; ` +
        'the password was not sent. If the certificate was renewed, change --ontap-fingerprint. If not, another server answers.',
    );
  }
  if (socket.authorized) return null;
  const error = socket.authorizationError as Error | string | undefined;
  const why = typeof error === 'string' ? error : ((error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown');
  const source = trust.kind === 'ca-file' ? 'the certificates of --ontap-ca' : 'the certificates that Node trusts';
  return new FeedrateError(
    'cloud',
    `${host}: the certificate is not verified by ${source} (${why}), so the password was not sent. If you trust the ` +
      `network now, pin this certificate: --ontap-fingerprint ${fingerprintText(found)}`,
  );
}

interface RawAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function exchange(
  socket: TLSSocket,
  { host, port }: OntapEndpoint,
  path: string,
  authorization: string,
  signal: AbortSignal,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host,
        port,
        path,
        method: 'GET',
        headers: { accept: 'application/json', authorization },
        signal,
        createConnection: () => socket,
      },
      (response) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > MOST_ANSWER_BYTES)
            asked.destroy(new Error(`the answer is larger than ${MOST_ANSWER_BYTES} bytes`));
          else parts.push(part);
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(parts).toString('utf8'),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.on('close', () => socket.destroy());
    asked.end();
  });
}

function answerOf({ host }: OntapEndpoint, path: string, username: string, { status, type, text }: RawAnswer): unknown {
  const refuse = (reason: string, remedy: string) =>
    new OntapRefusal(status, reason, `${host}${path}: ${status}: ${reason}; ${remedy}`);
  if (status >= 300 && status < 400)
    throw refuse('it redirects', 'redirects are not followed: give --ontap the management endpoint itself');
  const json = parsed(text);
  if (json === undefined && status !== 401) {
    const what = /html/i.test(type) || /^\s*</.test(text) ? 'an HTML page' : 'something other than JSON';
    throw refuse(`it answers with ${what}`, 'give --ontap the management endpoint of ONTAP');
  }
  if (status >= 200 && status < 300) return json;
  const { error } = (json ?? {}) as { readonly error?: { readonly message?: unknown } };
  const message = typeof error?.message === 'string' ? error.message : 'no reason given';
  const said = visibleText(message).slice(0, 300);
  if (status === 401)
    throw refuse('wrong user name or password', `check the password of ${username}: stored copies become outdated`);
  if (status === 403) throw refuse(said, `give ${username} a role that may read ${path}`);
  if (status === 404) throw refuse(said, 'this version of ONTAP may not have it');
  throw refuse(said, status >= 500 ? 'try again later' : 'see the documentation of the ONTAP REST API');
}

/** Returns the value of a JSON text, or undefined. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(
  { host, port }: OntapEndpoint,
  path: string,
  timeoutMs: number | null,
  thrown: unknown,
): FeedrateError {
  const { code, message } = systemFaultOf(thrown);
  const why = timeoutMs === null ? (code === 'EUNKNOWN' ? message : code) : `no answer for ${timeoutMs / 1000} s`;
  const remedy = 'the endpoint is only reachable inside its VPC; check the route and the security group (port 443)';
  return new FeedrateError('cloud', `${host}:${port}${path}: ${why}; ${remedy}`, { cause: thrown });
}
