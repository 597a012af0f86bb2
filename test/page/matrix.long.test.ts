/** Every kind of page in every width, light, dark and on paper. */
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import { readPageFiles } from '../../src/host/system/page-files.js';
import { pageHtml } from '../../src/page/page-html.js';
import { assertSoundPage, launchChromium, openHtml, readThrough } from '../support/chromium.js';
import { PAGE_CASES, pageOfCase } from '../support/page-cases.js';

const test = suite('page/matrix');

let browser: Browser | undefined;
test.after(() => browser?.close());

const MEDIA = [
  { colorScheme: 'light', media: 'screen' },
  { colorScheme: 'dark', media: 'screen' },
  { colorScheme: 'dark', media: 'print' },
] as const;

for (const name of PAGE_CASES) {
  test(`${name}: sound in every width and medium`, async () => {
    browser ??= await launchChromium();
    const html = pageHtml(pageOfCase(name), readPageFiles());
    for (const width of [1440, 768, 390]) {
      for (const { colorScheme, media } of MEDIA) {
        const opened = await openHtml(browser, html, { viewport: { width, height: 900 }, colorScheme });
        await opened.page.emulateMedia({ media, colorScheme });
        await readThrough(opened.page);
        await assertSoundPage(opened, `${name} at ${width} px, ${colorScheme}, ${media}`);
        await opened.close();
      }
    }
  });
}

test.run();
