/** The charts of a report as files. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { environment, mainPath } from '../support/feedrate-cli.js';
import { around, measuredRun, storeRun } from '../support/measured-runs.js';
import { makeArm } from '../support/records.js';
import { needTool, skipTest } from '../support/skip.js';
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

test('without a font no PNG is made, and the SVG is', () => {
  if (process.getuid?.() !== 0) skipTest('hiding the fonts needs root');
  needTool('unshare');
  return withTemporaryDirectory((cwd) => {
    storeRun(join(cwd, 'results'), measuredRun(ID, [{ arm: makeArm('job'), levels: around(1e9, 3) }], { id: ID }));
    const report = `${process.execPath} ${mainPath} report a1f3`;
    const script = `for place in /usr/share /usr/local/share; do mount -t tmpfs none $place || exit 77; done
      ${report} --png pictures; echo $?; ${report} --svg pictures >/dev/null; echo $?`;
    const options = { encoding: 'utf8', cwd, env: { ...environment({}), HOME: cwd } } as const;
    const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script], options);
    if (status === 77) skipTest(`this machine cannot mount: ${stderr}`);
    assert.match(stderr, /none is installed: install fonts-dejavu-core, or use --svg\n$/);
    assert.is(stdout, '2\n0\n');
  });
});

test.run();
