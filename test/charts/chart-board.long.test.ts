// waits

/** Charts on a page, used as readers use them: by pointer, by keyboard, in both themes, on paper. */
import type { Browser } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHART_THEMES } from '../../src/charts/chart-theme.js';
import { readPageFiles } from '../../src/host/system/page-files.js';
import type { Page as ReportPage } from '../../src/page/page.js';
import { pageHtml } from '../../src/page/page-html.js';
import { assertSoundPage, launchChromium, type OpenedPage, openHtml, readThrough } from '../support/chromium.js';
import { EXTREME_CHARTS, SAMPLE_CHARTS, SECONDS_CHART, SIZES_CHART, TIMELINE_CHART } from '../support/sample-charts.js';

const test = suite('charts/chart-board');
let browser: Browser;

test.before(async () => {
  browser = await launchChromium();
});
test.after(() => browser?.close());

function htmlOf(charts: readonly (typeof SAMPLE_CHARTS)[number][]): string {
  const page: ReportPage = {
    title: 'Charts',
    about: [],
    answer: 'An answer.',
    next: [],
    sections: [{ id: 'charts', heading: 'Charts', parts: charts.map((chart) => ({ kind: 'chart', chart })) }],
    arms: [0, 1, 2].map((arm) => ({ id: `a${arm}`, name: `arm ${arm}` })),
    glossary: [],
    madeAt: '2026-11-30T00:00:00.000Z',
    madeBy: 'feedrate 0',
  };
  return pageHtml(page, readPageFiles());
}

async function opened(charts: readonly (typeof SAMPLE_CHARTS)[number][], options = {}): Promise<OpenedPage> {
  const found = await openHtml(browser, htmlOf(charts), { viewport: { width: 1200, height: 900 }, ...options });
  await readThrough(found.page);
  return found;
}

/** What the canvas of a chart shows, as a text that changes with it. */
const picture = ({ page }: OpenedPage, id: string): Promise<string> =>
  page.evaluate(`document.querySelector('#chart-${id} canvas').toDataURL()`);
const legend = ({ page }: OpenedPage, id: string): Promise<string[]> =>
  page.locator(`#chart-${id} .chart-legend li`).allTextContents();

for (const [width, colorScheme] of [
  [1440, 'light'],
  [768, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const) {
  test(`every kind of chart and every extreme is drawn at ${width} px, ${colorScheme}`, async () => {
    const found = await opened([...SAMPLE_CHARTS, ...EXTREME_CHARTS], {
      viewport: { width, height: 900 },
      colorScheme,
    });
    assert.is(await found.page.locator('canvas').count(), SAMPLE_CHARTS.length + EXTREME_CHARTS.length);
    await assertSoundPage(found, `${width} px`);
    await found.close();
  });
}

test('the arrow keys read the values, and Enter chooses the arm', async () => {
  const found = await opened([SIZES_CHART, TIMELINE_CHART]);
  await found.page.locator('#chart-throughput-by-size .chart-plot').focus();
  const said = found.page.locator('#chart-throughput-by-size .chart-said');
  for (const [key, expected] of [
    ['ArrowRight', /^target 0, I\/O size: 4 KiB/],
    ['ArrowRight', /^target 0, I\/O size: 64 KiB/],
    ['ArrowDown', /^target 1, I\/O size: 64 KiB/],
    ['End', /^target 1, I\/O size: 1 MiB/],
  ] as const) {
    await found.page.keyboard.press(key);
    assert.match((await said.textContent()) ?? '', expected);
  }
  await found.page.keyboard.press('Enter');
  assert.equal(await legend(found, 'throughput-by-size'), ['target 1']);
  await found.page.keyboard.press('Escape');
  assert.is(await said.textContent(), '');
  await found.close();
});

test('a click on an entry of a legend shows this arm in all charts, and a second click all arms again', async () => {
  const found = await opened([SIZES_CHART, SECONDS_CHART]);
  const before = await picture(found, 'throughput-over-time');
  await found.page.getByRole('button', { name: 'target 1' }).click();
  assert.equal(await legend(found, 'throughput-over-time'), ['arm 1']);
  assert.is.not(await picture(found, 'throughput-over-time'), before);
  await found.page.getByRole('button', { name: 'target 1' }).click();
  assert.is((await legend(found, 'throughput-by-size')).length, 3);
  assert.is(await picture(found, 'throughput-over-time'), before);
  await found.close();
});

test('charts over the same time are zoomed together, and others are not', async () => {
  const second = { ...SECONDS_CHART, id: 'latency-over-time', title: 'Latency over time' };
  const found = await opened([SECONDS_CHART, second, SIZES_CHART]);
  const [other, unrelated] = [await picture(found, 'latency-over-time'), await picture(found, 'throughput-by-size')];
  await found.page.locator('#chart-throughput-over-time canvas').hover();
  await found.page.keyboard.down('Control');
  await found.page.mouse.wheel(0, -300);
  await found.page.keyboard.up('Control');
  await found.page.mouse.move(0, 0);
  await found.page.waitForTimeout(500);
  assert.is.not(await picture(found, 'latency-over-time'), other);
  assert.is(await picture(found, 'throughput-by-size'), unrelated);
  await found.close();
});

/** Waits until the first series is drawn in a colour. The page's policy forbids what `waitForFunction` evaluates. */
async function drawnIn({ page }: OpenedPage, colour: string): Promise<void> {
  const isDrawn = `(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const sought = [1, 3, 5].map((at) => Number.parseInt('${colour}'.slice(at, at + 2), 16));
    for (let at = 0; at < data.length; at += 4) if (sought.every((part, index) => data[at + index] === part)) return true;
    return false;
  })()`;
  while (!(await page.evaluate(isDrawn))) await page.waitForTimeout(50);
}

test('charts follow the theme and the width, and paper is light', async () => {
  const found = await opened([SIZES_CHART]);
  const [light, dark] = [CHART_THEMES.light.series[0]!, CHART_THEMES.dark.series[0]!];
  await drawnIn(found, light);
  await found.page.emulateMedia({ colorScheme: 'dark' });
  await drawnIn(found, dark);
  await found.page.emulateMedia({ media: 'print' });
  await drawnIn(found, light);
  await found.page.emulateMedia({ media: 'screen', colorScheme: 'light' });
  await found.page.setViewportSize({ width: 400, height: 800 });
  await found.page.waitForTimeout(500);
  const [canvas, room] = (await found.page.evaluate(
    "[document.querySelector('canvas').clientWidth, document.querySelector('.chart-plot').clientWidth]",
  )) as [number, number];
  assert.is(canvas, room);
  await found.close();
});

test.run();
