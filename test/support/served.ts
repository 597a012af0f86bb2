/** A server of runs in this process, with a maker of pages that only says what it was asked for. */
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { LiveFeed } from '../../src/serve/live-feed.js';
import { MadePages, type PageSubject } from '../../src/serve/made-pages.js';
import { RunIndex } from '../../src/serve/run-index.js';
import { type ServerOptions, startServer } from '../../src/serve/server.js';

export const KEY = 'a-key-of-the-test';

export interface Served {
  readonly port: number;
  /** What pages were made, in order. */
  readonly made: readonly PageSubject[];
  /** Lines for the user. */
  readonly failures: readonly string[];
  get(path: string, asked?: Asked): Promise<Response>;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the cookie of this server. */
  readonly cookie?: string;
  readonly port?: number;
}

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Starts a server over a results directory for as long as `use` takes. */
export async function withServer(
  results: string,
  use: (served: Served) => Promise<void>,
  changes: Partial<ServerOptions> & { readonly script?: string; readonly style?: string } = {},
): Promise<void> {
  const made: PageSubject[] = [];
  const failures: string[] = [];
  const index = new RunIndex(results);
  const make = async (subject: PageSubject) => {
    made.push(subject);
    return Buffer.from(`<!doctype html><title>${subject.kind}</title>`);
  };
  const { script = '', style = '', ...options } = changes;
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    token: { name: 'key', value: KEY },
    allowed: { names: [], suffixes: [], addresses: false },
    served: { results, index, feed: new LiveFeed(index), pages: new MadePages(index, make), script, style },
    reportSums: { script: 'c2NyaXB0', style: 'c3R5bGU=' },
    failed: (text) => failures.push(text),
    ...options,
  });
  const { port } = server;
  try {
    await use({ port, made, failures, get: (path, asked = {}) => ask(path, { port, ...asked }, port) });
  } finally {
    await server.close();
  }
}

/** Sends exactly this path: `fetch` would tidy it. */
function ask(path: string, asked: Asked, own: number): Promise<Response> {
  const { method = 'GET', headers = {}, cookie = `feedrate-${own}=${KEY}`, port = own } = asked;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers: { ...headers, cookie }, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/**
 * Strips a prefix, as the proxy of Jupyter does, for as long as `use` takes.
 * @param answers `whole`: an answer is passed on when it has ended, as older versions do
 */
export async function withProxy(
  port: number,
  prefix: string,
  answers: 'streamed' | 'whole',
  use: (port: number) => Promise<void>,
): Promise<void> {
  const proxy = createServer((asked, answer) => {
    const path = (asked.url ?? '').slice(prefix.length);
    const { method, headers } = asked;
    const passed = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (from) => {
      const pass = () => answer.writeHead(from.statusCode ?? 500, from.headers);
      if (answers === 'streamed') {
        pass();
        from.pipe(answer);
        return;
      }
      const parts: Buffer[] = [];
      from.on('data', (part: Buffer) => parts.push(part));
      from.on('end', () => pass().end(Buffer.concat(parts)));
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    await use((proxy.address() as { readonly port: number }).port);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}
