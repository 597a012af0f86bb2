/** The time that a trace gives a program is the time that it takes without the tracer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../../src/base/prng.js';
import { recordedRange } from '../../../src/report/run/replay-lines.js';
import { StraceImport } from '../../../src/training/trace/strace-import.js';
import { type Overhead, recordedWithinNs } from '../../../src/training/trace/tracer-time.js';
import { durationOf, madeProgram, type StopCost, straceOf } from './made-program.js';
import { type MadeTrace, madeBy } from './made-trace.js';

const test = suite('training/trace/recorded-time');

const imported = (text: string, overhead: Overhead | null): MadeTrace =>
  madeBy((builder) => new StraceImport(builder, ['/d']), text.split('\n'), null, overhead);

/** Time of each thread's gaps and calls. */
function ownTimes({ gapsNs, tookNs, threads }: MadeTrace): number[] {
  return threads.map((calls, thread) =>
    calls.reduce((sum, call, place) => {
      const took = call.startsWith('await') ? 0 : (tookNs[thread]?.[place] ?? 0);
      return sum + (gapsNs[thread]?.[place] ?? 0) + took;
    }, 0),
  );
}

test('gaps and calls of one thread add up to the recorded time, whatever was taken off', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const program = madeProgram(seed, 0, 1);
    const prng = createPrng(seed, 9);
    const cost: StopCost = () => ({ inCallNs: prng.nextBelow(90_000), inGapNs: prng.nextBelow(90_000) });
    for (const overhead of [null, { inCallNs: 45_000, inGapNs: 45_000 }, { inCallNs: 9e6, inGapNs: 9e6 }]) {
      const made = imported(straceOf(program, cost), overhead);
      assert.equal(ownTimes(made), [made.head.recordedNs]);
      const inCalls = made.head.sums.reduce((sum, { ns }) => sum + ns, 0);
      assert.is(made.head.recordedNs - (made.head.threads[0]?.gapNs ?? 0), inCalls);
      if (overhead === null) assert.is(made.head.recordedNs, made.head.tracedNs);
    }
  }
});

test('a tracer that costs the same at each stop leaves nothing in the trace, with threads that wait for each other', () => {
  const overhead = { inCallNs: 31_000, inGapNs: 47_000 };
  for (let seed = 1; seed <= 40; seed++) {
    const program = madeProgram(seed, seed % 5, 1 + (seed % 7));
    const { head } = imported(
      straceOf(program, () => overhead),
      overhead,
    );
    assert.is(head.recordedNs, durationOf(program), `seed ${seed}`);
    assert.ok((head.tracedNs ?? 0) > head.recordedNs);
    assert.is(
      imported(
        straceOf(program, () => ({ inCallNs: 0, inGapNs: 0 })),
        null,
      ).head.recordedNs,
      durationOf(program),
    );
  }
});

test('what a stop costs more or less than the mean is made up for by the next ones', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const program = madeProgram(seed, 0, 1).map((thread) => ({
      ...thread,
      steps: Array.from({ length: 60 }, () => thread.steps.slice(0, -1)).flat(),
    }));
    const prng = createPrng(seed, 5);
    // Most calls are shorter than what a tracer adds to some of them.
    const cost: StopCost = () => ({ inCallNs: prng.nextBelow(400_000), inGapNs: prng.nextBelow(400_000) });
    const { head } = imported(straceOf(program, cost), { inCallNs: 200_000, inGapNs: 200_000 });
    const error = head.recordedNs / durationOf(program) - 1;
    assert.ok(Math.abs(error) < 0.05, `seed ${seed}: ${error}`);
  }
});

test('the interval of the recorded time is a third of what was taken off the whole, and unknown without a tracer', () => {
  const known = { tracedNs: 9e9, recordedNs: 6e9, overheadNs: 4e9 };
  assert.is(recordedWithinNs(known), 1e9);
  assert.is(recordedWithinNs({ ...known, overheadNs: null }), null);
  assert.is(recordedWithinNs({ recordedNs: 6e9, overheadNs: 4e9 }), null);
  // Waits without a visible cause can make the computed time the longer one.
  assert.is(recordedWithinNs({ ...known, tracedNs: 5e9 }), 0);
  const cost = { inCallNs: 60_000, inGapNs: 60_000 };
  for (let seed = 1; seed <= 20; seed++) {
    const program = madeProgram(seed, seed % 4, 3);
    // The tracer costs a quarter more than what was found.
    const { head } = imported(
      straceOf(program, () => ({ inCallNs: 75_000, inGapNs: 75_000 })),
      cost,
    );
    const within = recordedWithinNs(head) as number;
    assert.ok(Math.abs(head.recordedNs - durationOf(program)) <= within, `seed ${seed}`);
  }
});

test('an interval that changes no conclusion is not printed', () => {
  const rangeOf = (recordedNs: number | null, recordedWithinNs?: number | null) =>
    recordedRange({ ...REPLAY, recordedNs, ...(recordedWithinNs !== undefined && { recordedWithinNs }) });
  assert.is(rangeOf(4e9, 5e8), ' (3.5 s to 4.5 s)');
  assert.is(rangeOf(1e9, 2e9), ' (0 ns to 3 s)');
  for (const none of [rangeOf(4e9, 1e8), rangeOf(4e9, null), rangeOf(4e9), rangeOf(null, null)]) assert.is(none, '');
});

const REPLAY = {
  recordedNs: null,
  replayedNs: 3e9,
  overheadNs: 1e9,
  threads: 1,
  gapNs: 0,
  waitNs: 0,
  unreadMapBytes: 0,
  calls: [],
};

test.run();
