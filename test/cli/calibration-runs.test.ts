/** Runs of `feedrate calibrate` among others: no command takes one for the latest measurement. */
import { basename } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRecord } from '../../src/record/run-record.js';
import { feedrate } from '../support/command-thread.js';
import { makeArm } from '../support/records.js';
import { storeSessions } from '../support/stored-sessions.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/calibration-runs');

const ARMS = ['A', 'B'].map((target) => {
  const arm = makeArm('read', [{ name: 'target', label: target }]);
  return { ...arm, id: `read@${target}`, target };
});
const LEVELS = Array.from({ length: 8 }, (_, session) => 1e9 + 1e6 * session);

/** An ordinary run, and a newer calibration; `old` has no field that says so, only its command. */
function store(results: string, old: boolean): { run: string; calibration: string } {
  const stored = (startedAt: string, changes: Partial<RunRecord>) =>
    basename(storeSessions(results, { arms: ARMS, levels: LEVELS, run: { startedAt, ...changes } }));
  const command = old ? ['calibrate', '-t', '/mnt/data'] : ['something'];
  return {
    run: stored('2026-11-20T10:00:00.000Z', {}),
    calibration: stored('2026-11-21T10:00:00.000Z', {
      command,
      ...(old ? { calibration: undefined as never } : { calibration: true }),
    }),
  };
}

for (const old of [false, true]) {
  test(`${old ? 'by its command' : 'by its field'}: latest is the newest run that is no calibration`, () =>
    withTemporaryDirectory((directory) => {
      const { run, calibration } = store(`${directory}/results`, old);
      const told = `./results: latest is ${run}; passed over newer calibrations: ${calibration}\n`;
      const words = ['--cols', 'target', '--format', 'json'];
      for (const command of ['compare', 'gate']) {
        const { stdout, stderr } = feedrate([command, ...words], directory);
        assert.is(stderr, told, command);
        assert.match(stdout, run);
        assert.not.match(stdout, calibration);
      }
      const shown = feedrate(['show', '--format', 'json'], directory);
      assert.equal([JSON.parse(shown.stdout).id, shown.stderr], [run, told]);
      assert.equal(feedrate(['baseline', 'save', 'main'], directory), {
        status: 0,
        stdout: '',
        stderr: `${told}baseline main is ${run}\n`,
      });
      const listed = JSON.parse(feedrate(['list', '--format', 'json'], directory).stdout) as { calibration: boolean }[];
      assert.equal(
        listed.map((entry) => entry.calibration),
        [false, true],
      );
      assert.match(feedrate(['list'], directory).stdout, /quick \(calibration\)/);
    }));
}

test('by its name a calibration is compared and shown, but is no baseline and no candidate', () =>
  withTemporaryDirectory((directory) => {
    const { run, calibration } = store(`${directory}/results`, false);
    for (const words of [
      ['compare', calibration, '--cols', 'target'],
      ['show', calibration],
    ]) {
      const { status, stderr } = feedrate(words, directory);
      assert.equal([status, stderr], [0, ''], words.join(' '));
    }
    const why = 'it is a calibration, which measures a target against itself';
    for (const [words, line] of [
      [['baseline', 'save', 'main', calibration], `cannot be a baseline: ${why}`],
      [['gate', run, '--baseline', calibration], `cannot be a baseline: ${why}`],
      [
        ['gate', calibration, '--cols', 'target'],
        `cannot be gated: ${why}; print it with: feedrate compare ${calibration}`,
      ],
      [
        ['gate', calibration, '--baseline', run, '--adaptive'],
        `cannot be gated: ${why}; print it with: feedrate compare ${calibration}`,
      ],
    ] as const) {
      const { status, stdout, stderr } = feedrate([...words], directory);
      assert.equal([status, stdout], [2, ''], words.join(' '));
      assert.ok(stderr.endsWith(`${calibration}: ${line}\n`), stderr);
      assert.is(stderr.split('\n').length, 2);
    }
  }));

test('a calibration is no part of a history', () =>
  withTemporaryDirectory((directory) => {
    const stored = (startedAt: string, calibration: boolean) =>
      basename(storeSessions(`${directory}/results`, { levels: LEVELS, run: { startedAt, calibration } }));
    const run = stored('2026-11-20T10:00:00.000Z', false);
    stored('2026-11-21T10:00:00.000Z', true);
    const { stdout, stderr } = feedrate(['history', '--format', 'json'], directory);
    const { runs, series } = JSON.parse(stdout) as { runs: number; series: { points: { run: string }[] }[] };
    assert.equal([stderr, runs], ['', 1]);
    assert.equal(
      series.map(({ points }) => points.map((point) => point.run)),
      [[run]],
    );
  }));

test('when there are only calibrations, each command says so in one line', () =>
  withTemporaryDirectory((directory) => {
    storeSessions(`${directory}/results`, { arms: ARMS, levels: LEVELS, run: { calibration: true } });
    for (const command of ['compare', 'gate', 'show', 'history']) {
      const { status, stderr } = feedrate([command], directory);
      assert.is(status, 2);
      assert.match(
        stderr,
        /^feedrate: \.\/results: no run .*; it holds only calibrations, which are used by name: see feedrate list\n$/,
      );
    }
  }));

test('a run that was slowed down says so when it is compared', () =>
  withTemporaryDirectory((directory) => {
    const injected = [{ target: 'B', part: 0.2, delayNs: 0 }];
    const name = basename(
      storeSessions(`${directory}/results`, { arms: ARMS, levels: LEVELS, run: { calibration: true, injected } }),
    );
    const { stderr } = feedrate(['compare', name, '--cols', 'target'], directory);
    assert.is(stderr, `${name}: target B was slowed down on purpose (--inject)\n`);
  }));

test.run();
