/** What reports say of ceilings: the column, the lines, and two sides at the same ceiling. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, type NamedRun } from '../../src/gate/comparison.js';
import { comparisonNotes } from '../../src/report/comparison/comparison-notes.js';
import { type ReportFormat, renderRun } from '../../src/report/render.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { makeNfsMount, makeVolume, onVolume } from '../support/fsx-volumes.js';
import { assertGolden } from '../support/golden.js';
import { around, measuredRun } from '../support/measured-runs.js';
import { makeArm, makeRun, makeTrial, makeWindow } from '../support/records.js';

const test = suite('report/ceilings');

const arms = [
  makeArm('read', [{ name: 'bs', label: '1MiB' }]),
  makeArm('randread', [{ name: 'bs', label: '4KiB' }]),
  makeArm('sustained'),
  makeArm('cached'),
  makeArm('write'),
] as const;
const [burst, random, sustained, cached, write] = arms;
const run = onVolume(makeRun(arms, 3), { volume: makeVolume({ fileSystem: { haPairs: 2, iops: 80_000 } }) });
const trials = [1, 2, 3].flatMap((round) => [
  makeTrial(burst, round, 2882e6),
  makeTrial(random, round, 0, { window: makeWindow(25_000 * 4096, 25_000) }),
  makeTrial(sustained, round, 1500e6),
  makeTrial(cached, round, 6200e6),
  makeTrial(write, round, 0, { window: { ...makeWindow(0, 0), writeBytes: 1333e6, writeOps: 1333 } }),
]);
const render = (format: ReportFormat, columns = 120, detail = false) =>
  renderRun(run, trials, [], format, { color: false, columns, wraps: true, detail });

test('the terminal report', async () => assertGolden(await render('table'), 'report', 'ceilings.txt'));
test('the terminal report, 80 columns, in detail', async () =>
  assertGolden(await render('table', 80, true), 'report', 'ceilings-80.txt'));
test('the Markdown report', async () => assertGolden(await render('md'), 'report', 'ceilings.md'));

test('CSV and JSON have the binding ceiling of each arm, and JSON all of them', async () => {
  const [head = '', first = ''] = (await render('csv')).split('\n');
  const cell = (name: string) => first.split(',')[head.split(',').indexOf(name)];
  assert.equal(
    ['kind', 'share', 'state', 'unit', 'base_per_s', 'burst_per_s'].map((name) => cell(`ceiling_${name}`)),
    ['disk', '0.92224', 'burst', 'bytes/s', '1536000000', '3125000000'],
  );
  const { arms: reported } = JSON.parse(await render('json'));
  assert.is(reported[0].ceilings.limits.length, 7);
  assert.is(reported[0].ceilings.limits[0].source.published, '2026-09-20');
  assert.is(reported[4].ceilings.limits.length, 8, 'the limit of writes is for writes');
});

test('a burst that the connection limits, and one without a published burst', async () => {
  const lineOf = async (fileSystem: Parameters<typeof makeVolume>[0], connections: number, rate: number) => {
    const placed = onVolume(makeRun([sustained], 1), {
      volume: makeVolume(fileSystem),
      nfs: makeNfsMount(connections),
    });
    const text = await renderRun(placed, [makeTrial(sustained, 1, rate)], [], 'table', { color: false, columns: 120 });
    return /^ceiling sustained: (.*): may be a burst/m.exec(text)?.[1];
  };
  const first = { deploymentType: 'SINGLE_AZ_1', throughputCapacityPerHaPairMBps: 256 };
  assert.is(
    await lineOf({ fileSystem: first }, 1, 594e6),
    '594 MB/s is 232 % of disk (256 MB/s sustained) and 99 % of disk (600 MB/s in a burst)',
  );
  const second = { throughputCapacityPerHaPairMBps: 384, iops: 80_000 };
  assert.is(
    await lineOf({ fileSystem: second }, 1, 620e6),
    '620 MB/s is 161 % of disk (384 MB/s sustained) and 99 % of connections (625 MB/s)',
  );
});

/** Two targets of one run, with these throughputs. */
function twoTargets(before: number, after: number): NamedRun {
  const side = (target: string) => ({ ...makeArm('read'), id: `read@${target}`, target });
  const measured = measuredRun('r', [
    { arm: side('a'), levels: around(before, 8) },
    { arm: side('b'), levels: around(after, 8) },
  ]);
  const placed = onVolume(measured.run, { volume: makeVolume({ fileSystem: { iops: 80_000 } }) });
  const [target] = placed.environment.targets;
  const targets = ['a', 'b'].map((name) => ({ ...target!, name }));
  return { ...measured, run: { ...placed, environment: { ...placed.environment, targets } } };
}

function notesOf(before: number, after: number): string[] {
  const comparison = compare(
    [twoTargets(before, after)],
    comparisonOptions({ columns: ['target'], minEffect: 0.05, demands: 'load' }),
  );
  return comparisonNotes(comparison).filter((line) => line.startsWith('same ceiling'));
}

test('two sides at the same ceiling are named, and others are not', () => {
  assert.equal(notesOf(1500e6, 1530e6), [
    'same ceiling on both sides of read@a and read@b: 98 % and 100 % of disk (1,536 MB/s); the ceiling hides any other difference',
  ]);
  assert.match(notesOf(3000e6, 3100e6)[0] ?? '', /96 % and 99 % of disk \(3,125 MB\/s\)/);
  assert.equal(notesOf(1400e6, 1500e6), [], 'one is below');
  assert.equal(notesOf(1500e6, 3100e6), [], 'one is in a burst');
  assert.equal(notesOf(9000e6, 9100e6), [], 'both are beyond it');
});

test.run();
