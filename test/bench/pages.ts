/**
 * How long the page of a large run takes: to be made, and to be opened and drawn in Chromium.
 *
 *   npm run bench:pages -- [--opens 5]
 *
 * Prints a Markdown table: the whole `feedrate report` (wall and CPU time), the size of the page, and two median times since the
 * start of its loading: until all is there that a reader sees first, and until the charts just below are drawn too.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from 'simple-statistics';
import { launchChromium, openHtml } from '../support/chromium.js';
import { mainPath } from '../support/feedrate-cli.js';
import { type MadeRun, writeMadeRun } from './made-run.js';
import { costOf } from './process-cost.js';

const REAL = { seconds: 10, operations: 50_000 } as const;
/** A cell has two arms. */
const CASES: Readonly<Record<string, MadeRun>> = {
  '50 arms, 1,000 trials': { cells: 25, sessions: 5, rounds: 4, ...REAL },
  '40 arms, 1,000 trials': { cells: 20, sessions: 5, rounds: 5, ...REAL },
  '40 arms, 1,000 trials each': { cells: 20, sessions: 25, rounds: 40, ...REAL },
};

/** Resolves with both times, ms. A chart below the view is drawn when the script has time. */
const TIMES = `new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => {
  const [{ loadEventEnd }] = performance.getEntriesByType('navigation');
  resolve([loadEventEnd, performance.now()]);
}, 0)))`;

async function openedMs(html: string, opens: number): Promise<readonly number[]> {
  const browser = await launchChromium();
  const times: number[][] = [];
  for (let turn = 0; turn < opens; turn++) {
    const { page, close } = await openHtml(browser, html, { viewport: { width: 1440, height: 900 } });
    times.push((await page.evaluate(TIMES)) as number[]);
    await close();
  }
  await browser.close();
  return [0, 1].map((at) => median(times.map((both) => both[at] as number)));
}

async function rowOf(name: string, made: MadeRun, opens: number): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'feedrate-bench-'));
  try {
    const [run, page] = [join(directory, 'r', '20260101T000000Z_made_0001'), join(directory, 'page.html')];
    writeMadeRun(run, made);
    const args = [mainPath, 'report', run, '-o', page];
    const { wallMs, cpuMs } = costOf({ name, program: process.execPath, args });
    const [shownMs = 0, drawnMs = 0] = await openedMs(readFileSync(page, 'utf8'), opens);
    const kib = Math.round(statSync(page).size / 1024);
    return `| ${name} | ${(wallMs / 1000).toFixed(2)} s | ${(cpuMs / 1000).toFixed(2)} s | ${kib} KiB | ${shownMs.toFixed(0)} ms | ${drawnMs.toFixed(0)} ms |`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const { values } = parseArgs({ options: { opens: { type: 'string', default: '5' } } });
console.log(`load average ${loadavg()[0]?.toFixed(1)}\n`);
console.log('| run | made in | of CPU time | size | shown in | with charts below |\n|---|---|---|---|---|---|');
for (const [name, made] of Object.entries(CASES)) console.log(await rowOf(name, made, Number(values.opens)));
