// ci

/** Pages of reports in Debian's Chromium. `matrix.long.test.ts` opens all of them in every width and theme. */
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPageFiles } from '../../src/host/system/page-files.js';
import { pageHtml } from '../../src/page/page-html.js';
import { assertSoundPage, launchChromium, type OpenedPage, openHtml, readThrough } from '../support/chromium.js';
import { type PageCase, pageOfCase } from '../support/page-cases.js';
import { assertLooksLike } from '../support/screenshot.js';

const test = suite('page/report-pages');

let browser: Browser | undefined;
test.after(() => browser?.close());

const htmlOf = (name: PageCase) => pageHtml(pageOfCase(name), readPageFiles());

/** Opens a page in the browser of this file. */
async function open(name: PageCase, options: Parameters<typeof openHtml>[2] = {}, fragment = ''): Promise<OpenedPage> {
  browser ??= await launchChromium();
  return openHtml(browser, htmlOf(name), options, fragment);
}

test('a page is sound on a wide screen: console, requests, width, accessibility, look', async () => {
  const opened = await open('seven-arms', { viewport: { width: 1440, height: 900 } });
  await readThrough(opened.page);
  await assertSoundPage(opened, 'seven-arms at 1440 px');
  const screenshot = await opened.page.screenshot();
  await assertLooksLike(browser as Browser, screenshot, 'page', 'wide-light.png');
  await opened.close();
});

test('a narrow dark screen and paper look as they did, and charts are on paper', async () => {
  const opened = await open('seven-arms', { viewport: { width: 390, height: 1400 }, colorScheme: 'dark' });
  const { page } = opened;
  await readThrough(page);
  await assertLooksLike(browser as Browser, await page.screenshot(), 'page', 'narrow-dark.png');
  await opened.close();
  const paper = await open('seven-arms', { viewport: { width: 768, height: 1400 }, colorScheme: 'dark' });
  await readThrough(paper.page);
  await paper.page.emulateMedia({ media: 'print' });
  const heights = `[...document.querySelectorAll('.chart-plot')].map((plot) => plot.getBoundingClientRect().height)`;
  const drawn = (await paper.page.evaluate(heights)) as number[];
  assert.ok(drawn.length > 0 && drawn.every((height) => height > 100), `heights of charts: ${drawn.join(' ')}`);
  await assertLooksLike(browser as Browser, await paper.page.screenshot(), 'page', 'paper.png');
  await paper.close();
});

test('hostile names show themselves and nothing else, on a narrow dark screen too', async () => {
  const opened = await open('hostile', { viewport: { width: 390, height: 800 }, colorScheme: 'dark' });
  const { page } = opened;
  await readThrough(page);
  await assertSoundPage(opened, 'hostile at 390 px');
  assert.equal(await page.evaluate('[typeof owned, document.scripts.length, document.images.length]'), [
    'undefined',
    2,
    0,
  ]);
  const broken = await page.evaluate(`new Promise((done) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => done(effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'globalThis.injected = 1';
    document.body.append(script);
  })`);
  assert.is(broken, 'script-src-elem');
  assert.is(await page.evaluate('typeof injected'), 'undefined');
  await opened.close();
});

const SHOWN = `[
  document.querySelectorAll('tr[data-arm]:not([hidden])').length,
  document.getElementById('arm-count').textContent,
  location.hash,
]`;

test('a click on an arm shows only that arm; Escape shows all; words choose several', async () => {
  const opened = await open('seven-arms', { viewport: { width: 1000, height: 800 } });
  const { page, said } = opened;
  assert.equal(await page.evaluate(SHOWN), [7, 'all 7 arms', '']);
  await page.locator('button.arm').nth(2).click();
  assert.equal(await page.evaluate(SHOWN), [1, '1 of 7 arms: cold-read/bs=64KiB,numjobs=1', '#only=2']);
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(SHOWN), [7, 'all 7 arms', '']);
  await page.locator('#arm-text').fill('cold 4kib');
  assert.equal(await page.evaluate(SHOWN), [2, '2 of 7 arms', '#arms=cold%204kib']);
  await page.locator('#arm-text').fill('nothing has this');
  assert.equal(((await page.evaluate(SHOWN)) as unknown[]).slice(0, 2), [0, '0 of 7 arms']);
  await page.locator('#arm-all').click();
  assert.equal(await page.evaluate(SHOWN), [7, 'all 7 arms', '']);
  assert.equal(said, []);
  await opened.close();
  const sent = await open('seven-arms', {}, '#only=5');
  assert.equal(((await sent.page.evaluate(SHOWN)) as unknown[])[1], '1 of 7 arms: cold-read/bs=4MiB,numjobs=1');
  await sent.close();
});

test('the keyboard reaches the meaning of a term, and the numbers of a chart', async () => {
  const opened = await open('seven-arms', { viewport: { width: 1000, height: 800 } });
  const { page } = opened;
  const term = page.locator('a.term').first();
  await term.focus();
  const tip = page.locator('#tip');
  assert.is(await tip.isVisible(), true);
  assert.is(await tip.textContent(), await page.locator(`${await term.getAttribute('href')} dd`).textContent());
  await page.keyboard.press('Escape');
  assert.is(await tip.isVisible(), false);
  await page.locator('details.data > summary').first().focus();
  await page.keyboard.press('Enter');
  const rows = page.locator('details.data').first().locator('tbody tr');
  await rows.first().waitFor();
  assert.is(await rows.count(), 8, 'seven arms, and the threshold in a table of its own');
  await opened.close();
});

test('without a script, the answer and the tables are there', async () => {
  const opened = await open('failed', { javaScriptEnabled: false });
  const { page } = opened;
  assert.is(await page.locator('.answer').isVisible(), true);
  assert.is(await page.locator('tbody tr').first().isVisible(), true);
  assert.is(await page.locator('#arm-filter').isVisible(), false);
  assert.is((await page.locator('figure.picture noscript').count()) > 0, true);
  await opened.close();
});

test('on paper, a dark page is light, all sections are open, and nothing sticks', async () => {
  const opened = await open('failed', { viewport: { width: 768, height: 1000 }, colorScheme: 'dark' });
  const { page } = opened;
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.is(await page.locator('nav').isVisible(), false);
  assert.is(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
  const pdf = await page.pdf({ format: 'A4' });
  assert.is(pdf.subarray(0, 5).toString(), '%PDF-');
  await opened.close();
});

test.run();
