/** The charts of a report as files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { makeArm } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/report-pictures');

const ID = '20261101T030000Z_quick_a1f3';
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

test('each chart is an SVG and a PNG, on a light or a dark ground, and nothing is replaced unasked', () =>
  withTemporaryDirectory(async (cwd) => {
    const arms = [1e9, 2e9].map((level, index) => ({ arm: makeArm(`job${index}`), levels: around(level, 3) }));
    storeRun(join(cwd, 'results'), measuredRun(ID, arms, { id: ID }));
    const report = (...words: string[]) => feedrate(['report', 'a1f3', ...words], cwd);
    const light = await report('--svg', 'light', '--png', 'light');
    assert.is(light.status, 0, light.stderr);
    const files = readdirSync(join(cwd, 'light')).sort();
    const named = (ending: string) => files.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -4));
    assert.ok(named('.svg').length > 0);
    assert.equal(named('.svg'), named('.png'));
    // The page comes last.
    assert.equal(
      light.stdout.trim().split('\n').sort(),
      [...files.map((name) => `light/${name}`), `results/${ID}/report.html`].sort(),
    );
    const [first = ''] = named('.svg');
    const svg = readFileSync(join(cwd, 'light', `${first}.svg`), 'utf8');
    assert.match(svg, /^<svg [^>]*>.*<title[^>]*>[^<]+<\/title>.*<desc/s);
    assert.ok(
      readFileSync(join(cwd, 'light', `${first}.png`))
        .subarray(0, 4)
        .equals(PNG),
    );
    const again = await report('--svg', 'light');
    assert.is(again.status, 2);
    assert.match(again.stderr, /it exists; name another directory, or use --force/);
    assert.is((await report('--svg', 'light', '--force')).status, 0);
    assert.is((await report('--svg', 'dark', '--dark')).status, 0);
    assert.is.not(readFileSync(join(cwd, 'dark', `${first}.svg`), 'utf8'), svg);
    assert.match((await report('--dark')).stderr, /--dark is for pictures: use it with --svg or --png/);
  }));

test.run();
