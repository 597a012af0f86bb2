import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckpointSpan, MOST_SPANS, spansOf, timelineOf } from '../../src/record/checkpoint-timeline.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { feedrateError } from '../support/feedrate-error.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('record/checkpoint-timeline');

/** Checkpoints of so many ranks, one after the other, each with a write and an fsync. */
function spansFor(checkpoints: number, ranks: number, slow: ReadonlySet<number> = new Set()): CheckpointSpan[] {
  return Array.from({ length: checkpoints }, (_, index) => index + 1).flatMap((checkpoint) =>
    Array.from({ length: ranks }, (_, worker): CheckpointSpan[] => {
      const startNs = checkpoint * 1e9;
      const endNs = startNs + (slow.has(checkpoint) ? 5e8 : 1e8) + worker;
      return [
        { checkpoint, worker, phase: 'write', startNs, endNs },
        { checkpoint, worker, phase: 'fsync', startNs: endNs, endNs: endNs + 1e7 },
      ];
    }).flat(),
  );
}

test('what fits is kept as it was; no spans are no timeline', () => {
  const spans = spansFor(3, 4);
  const timeline = timelineOf(spans);
  assert.ok(timeline !== undefined);
  const inOrder = [...spans].sort((a, b) => a.startNs - b.startNs || a.endNs - b.endNs);
  assert.equal(spansOf(timeline), inOrder);
  assert.equal([timeline.omittedCheckpoints, timeline.omittedSpans], [0, 0]);
  assert.is(timelineOf([]), undefined);
});

test('of many checkpoints, the first and the longest are kept whole, and the others are counted', () => {
  const slow = new Set([40, 77]);
  const timeline = timelineOf(spansFor(100, 8, slow), 6);
  assert.ok(timeline !== undefined);
  const kept = new Set(timeline.checkpoint);
  assert.is(timeline.checkpoint.length, MOST_SPANS);
  for (const checkpoint of [1, ...slow]) assert.ok(kept.has(checkpoint), String(checkpoint));
  for (const checkpoint of kept) assert.is(timeline.checkpoint.filter((one) => one === checkpoint).length, 16);
  assert.is(timeline.omittedCheckpoints, 100 - kept.size);
  assert.is(timeline.omittedSpans, 100 * 16 + 6 - MOST_SPANS);
});

test('a checkpoint that alone has too many parts keeps the longest ones', () => {
  const timeline = timelineOf(spansFor(1, 300));
  assert.ok(timeline !== undefined);
  assert.equal([...new Set(timeline.phase)], ['write']);
  assert.is(timeline.omittedSpans, 600 - MOST_SPANS);
});

test('a record never has more spans than it may, and its columns are equally long', () => {
  const span = fc.record({
    checkpoint: fc.integer({ min: 1, max: 50 }),
    worker: fc.option(fc.nat(20)),
    phase: fc.constantFrom('write' as const, 'fsync' as const, 'blocked' as const),
    startNs: fc.nat(1e9),
    endNs: fc.integer({ min: 1e9, max: 2e9 }),
  });
  void fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 1500 }), (spans) => {
      const timeline = timelineOf(spans);
      assert.ok(timeline !== undefined);
      const columns = [timeline.checkpoint, timeline.worker, timeline.phase, timeline.startNs, timeline.endNs];
      assert.is(new Set(columns.map(({ length }) => length)).size, 1);
      assert.ok(timeline.checkpoint.length > 0 && timeline.checkpoint.length <= MOST_SPANS);
      assert.is(timeline.checkpoint.length + timeline.omittedSpans, spans.length);
    }),
    { numRuns: 50 },
  );
});

test('a trial comes back with its timeline, and damage is refused with its place', () => {
  const timeline = timelineOf(spansFor(2, 2));
  assert.ok(timeline !== undefined);
  const trial = makeTrial(makeArm('save'), 1, 1e8, { timeline });
  assert.equal(decodeTrial(encodeTrial(trial), 'x:1'), trial);
  const damages: readonly (readonly [object, RegExp])[] = [
    [{ phase: ['write'] }, /x:1: timeline\.phase: expected 8 entries/],
    [{ phase: timeline.phase.map(() => 'chew') }, /timeline\.phase\[0\]: expected open, /],
    [{ startNs: timeline.startNs.map(() => 'soon') }, /timeline\.startNs\[0\]: expected a number/],
    [{ omittedSpans: undefined }, /timeline\.omittedSpans: expected a number/],
  ];
  for (const [changes, expected] of damages) {
    const line = JSON.stringify({ ...trial, timeline: { ...timeline, ...changes } });
    assert.throws(() => decodeTrial(line, 'x:1'), feedrateError('store', expected));
  }
});

test.run();
