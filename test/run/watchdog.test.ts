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

test.run();
