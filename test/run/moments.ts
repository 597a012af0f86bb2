/** Commands that are ended by a signal at a moment that nobody chose. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { INTERRUPTIONS } from '../../src/base/interruptions.js';
import { createPrng } from '../../src/base/prng.js';
import { withLiveRun } from '../support/live-run.js';
import { withPlace } from './place.js';

const WORKLOAD = `
name: moments
trials: {sessions: 2, rounds: 2}
dataset: {nrfiles: 2, filesize: 4MiB}
jobs:
  read: {rw: read, bs: 64KiB, numjobs: 2, runtime: 200ms, time_based: true}
  write: {rw: write, bs: 64KiB, size: 1MiB}
`;

/** Every command that uses a target, by name. Each is ended in turn. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  run: ['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'none'],
  'run in a temporary directory': ['run', 'w.yaml', '-o', 'r', '--progress', 'none'],
  'dry run': ['run', 'w.yaml', '--dry-run'],
  calibrate: ['calibrate', 'w.yaml', '-t', 't', '-o', 'r', '--sessions', '2', '--rounds', '2', '--progress', 'none'],
  prepare: ['prepare', 'w.yaml', '-t', 't', '--progress', 'none'],
  doctor: ['doctor', '-t', 't'],
  clean: ['clean', '-t', 't', '--data', '--yes'],
};

/** Ends `count` commands, each at a moment between its first line of code and a little after its usual end. */
export async function endAtMoments(count: number, seed: number): Promise<void> {
  const prng = createPrng(seed);
  const random = () => prng.nextFloat();
  const names = Object.keys(COMMANDS);
  const usualMs = await endAt('run', Number.POSITIVE_INFINITY, 'SIGINT', true);
  for (let moment = 0; moment < count; moment++) {
    const name = names[moment % names.length] as string;
    const signal = INTERRUPTIONS[Math.floor(random() * INTERRUPTIONS.length)] ?? 'SIGINT';
    // Half of them while it starts, where there is most to go wrong.
    const part = random() < 0.5 ? 0.2 : 1.1;
    await endAt(name, random() * part * usualMs, signal, random() < 0.5);
  }
}

/** Ends a command after a time, checks what it leaves, and returns how long it ran, ms. */
function endAt(name: string, afterMs: number, signal: NodeJS.Signals, toGroup: boolean): Promise<number> {
  let ranMs = 0;
  const work = withPlace(async ({ directory, target }) => {
    const temporary = join(directory, 'tmp');
    mkdirSync(temporary);
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    const options = { cwd: directory, environment: { TMPDIR: temporary } };
    await withLiveRun(COMMANDS[name] ?? [], options, async (live) => {
      await live.untilHearing();
      const startMs = performance.now();
      const ended = live.outcome();
      const isOver = await Promise.race([ended.then(() => true), ...(afterMs < 1e9 ? [wait(afterMs, false)] : [])]);
      if (!isOver) process.kill(toGroup ? -live.pid : live.pid, signal);
      const { status, signal: endedBy, stderr } = await ended;
      ranMs = performance.now() - startMs;
      const what = `${name}, ${signal} after ${Math.round(afterMs)} ms: status ${status}, ${endedBy}\n${stderr}`;
      // A command that had just ended by itself is as good.
      assert.ok(status === 130 || status === 0, what);
      assert.ok(stderr.split('\n').length <= 7 && !/^\s+at /m.test(stderr), what);
      await untilGroupGone(live.pid);
      assert.equal(readdirSync(temporary), [], what);
      assert.equal(
        readdirSync(target).filter((entry) => /^\.feedrate-(probe|new)/.test(entry)),
        [],
        what,
      );
      for (const run of runsIn(join(directory, 'r')))
        assert.ok(['complete', 'aborted'].includes(statusIn(run)), `${what}${run} is ${statusIn(run)}`);
    });
  });
  return work.then(() => ranMs);
}

function runsIn(results: string): string[] {
  try {
    return readdirSync(results)
      .filter((name) => name.includes('_'))
      .map((name) => join(results, name));
  } catch {
    return [];
  }
}

const statusIn = (run: string): string =>
  (JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { status: string }).status;

/** Waits until no process of the group is left. */
async function untilGroupGone(group: number): Promise<void> {
  for (;;) {
    try {
      process.kill(-group, 0);
    } catch {
      return;
    }
    await wait(20);
  }
}
