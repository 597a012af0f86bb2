/** Every kind of page in every width, light, dark and on paper. */
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPageFiles } from '../../src/host/system/page-files.js';
import { pageHtml } from '../../src/page/page-html.js';
import { assertSoundPage, launchChromium, openHtml, readThrough } from '../support/chromium.js';
import { PAGE_CASES, type PageCase, pageOfCase } from '../support/page-cases.js';

const test = suite('page/matrix');

let launched: Browser | undefined;
test.after(() => launched?.close());

async function chromium(): Promise<Browser> {
  launched ??= await launchChromium();
  return launched;
}

/** Colours do not depend on the width, and paper has one. */
const CELLS = [
  { width: 1440, colorScheme: 'light', media: 'screen' },
  { width: 768, colorScheme: 'dark', media: 'screen' },
  { width: 390, colorScheme: 'dark', media: 'screen' },
  { width: 390, colorScheme: 'light', media: 'screen' },
  { width: 768, colorScheme: 'dark', media: 'print' },
] as const;

/** The cases whose names or numbers of things decide how a page is laid out have every cell, the others the extremes. */
const EVERY_CELL: ReadonlySet<PageCase> = new Set(['seven-arms', 'long-names', 'hostile']);
const EXTREMES = [CELLS[0], CELLS[2]];

const pages = new Map<PageCase, string>();

function htmlOf(name: PageCase): string {
  const known = pages.get(name) ?? pageHtml(pageOfCase(name), readPageFiles());
  pages.set(name, known);
  return known;
}

/** Charts of a page that is read to its end, and those that have no picture. */
const EMPTY_CHARTS = `(() => {
  const plots = [...document.querySelectorAll('.chart-plot')];
  return [plots.length, plots.filter((plot) => plot.getBoundingClientRect().height < 50).length];
})()`;

for (const name of PAGE_CASES) {
  for (const { width, colorScheme, media } of EVERY_CELL.has(name) ? CELLS : EXTREMES) {
    const cell = `${name} at ${width} px, ${colorScheme}, ${media}`;
    test(`${cell}: sound`, async () => {
      const browser = await chromium();
      const opened = await openHtml(browser, htmlOf(name), { viewport: { width, height: 900 }, colorScheme });
      await opened.page.emulateMedia({ media, colorScheme });
      await readThrough(opened.page);
      await assertSoundPage(opened, cell);
      const [drawn, empty] = (await opened.page.evaluate(EMPTY_CHARTS)) as [number, number];
      assert.ok(drawn > 0, `${cell}: no chart was drawn`);
      assert.is(empty, 0, `${cell}: charts without a picture`);
      await opened.close();
    });
  }
}

test.run();
