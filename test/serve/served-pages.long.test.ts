/** The pages of the server in Debian's Chromium, in every width and theme: `npm run test:served`. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LIVE_VERSION, type LiveStatus } from '../../src/base/live-status.js';
import { readServerFiles } from '../../src/host/system/page-files.js';
import { encodeLive } from '../../src/record/live-codec.js';
import { assertSoundPage, launchChromium, type OpenedPage } from '../support/chromium.js';
import { HOSTILE } from '../support/hostile.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { KEY, withProxy, withServer } from '../support/served.js';
import { startOfDay, storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('serve/served-pages');

let browser: Browser | undefined;
test.after(() => browser?.close());

const ARM = makeArm('read');
const LOOKS = [390, 768, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

function liveStatus(bytesPerSecond: number): LiveStatus {
  const rates = { bytesPerSecond, opsPerSecond: 1000, p99Ns: 2e6, queueNs: 1e5, roundTripNs: 4e5 };
  return {
    liveVersion: LIVE_VERSION,
    updatedAt: new Date().toISOString(),
    doing: 'measuring',
    arm: `${HOSTILE} ${'long'.repeat(50)}`,
    target: null,
    doneTrials: 1,
    totalTrials: 4,
    fraction: 0.5,
    leftNs: 3e9,
    etaNs: 60e9,
    now: rates,
    quietNs: 0,
    recent: Array.from({ length: 20 }, (_, index) => ({ atMs: index * 1000, ...rates })),
  };
}

/** Two weeks of runs, one with hostile names, and one that this process seems to measure. Returns the running one. */
function resultsIn(results: string): string {
  for (let day = 0; day < 14; day++) storeRun(results, makeRun([ARM], 1, startOfDay(day)), [makeTrial(ARM, 1, 1e9)]);
  const { plan } = makeRun([ARM], 1);
  const hostile = {
    ...plan,
    workload: `<script>alert(1)</script>${HOSTILE}`,
    targets: [{ name: 'x', path: `/${HOSTILE}` }],
  };
  storeRun(
    results,
    makeRun([ARM], 1, { ...startOfDay(20), plan: hostile, labels: { [HOSTILE]: 'y'.repeat(10_000) } }),
    [],
  );
  const now = {
    startedAt: new Date().toISOString(),
    pid: process.pid,
    hostname: hostname(),
    status: 'running' as const,
  };
  return storeRun(results, makeRun([ARM], 4, { ...startOfDay(21), ...now }), []);
}

async function opened(port: number, look: (typeof LOOKS)[number]): Promise<OpenedPage> {
  browser ??= await launchChromium();
  const context = await browser.newContext({
    viewport: { width: look.width, height: 900 },
    colorScheme: look.colorScheme,
  });
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`http://127.0.0.1:${port}/`) && !request.url().startsWith('data:'))
      asked.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${port}/?key=${KEY}`);
  await page.waitForSelector('#runs tr');
  return { page, said, asked, close: () => context.close() };
}

const idsOf = (page: Page) => page.locator('#runs th').evaluateAll((heads) => heads.map((head) => head.title));

/** Waits until the list has so many rows. The policy of the page allows no function of a test to wait in it. */
async function untilRows(page: Page, count: number): Promise<void> {
  while ((await page.locator('#runs tr').count()) !== count) await page.waitForTimeout(50);
}

test('the list and a running run are sound in every width and theme', () =>
  withTemporaryDirectory(async (results) => {
    const running = resultsIn(results);
    writeFileSync(join(running, 'live.json'), encodeLive(liveStatus(2 ** 30)));
    await withServer(
      results,
      async ({ port }) => {
        for (const look of LOOKS) {
          const list = await opened(port, look);
          assert.not.match(list.page.url(), /key/);
          await list.page.waitForSelector('#live article');
          await assertSoundPage(list, `the list at ${look.width} px, ${look.colorScheme}`);
          await list.page.click('#live article a');
          await list.page.waitForSelector('text=1 GiB/s');
          await assertSoundPage(list, `a running run at ${look.width} px, ${look.colorScheme}`);
          await list.close();
        }
      },
      readServerFiles(),
    );
  }));

test('a live page follows the run to its end', () =>
  withTemporaryDirectory(async (results) => {
    const running = resultsIn(results);
    writeFileSync(join(running, 'live.json'), encodeLive(liveStatus(2 ** 30)));
    await withServer(
      results,
      async ({ port }) => {
        const { page, close } = await opened(port, { width: 1440, colorScheme: 'light' });
        await page.click('#live article a');
        await page.waitForSelector('text=1 GiB/s');
        writeFileSync(join(running, 'live.json'), encodeLive(liveStatus(2 ** 31)));
        await page.waitForSelector('text=2 GiB/s');
        storeRun(results, makeRun([ARM], 4, { ...startOfDay(21), status: 'complete' }), []);
        mkdirSync(join(running, 'touched'));
        await page.waitForSelector('text=The run has ended: complete.');
        await close();
      },
      readServerFiles(),
    );
  }));

test('filters stay in the address, two runs are compared, new runs appear', () =>
  withTemporaryDirectory(async (results) => {
    resultsIn(results);
    await withServer(
      results,
      async ({ port, made }) => {
        const { page, close } = await opened(port, { width: 1440, colorScheme: 'light' });
        await page.fill('#until', '2026-10-05');
        await untilRows(page, 5);
        await page.selectOption('#order', 'oldest');
        const ids = await idsOf(page);
        assert.is(ids[0], startOfDay(0).id);
        await page.reload();
        await untilRows(page, 5);
        assert.equal(await idsOf(page), ids);
        const boxes = page.locator('#runs input');
        for (const at of [3, 1, 2]) await boxes.nth(at).check();
        assert.equal(
          await boxes.evaluateAll((all) => all.map((box) => (box as { readonly checked?: boolean }).checked)),
          [false, true, true, false, false],
        );
        cpSync(join(results, startOfDay(1).id), join(results, '20261001T030000Z_quick_ffff'), { recursive: true });
        await untilRows(page, 6);
        await page.click('#compare');
        await page.waitForURL(/compare/);
        assert.equal(made, [{ kind: 'comparison', ids: [startOfDay(1).id, startOfDay(2).id] }]);
        await close();
      },
      readServerFiles(),
    );
  }));

test('through a proxy that holds events back, as older ones of Jupyter do, a page asks for the state', () =>
  withTemporaryDirectory(async (results) => {
    const running = resultsIn(results);
    writeFileSync(join(running, 'live.json'), encodeLive(liveStatus(2 ** 30)));
    await withServer(
      results,
      ({ port }) =>
        withProxy(port, '/proxy/8377', 'whole', async (outer) => {
          browser ??= await launchChromium();
          const page = await browser.newPage();
          await page.goto(`http://127.0.0.1:${outer}/proxy/8377/?key=${KEY}`);
          await page.waitForSelector('#live article');
          await page.waitForSelector('#runs tr');
          writeFileSync(join(running, 'live.json'), encodeLive(liveStatus(2 ** 31)));
          await page.waitForSelector('text=2 GiB/s');
          await page.close();
        }),
      readServerFiles(),
    );
  }));

test.run();
