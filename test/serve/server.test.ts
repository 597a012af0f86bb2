/** The server as a client meets it: who is let in, what is refused, and what nobody can reach or change. */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import type { ServedList } from '../../src/page/served.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { KEY, withProxy, withServer } from '../support/served.js';
import { storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('serve/server');

const ARM = makeArm('read');
const [OLD, NEW] = ['20261123T191203Z_quick_a1f3', '20261124T191203Z_quick_b2e4'];

/** Two runs in a directory with a secret beside it. */
function resultsIn(directory: string): string {
  const results = join(directory, 'results');
  storeRun(results, makeRun([ARM], 1, { id: OLD }), [makeTrial(ARM, 1, 1e9)]);
  storeRun(results, makeRun([ARM], 1, { id: NEW, startedAt: '2026-11-24T19:12:03.250Z' }), [makeTrial(ARM, 1, 1e9)]);
  writeFileSync(join(directory, 'secret.txt'), 'SECRET');
  return results;
}

test('only the key opens the server; it becomes a cookie that no script and no other site can use', () =>
  withTemporaryDirectory((directory) =>
    withServer(resultsIn(directory), async ({ get, port }) => {
      for (const path of [
        '/',
        '/?key=wrong',
        '/runs.json',
        `/run?id=${OLD}`,
        '/events',
        '/serve-page.js',
        `/runs.json?key=${KEY}`,
      ]) {
        const { status, headers, text } = await get(path, { cookie: 'feedrate-1=x' });
        assert.is(status, 403, path);
        assert.is(headers['set-cookie'], undefined, path);
        assert.not.match(text, /a1f3|a-key/);
      }
      const entry = await get(`/?key=${KEY}`, { cookie: '' });
      assert.equal(entry.headers['set-cookie'], [`feedrate-${port}=${KEY}; HttpOnly; SameSite=Strict`]);
      assert.match(entry.text, /url=\.\//);
      assert.not.match(entry.text, new RegExp(KEY));
      assert.is((await get('/')).status, 200);
    }),
  ));

test('requests for another host are refused, with a good cookie too', () =>
  withTemporaryDirectory((directory) =>
    withServer(
      resultsIn(directory),
      async ({ get }) => {
        assert.is((await get('/', { headers: { host: 'evil.example' } })).status, 403);
        assert.is((await get('/', { headers: { host: 'nb.notebook.us-east-1.sagemaker.aws' } })).status, 200);
      },
      { allowed: { names: [], suffixes: ['.sagemaker.aws'], addresses: false } },
    ),
  ));

test('only reading is possible', () =>
  withTemporaryDirectory(async (directory) => {
    const results = resultsIn(directory);
    const before = stateOf(directory);
    await withServer(results, async ({ get }) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
        assert.is((await get('/runs.json', { method })).status, 405, method);
      const { status, headers, text } = await get('/runs.json', { method: 'HEAD' });
      assert.equal([status, text, Number(headers['content-length']) > 100], [200, '', true]);
      assert.is((await get('/', { headers: { 'content-length': '5' } })).status, 413);
      await get(`/run?id=${OLD}`);
      await get(`/compare?base=${OLD}&run=${NEW}`);
    });
    assert.equal(stateOf(directory), before);
  }));

/** Every file below a directory with the time of its last change. */
function stateOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => `${name} ${statSync(join(directory, name)).mtimeMs}`)
    .sort();
}

test('no text of a request becomes part of a path', () =>
  withTemporaryDirectory((directory) =>
    withServer(resultsIn(directory), async ({ get, made }) => {
      const up: readonly string[] = [
        '../secret.txt',
        '..%2fsecret.txt',
        '%2e%2e/secret.txt',
        '....//secret.txt',
        '/etc/passwd',
        `${OLD}/../../secret.txt`,
        `${OLD}%00`,
        '.',
        '',
      ];
      for (const path of up.flatMap((id) => [
        `/${id}`,
        `/run?id=${id}`,
        `/live?id=${id}`,
        `/compare?base=${OLD}&run=${id}`,
        `/history?workload=${id}`,
      ])) {
        const { status, text } = await get(path);
        assert.not.match(text, /SECRET|root:/, path);
        assert.is(status, path === '/' ? 200 : 404, path);
      }
      assert.equal(made, [], 'no page was made');
      assert.is((await get(`/history?workload=quick`)).status, 200);
      assert.equal(made, [{ kind: 'history', workload: 'quick' }]);
    }),
  ));

test('every answer has the headers that keep it where it belongs', () =>
  withTemporaryDirectory((directory) =>
    withServer(resultsIn(directory), async ({ get }) => {
      for (const path of ['/', '/runs.json', `/run?id=${OLD}`, '/nothing', '/serve-page.js']) {
        const { headers } = await get(path);
        assert.is(headers['x-content-type-options'], 'nosniff', path);
        assert.is(headers['referrer-policy'], 'no-referrer', path);
        assert.is(headers['cache-control'], 'no-store', path);
        assert.is(headers['x-frame-options'], 'SAMEORIGIN', path);
        assert.match(String(headers['content-security-policy']), /^default-src 'none'; .*frame-ancestors 'self'$/);
        assert.not.match(String(headers['content-security-policy']), /unsafe/);
      }
      const report = await get(`/run?id=${OLD}`);
      assert.match(String(report.headers['content-security-policy']), /script-src 'sha256-c2NyaXB0'/);
    }),
  ));

test('a page is made once and kept until its run changes', () =>
  withTemporaryDirectory((directory) => {
    const results = resultsIn(directory);
    return withServer(results, async ({ get, made }) => {
      await get(`/run?id=${OLD}`);
      await get(`/run?id=${OLD}`);
      assert.is(made.length, 1);
      writeFileSync(join(results, OLD, 'arms.csv'), 'arm\n');
      await get(`/run?id=${OLD}`);
      assert.is(made.length, 2);
    });
  }));

test('a page that cannot be made is told in its place, and a defect on the terminal', () =>
  withTemporaryDirectory((directory) =>
    withServer(
      resultsIn(directory),
      async ({ get, failures }) => {
        const { status, text } = await get('/runs.json');
        assert.is(status, 404);
        assert.match(text, /Too many &lt;b&gt; files\./);
        assert.equal(failures, []);
      },
      {
        served: {
          get index(): never {
            throw new FeedrateError('store', 'too many <b> files');
          },
        } as never,
      },
    ),
  ));

test('100 readers at the same time all get the list, and the state as events', () =>
  withTemporaryDirectory((directory) =>
    withServer(resultsIn(directory), async ({ get, port }) => {
      const readers = Array.from({ length: 100 }, async () => {
        const [list, first] = await Promise.all([get('/runs.json'), firstEvent(port)]);
        return [list.status, (JSON.parse(list.text) as ServedList).runs.length, JSON.parse(first).live.length];
      });
      for (const seen of await Promise.all(readers)) assert.equal(seen, [200, 2, 0]);
    }),
  ));

/** The first event of the stream. */
function firstEvent(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/events', headers: { cookie: `feedrate-${port}=${KEY}` }, agent: false },
      (answer) => {
        answer.setEncoding('utf8').on('data', (text: string) => {
          asked.destroy();
          resolve(text.replace(/^data: /, ''));
        });
      },
    );
    asked.on('error', reject).end();
  });
}

test('headers that never end and those that are too large are not waited for', () =>
  withTemporaryDirectory((directory) =>
    withServer(
      resultsIn(directory),
      async ({ port, get }) => {
        assert.is((await get(`/?${'x'.repeat(20_000)}`)).status, 431);
        const slow = connect(port, '127.0.0.1', () => slow.write('GET / HTTP/1.1\r\nHost: localhost\r\nX-A: '));
        const closed = new Promise((resolve) => slow.on('close', resolve));
        slow.on('error', () => undefined).resume();
        assert.is((await get('/')).status, 200, 'others are served meanwhile');
        await closed;
      },
      { requestMs: 500 },
    ),
  ));

test('behind a proxy that strips its prefix, every address in a page is relative to it', () =>
  withTemporaryDirectory((directory) =>
    withServer(resultsIn(directory), ({ port, get }) => {
      const prefix = '/jupyter/default/proxy/8377';
      return withProxy(port, prefix, 'streamed', async (outer) => {
        const entry = await get(`${prefix}/?key=${KEY}`, { port: outer, cookie: '' });
        assert.not.match(entry.headers['set-cookie']?.[0] ?? '', /Path=/i);
        const paths = ['/', `/live?id=${OLD}`, '/nothing'];
        const pages = await Promise.all(paths.map((path) => get(`${prefix}${path}`, { port: outer })));
        for (const { text } of [entry, ...pages]) {
          const addresses = [...text.matchAll(/(?:href|src|url)="?=?([^"]+)"/g)].map(([, address]) => address);
          assert.ok(addresses.length > 0);
          for (const address of addresses) assert.match(address ?? '', /^(?:\.\/|data:,|0; url=\.\/)/);
        }
      });
    }),
  ));

test.run();
