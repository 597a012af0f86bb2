/** A read-only HTTP server over a results directory. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FeedrateError, systemFaultOf } from '../base/errors.js';
import { type AllowedHosts, cookieOf, isAllowedHost, isToken } from './guard.js';
import type { LiveFeed } from './live-feed.js';
import { type PagePolicy, ROUTES, type Served, type ServedAnswer } from './routes.js';
import { entryShell, messageShell } from './shells.js';

export interface ServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The parameter of the first address, and its secret value. */
  readonly token: { readonly name: string; readonly value: string };
  readonly allowed: AllowedHosts;
  readonly served: Served;
  /** The checksums of the script and the style in pages of reports, in Base64. */
  readonly reportSums: { readonly script: string; readonly style: string };
  /** Called with a line for the user when an answer failed for a reason that is no fault of the request. */
  readonly failed: (text: string) => void;
  /** The time for a whole request. Default: ten seconds. Nobody types one. */
  readonly requestMs?: number;
}

/** Each of 100 readers may have several connections. */
const MOST_CONNECTIONS = 1024;
const MOST_STREAMS = 256;
const HEADER_BYTES = 16 * 1024;
const REQUEST_MS = 10_000;
/** For a connection on which nothing moves. */
const IDLE_MS = 60_000;
/** Proxies end a stream that is silent. */
const HEARTBEAT_MS = 15_000;

/** A running server. */
export interface RunningServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Starts the server. Throws `FeedrateError('usage')` when it cannot listen there. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = createServer({
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: options.requestMs ?? REQUEST_MS,
    requestTimeout: options.requestMs ?? REQUEST_MS,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 5000,
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_MS);
  await listen(server, options);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  server.on('request', (request, response) => void respond(request, response, { ...options, port }));
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use; choose another with --port, or any free one with --port 0',
  EACCES: 'this user may not use the port; choose one above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; leave out --host, or name one of its own',
  ENOTFOUND: 'no such host; leave out --host, or name an address of this machine',
};

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const { code, message } = systemFaultOf(error);
      reject(
        new FeedrateError('usage', `cannot serve on ${host}:${port}: ${CANNOT_LISTEN[code] ?? message}`, {
          cause: error,
        }),
      );
    });
    server.listen({ host, port }, resolve);
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  try {
    await answer(request, response, options);
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const isKnown = error instanceof FeedrateError;
    if (!isKnown) options.failed(`a page could not be made: ${(error as Error).message}`);
    const text = isKnown ? sentence(error.message) : 'feedrate failed to make this page. Its terminal says why.';
    refuse(request, response, isKnown ? 404 : 500, 'Nothing to show', text, 'list');
  }
}

/** Messages of errors begin in lower case, because a program's name comes before them. */
function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}

async function answer(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const { token, allowed, served, reportSums, port } = options;
  const { method, headers } = request;
  if (!isAllowedHost(headers.host, allowed)) {
    const text =
      'This server does not answer to that host name. To allow the name in the address bar, add --allow-host to feedrate serve.';
    return refuse(request, response, 403, 'This host name is not allowed', text);
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(request, response, 405, 'Only reading is possible', 'This server changes nothing.');
  }
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0)
    return refuse(request, response, 413, 'Too large', 'Requests to this server have no content.');
  const { path, query } = addressOf(request.url ?? '/');
  const cookie = `feedrate-${port}`;
  const given = query.get(token.name);
  if (path === '/' && given !== null && isToken(given, token.value)) {
    response.setHeader('Set-Cookie', `${cookie}=${token.value}; HttpOnly; SameSite=Strict`);
    return send(request, response, 200, { type: 'text/html; charset=utf-8', body: entryShell() }, POLICIES.served);
  }
  if (!isToken(cookieOf(headers.cookie, cookie) ?? '', token.value)) {
    const text = `Open the complete address that was printed at the start, with ?${token.name}= at its end.`;
    return refuse(request, response, 403, 'The key is missing or wrong', text);
  }
  const route = ROUTES.get(path);
  if (route === undefined)
    return refuse(request, response, 404, 'No such page', 'There is nothing at this address.', 'list');
  const found: ServedAnswer = await route(served, query);
  if ('wrong' in found) return refuse(request, response, 404, 'Nothing to show', found.wrong, 'list');
  if ('events' in found) return stream(request, response, found.events);
  send(request, response, 200, found, policyOf(found.policy, reportSums));
}

/** Returns the path and the query. Nothing else is done with the path: it is looked up in a table. */
function addressOf(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const [path = '', ...query] = url.split('?');
  return { path: path === '' ? '/' : path, query: new URLSearchParams(query.join('?')) };
}

const POLICIES = {
  served: "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:",
} as const;
/** Jupyter's pages come from the same origin as what its proxy shows, so a notebook may frame them. */
const EVERYWHERE = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

function policyOf(policy: PagePolicy, sums: ServerOptions['reportSums']): string {
  if (policy === 'served') return POLICIES.served;
  return `default-src 'none'; script-src 'sha256-${sums.script}'; style-src 'sha256-${sums.style}'; img-src data:`;
}

function setHeaders(response: ServerResponse, policy: string): void {
  response.setHeader('Content-Security-Policy', `${policy}; ${EVERYWHERE}`);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cache-Control', 'no-store');
}

/** Node writes the bytes as fast as the reader takes them. All readers of a page share them. */
function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  status: number,
  { type, body }: { readonly type: string; readonly body: string | Uint8Array },
  policy: string,
): void {
  setHeaders(response, policy);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(method === 'HEAD' ? undefined : body);
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  heading: string,
  text: string,
  link: 'list' | 'none' = 'none',
): void {
  // What a refused request would still send is not read.
  if (status === 413 || status === 405) response.setHeader('Connection', 'close');
  const body = messageShell(heading, text, link);
  send(request, response, status, { type: 'text/html; charset=utf-8', body }, POLICIES.served);
}

/** Sends the state as server-sent events. A reader that is refused asks for it again and again instead. */
function stream({ method }: IncomingMessage, response: ServerResponse, feed: LiveFeed): void {
  setHeaders(response, POLICIES.served);
  if (feed.watchers >= MOST_STREAMS) {
    response.writeHead(503, { 'Content-Length': 0 }).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  // A reader who does not keep up misses states, but not the latest one.
  let missed: string | null = null;
  const write = (state: string) => {
    missed = response.writableNeedDrain ? state : null;
    if (missed === null) response.write(`data: ${state}\n\n`);
  };
  const unwatch = feed.watch(write);
  response.on('drain', () => {
    if (missed !== null) write(missed);
  });
  const heartbeat = setInterval(() => response.write(': still there\n\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    unwatch();
  });
}
