// waits

/** Targets that stop answering: a frozen file system keeps its writers waiting in the kernel, as a server that is gone does. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { type LiveRun, untilGone, withLiveRun } from '../support/live-run.js';
import { withExt4 } from '../support/loop-device.js';
import { statusOf, trialsOf } from '../support/run-directory.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/silent');

const WORKLOAD = `
name: silent
trials: {rounds: 1}
jobs:
  write: {rw: write, bs: 64KiB, size: 1MiB, runtime: RUNTIME, time_based: true, cache: direct}
`;

interface Frozen {
  readonly run: LiveRun;
  readonly target: string;
  readonly results: string;
  readonly freeze: () => void;
  readonly thaw: () => void;
}

const noteLike = (pattern: RegExp) => (event: LiveRun['events'][number]) =>
  event.type === 'note' && pattern.test(event.text);

/** A run on a file system of its own that can be frozen; it is thawed in any case, so that nothing waits for ever. */
async function withFreezable(runtime: string, use: (frozen: Frozen) => Promise<void>): Promise<void> {
  needTool('fsfreeze');
  await withTemporaryDirectory((directory) =>
    withExt4(directory, { sectorBytes: 512 }, async (mounted) => {
      const change = (word: '--freeze' | '--unfreeze') => spawnSync('fsfreeze', [word, mounted]).status;
      if (change('--freeze') !== 0) skipTest('file systems cannot be frozen here');
      change('--unfreeze');
      const [workload, target, results] = [join(directory, 'w.yaml'), join(mounted, 't'), join(directory, 'r')];
      mkdirSync(target);
      writeFileSync(workload, WORKLOAD.replace('RUNTIME', runtime));
      const words = ['run', workload, '-t', `slow=${target}`, '-o', results, '--progress', 'json'];
      let frozen = false;
      const thaw = () => {
        if (frozen) change('--unfreeze');
        frozen = false;
      };
      const freeze = () => {
        frozen = change('--freeze') === 0;
      };
      try {
        await withLiveRun(words, { cwd: directory }, async (run) => {
          try {
            await use({ run, target, results, freeze, thaw });
          } finally {
            thaw();
          }
        });
      } finally {
        thaw();
      }
    }),
  );
}

test('a target that answers again after a while goes on, is told of, and marks the trial', () =>
  withFreezable('15s', async ({ run, results, freeze, thaw }) => {
    await run.untilMeasuring('write');
    freeze();
    const told = await run.until(noteLike(/^No response from target .* for 10 s/));
    assert.match(told.type === 'note' ? told.text : '', /^No response from target slow \(\/dev\/loop\d+ on .*\) for /);
    thaw();
    const { status, stderr } = await run.outcome();
    assert.is(status, 0, stderr);
    assert.is(statusOf(results), 'complete');
    const [trial] = trialsOf(results);
    assert.ok(trial?.warnings.some(({ code }) => code === 'silent'));
  }));

test('one Ctrl-C ends a run whose target does not answer; the trial is marked, and clean is told to come later', () =>
  withFreezable('1m', async ({ run, target, results, freeze, thaw }) => {
    await run.untilMeasuring('write');
    const { sessionPid } = run;
    freeze();
    await run.until(noteLike(/^No response from target/));
    run.signalGroup('SIGINT');
    const { status, stderr } = await run.outcome();
    assert.is(status, 130, stderr);
    assert.is(statusOf(results), 'aborted');
    assert.equal(
      trialsOf(results).map((trial) => [trial.status, ...trial.warnings.map(({ code }) => code)]),
      [['aborted', 'silent']],
    );
    assert.not.match(stderr, /responds again/);
    assert.match(
      stderr,
      /target slow does not respond, so files of this run remain there; remove them later with: feedrate clean -t /,
    );
    thaw();
    await untilGone(sessionPid);
    const cleaned = feedrate(['clean', '-t', target, '--yes'], results);
    assert.is(cleaned.status, 0, cleaned.stderr);
    assert.equal(readdirSync(target), []);
  }));

test.run();
