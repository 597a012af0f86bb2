/** How `feedrate feed` finds the number of accelerators. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { auInterval, emulatedCapacity, FeedSearch } from '../../src/gate/feed-search.js';
import { normalDraw } from '../support/normal-draws.js';

const test = suite('gate/feed-search');

/** Searches with trials from `draw` until it is decided, or for `most` looks. */
function searched(start: number, threshold: number, draw: (accelerators: number) => number, most = 12) {
  const search = new FeedSearch(threshold, start);
  const trials = new Map<number, number[]>();
  let move = search.begin();
  let looks = 0;
  for (; move.kind === 'measure' && looks < most; looks++) {
    for (const accelerators of move.accelerators) {
      const values = trials.get(accelerators) ?? [];
      const rounds = values.length === 0 ? 3 : 2;
      trials.set(accelerators, [...values, ...Array.from({ length: rounds }, () => draw(accelerators))]);
    }
    move = search.look(trials);
  }
  return { search, move, looks, trials };
}

/** A target that keeps `capacity` accelerators busy. */
const auOf = (capacity: number) => (accelerators: number) => Math.min(1, capacity / accelerators);

test('finds the boundary from any start, and needs one look if the start is right', () => {
  for (const capacity of [0.62, 0.95, 1.9, 3.7, 37.4, 11.2]) {
    const whole = Math.floor(capacity / 0.9);
    for (const start of [0, 1, whole, whole + 1, whole + 7, 3 * whole, 100]) {
      const { move, looks } = searched(start, 0.9, auOf(capacity));
      assert.equal(move, { kind: 'decided', whole, edge: false }, `${capacity} from ${start}`);
      if (start === whole) assert.is(looks, 1);
    }
  }
});

test('names the edge on either side of it', () => {
  assert.equal(searched(4, 0.9, auOf(3.61)).move, { kind: 'decided', whole: 4, edge: true });
  assert.equal(searched(3, 0.9, auOf(3.61)).move, { kind: 'decided', whole: 4, edge: true });
  assert.equal(searched(4, 0.9, auOf(3.59)).move, { kind: 'decided', whole: 3, edge: true });
  assert.equal(searched(3, 0.9, auOf(3.59)).move, { kind: 'decided', whole: 3, edge: true });
});

test('a target that feeds more than it seemed is followed upwards in strides, and back', () => {
  const { move, trials } = searched(1, 0.9, (accelerators) => (accelerators < 6 ? 0.99 : 5 / accelerators));
  assert.equal(move, { kind: 'decided', whole: 5, edge: false });
  assert.equal([...trials.keys()], [1, 2, 4, 5, 10, 11, 6]);
});

test('more accelerators that pass where fewer fail are reported', () => {
  const { search, move } = searched(3, 0.9, (accelerators) =>
    accelerators === 3 ? 0.7 : accelerators > 4 ? 0.5 : 0.97,
  );
  assert.ok(search.isNonMonotone);
  assert.equal(move, { kind: 'decided', whole: 2, edge: false });
  assert.not(searched(3, 0.9, auOf(3)).search.isNonMonotone);
});

test('trials that vary are repeated until they suffice', () => {
  const prng = createPrng(1);
  const { looks, move } = searched(4, 0.9, (accelerators) => auOf(4)(accelerators) + normalDraw(prng) * 0.03);
  assert.equal(move, { kind: 'decided', whole: 4, edge: false });
  assert.ok(looks > 1);
});

test('puts a number on the wrong side in fewer than 5 of 100 searches', () => {
  const prng = createPrng(7);
  let wrong = 0;
  const searches = 400;
  for (let search = 0; search < searches; search++) {
    // Both of the pair are 2 % away from the threshold, and vary by as much.
    const noisy = (accelerators: number) => (accelerators <= 4 ? 0.918 : 0.882) + normalDraw(prng) * 0.018;
    const { move } = searched(4, 0.9, noisy, 30);
    if (move.kind === 'decided' && !move.edge && move.whole !== 4) wrong++;
  }
  assert.ok(wrong / searches < 0.05, `${wrong} of ${searches}`);
});

test('what is known before a decision: the prediction, corrected by what failed', () => {
  const search = new FeedSearch(0.9, 4);
  assert.is(search.whole, 4);
  search.look(
    new Map([
      [4, [0.7]],
      [5, [0.56]],
    ]),
  );
  assert.is(search.whole, 3);
});

test('the interval of equal trials is a point, and that of one trial has no end', () => {
  assert.equal(auInterval([0.5, 0.5], 0.025), { low: 0.5, estimate: 0.5, high: 0.5 });
  assert.is(auInterval([0.5], 0.025).high, Number.POSITIVE_INFINITY);
  // R: t.test(c(0.90, 0.92, 0.91))$conf.int
  const { low, high } = auInterval([0.9, 0.92, 0.91], 0.025);
  assert.ok(Math.abs(low - 0.8851586) < 1e-6 && Math.abs(high - 0.9348414) < 1e-6);
});

test('the capacity comes from the fewest accelerators that were not fed', () => {
  const trials = new Map([
    [3, [0.99, 0.99]],
    [4, [0.8, 0.8]],
    [5, [0.5, 0.5]],
  ]);
  assert.equal(emulatedCapacity(trials, 0.9, 0.95), { low: 3.2, estimate: 3.2, high: 3.2 });
  assert.is(emulatedCapacity(new Map([[3, [0.99, 0.99]]]), 0.9, 0.95), null);
});

test.run();
