/** What is said of a session that sends no progress, and of whom. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Watchdog } from '../../src/run/watchdog.js';
import { makeArm } from '../support/records.js';

const test = suite('run/watchdog');

/** Runs with a clock that only the test advances. */
function withClock(use: (clock: { ms: number }) => void): void {
  const clock = { ms: 0 };
  const real = performance.now;
  performance.now = () => clock.ms;
  try {
    use(clock);
  } finally {
    performance.now = real;
  }
}

test('threads that start slowly are told as that, once for each trial, and the target is not blamed', () =>
  withClock((clock) => {
    const notes: string[] = [];
    const arm = makeArm('randread');
    const watchdog = new Watchdog({
      plan: { arms: [arm] },
      targets: [],
      note: (text) => notes.push(text),
      isStopping: () => false,
      kill: () => assert.unreachable('nothing was stopped'),
    });
    try {
      const start = { type: 'starting', trialId: 's1r1t1', arm: arm.id, workers: 64 } as const;
      watchdog.handle({ type: 'prepare', trialId: start.trialId, arm: arm.id });
      for (clock.ms = 0; clock.ms < 90_000; clock.ms += 1000) watchdog.handle({ ...start, startedWorkers: 5 });
      assert.equal(notes, [
        '5 of 64 worker threads have started after 30 s. This machine is busy or short of memory. Still waiting; press Ctrl-C to stop.',
      ]);
      watchdog.handle({ ...start, startedWorkers: 64 });
      watchdog.handle({ ...start, trialId: 's1r1t2', startedWorkers: 6 });
      clock.ms += 31_000;
      watchdog.handle({ ...start, trialId: 's1r1t2', startedWorkers: 7 });
      assert.is(notes.length, 2);
      assert.equal([...watchdog.silent], []);
    } finally {
      watchdog.close();
    }
  }));

test('a layout that completes files is no silent target, however slow; one that completes nothing is', () =>
  withClock((clock) => {
    const notes: string[] = [];
    let killed = 0;
    let isStopping = false;
    const watchdog = new Watchdog({
      plan: { arms: [] },
      targets: [],
      note: (text) => notes.push(text),
      isStopping: () => isStopping,
      kill: () => killed++,
    });
    const told = (doneFiles: number) => {
      const work = { totalFiles: 100, doneBytes: doneFiles, totalBytes: 100, fraction: doneFiles / 100, elapsedNs: 1 };
      watchdog.handle({ type: 'layout', target: 't', doneFiles, leftNs: null, ...work });
    };
    try {
      for (let files = 1; files <= 10; files++) {
        clock.ms += 29_000;
        watchdog.look();
        told(files);
      }
      assert.equal(notes, []);
      for (let second = 0; second < 31; second++) {
        clock.ms += 1000;
        told(10);
        watchdog.look();
      }
      assert.is(notes.length, 1);
      assert.match(notes[0] ?? '', /^No response from target t for 30 s/);
      told(11);
      assert.is(notes[1], 'Target t responds again.');
      isStopping = true;
      clock.ms += 11_000;
      watchdog.look();
      assert.is(killed, 1);
    } finally {
      watchdog.close();
    }
  }));

test.run();
