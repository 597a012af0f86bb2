// ci

/** What `npm run bench:power` judges by. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noncentralStudentTail } from '../../src/stats/student.js';
import { atMost, notAbove } from './power-demands.js';
import { record } from './power-noise.js';
import { RIVALS, welchOf } from './power-rules.js';

const test = suite('bench/power');
const POWER = fileURLToPath(new URL('./power.js', import.meta.url));

/** So few scenarios that a test takes seconds. */
const FEW = ['--quick', '--stride', '25'];

const bench = (...args: readonly string[]) => spawnSync(process.execPath, [POWER, ...args], { encoding: 'utf8' });

test('a recording has the truth and the noise that it was made with', () => {
  const plan = { sessions: 400, rounds: 3, cells: 1, order: 'pairs' } as const;
  const noise = { cv: 0.02, shape: 'plain', drift: 0.9, sessionSd: 0 } as const;
  const [cell] = record(plan, noise, [-0.05], 1);
  assert.ok(cell);
  const logs = Array.from(cell.candidate, (value, index) => Math.log(value / (cell.base[index] as number)));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const sd = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1));
  assert.ok(Math.abs(mean - Math.log(0.95)) < 0.005, `${mean}`);
  // Two trials of 2 % and what a drift of sd 5 % moves from one to the next.
  const wanted = Math.sqrt(2 * 0.02 ** 2 + 2 * 0.05 ** 2 * (1 - 0.9));
  assert.ok(Math.abs(sd / wanted - 1) < 0.1, `${sd} ${wanted}`);
  assert.equal(record(plan, noise, [-0.05], 1), [cell]);
});

test('the rivals are what they are called', () => {
  const { value, freedom } = welchOf([20, 11, 17, 12], [19, 22, 16, 29, 24]);
  // The example of scipy's mannwhitneyu.
  assert.ok(Math.abs(2 * noncentralStudentTail(value, freedom, 0) - 0.05675092592) < 1e-9);
  const base = Float64Array.from({ length: 40 }, (_, index) => 100 + (index % 5));
  const verdicts = (factor: number) =>
    RIVALS.map(({ isWorse }) => isWorse({ base, candidate: base.map((x) => factor * x) }));
  assert.equal(verdicts(1), [false, false, false, false]);
  assert.equal(verdicts(0.95), [true, true, true, false]);
  assert.equal(verdicts(0.85), [true, true, true, true]);
  assert.equal(verdicts(1.2), [false, false, false, false]);
});

test('a rate is decided by its bound alone', () => {
  assert.is(atMost(0.01, { hits: 0, of: 299 }), true);
  assert.is(atMost(0.01, { hits: 0, of: 298 }), null);
  assert.is(atMost(0.01, { hits: 4, of: 1000 }), true);
  assert.is(atMost(0.01, { hits: 20, of: 1000 }), false);
  assert.is(notAbove(0.01, { hits: 15, of: 1000 }, 40), true);
  assert.is(notAbove(0.01, { hits: 30, of: 1000 }, 40), false);
});

test('the short form plays through, and finds feedrate to keep its word', () => {
  const { status, stdout, stderr } = bench(...FEW, '--families', '1');
  assert.is(status, 0, stderr);
  assert.match(stdout, /This is the short form/);
  for (const rule of ['feedrate, min-effect 1 %', 'benchstat', 'criterion', 'Welch', '10 %'])
    assert.match(stdout, rule);
});

test('a rule that alarms too often is found out', () => {
  // One family shows nothing: with two of two, the bound on the rate is above the nominal one.
  const words = [...FEW, '--families', '2', '--only', 'alarms', '--alpha', '0.9', '--no-rivals'];
  const { status, stderr } = bench(...words);
  assert.is(status, 1, stderr);
  assert.match(stderr, /^NOT MET: .*nominal/m);
});

test('arguments that cannot be used are told in one line', () => {
  for (const args of [['--alpha', '2'], ['--only', 'speed'], ['--fast'], ['--resume', '/nonexistent']]) {
    const { status, stderr } = bench(...args);
    assert.is(status, 2);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});

test.run();
