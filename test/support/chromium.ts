/** Debian's Chromium, and what tests ask of every page in it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { skipTest } from './skip.js';

const EXECUTABLE = '/usr/bin/chromium';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Launches the browser. Skips the running test when it is not installed. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(EXECUTABLE)) skipTest(`${EXECUTABLE} is not installed`, 'tool');
  const { chromium } = await import('playwright-core');
  return chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox'] });
}

/** A page that was opened from a file, with all that it said and asked for. */
export interface OpenedPage {
  readonly page: Page;
  /** Messages of the console and errors. */
  readonly said: readonly string[];
  /** Addresses that it asked for, apart from its own file and `data:`. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens HTML from a file of its own, as a reader does. `fragment` is the part of the address after `#`. */
export async function openHtml(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
  fragment = '',
): Promise<OpenedPage> {
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-page-'));
  const file = join(directory, 'report.html');
  writeFileSync(file, html);
  const address = pathToFileURL(file).href;
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('data:')) asked.push(url);
  });
  await page.goto(`${address}${fragment}`);
  const close = async () => {
    await context.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { page, said, asked, close };
}

/** Scrolls through the page, so that all charts are drawn, and back to its beginning. */
export async function readThrough(page: Page): Promise<void> {
  // Given as text, because it is compiled there.
  await page.evaluate(`(async () => {
    const first = (selector, count) => [...document.querySelectorAll(selector)].slice(0, count);
    // Of what a page may have a hundred of, a few: each is like the others.
    const opened = [...first('details:not(.data, .more-charts)'), ...first('details.data', 3), ...first('.more-charts', 1)];
    for (const details of opened) details.open = true;
    const next = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
      scrollTo({ top: y, behavior: 'instant' });
      await next();
      await next();
    }
    scrollTo({ top: 0, behavior: 'instant' });
    await next();
  })()`);
}

/** The rules of axe-core that the page breaks seriously, with the first place of each. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, 'utf8'));
  return page.evaluate(`(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.length + ' × ' + nodes[0].html.slice(0, 200));
  })()`);
}

/** What holds for every page: nothing is said or asked for, the document is no wider than the window, axe finds nothing. */
export async function assertSoundPage({ page, said, asked }: OpenedPage, what: string): Promise<void> {
  assert.equal(said, [], `${what}: the console`);
  assert.equal(asked, [], `${what}: requests`);
  const [width, room] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [number, number];
  assert.ok(width <= room, `${what}: the document is ${width} px wide, the window ${room} px`);
  assert.equal(await seriousViolations(page), [], `${what}: axe`);
}
