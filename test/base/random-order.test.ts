import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { MAX_POSITIONS, RandomOrder } from '../../src/base/random-order.js';
import { fileOrder } from '../../src/plan/file-order.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';

function takeAll(order: RandomOrder, count: number): number[] {
  const drawn = new Int32Array(100);
  const all: number[] = [];
  for (let taken = order.take(drawn); taken > 0; taken = order.take(drawn)) {
    all.push(...drawn.subarray(0, taken));
    assert.ok(all.length <= count);
  }
  return all;
}

const order = suite('random order');

order('takes each position exactly once and then ends', () => {
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (count, seed) => {
      const all = takeAll(new RandomOrder(count, createPrng(seed)), count);
      assert.equal(
        all.sort((a, b) => a - b),
        Array.from({ length: count }, (_, i) => i),
      );
    }),
    { seed: 1, numRuns: 200 },
  );
});

order('maps each position to one of its own', () => {
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (count, seed) => {
      const positions = Int32Array.from({ length: count }, (_, i) => i);
      new RandomOrder(count, createPrng(seed)).map(positions, count);
      assert.equal([...positions.sort()], [...positions.keys()]);
    }),
    { seed: 2, numRuns: 200 },
  );
});

order('reaches 2^31 positions and refuses more', () => {
  for (const count of [2 ** 30 + 1, 2 ** 31 - 1, MAX_POSITIONS]) {
    const large = new RandomOrder(count, createPrng(3));
    const drawn = new Int32Array(4096);
    assert.is(large.take(drawn), 4096);
    assert.is(new Set(drawn).size, 4096);
    assert.ok(drawn.every((position) => position >= 0 && position < count));
    large.map(drawn, 4096);
    assert.ok(drawn.every((position) => position >= 0 && position < count));
  }
  assert.throws(() => new RandomOrder(MAX_POSITIONS + 1, createPrng(3)), /an order of/);
});

order('spreads half a pass evenly, and neighbours independently', () => {
  for (const count of [1 << 12, 5000, 100_003, 1 << 20, 3_000_001]) {
    const half = Math.min(count >> 1, 40_000);
    const cells = new Float64Array(32);
    const pairs = new Float64Array(256);
    for (let seed = 0; seed < 4; seed++) {
      const drawn = new Int32Array(half);
      new RandomOrder(count, createPrng(seed)).take(drawn);
      let previous = 0;
      drawn.forEach((position, i) => {
        countIn(cells, Math.floor((position / count) * 32));
        const cell = Math.floor((position / count) * 16);
        if (i > 0) countIn(pairs, previous * 16 + cell);
        previous = cell;
      });
    }
    assert.ok(chiSquareZ(cells) < 5, `cells of ${count}: ${chiSquareZ(cells)}`);
    assert.ok(chiSquareZ(pairs) < 5, `pairs of ${count}: ${chiSquareZ(pairs)}`);
  }
});

order('has no linear correlation between neighbours', () => {
  for (const count of [1000, 65_536, 1_000_000]) {
    const all = new Int32Array(Math.min(count, 50_000));
    new RandomOrder(count, createPrng(11)).take(all);
    const centred = Float64Array.from(all, (position) => position / count - 0.5);
    for (const lag of [1, 2, 3, 16]) {
      let product = 0;
      for (let i = lag; i < centred.length; i++) product += (centred[i] as number) * (centred[i - lag] as number);
      const correlation = product / (centred.length - lag) / (1 / 12);
      assert.ok(Math.abs(correlation) < 5 / Math.sqrt(centred.length), `lag ${lag} of ${count}: ${correlation}`);
    }
  }
});

order('brings up the orders of a few positions about equally often', () => {
  for (const [count, orders] of [
    [3, 6],
    [4, 24],
    [5, 120],
  ] as const) {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < orders * 200; seed++) {
      const key = takeAll(new RandomOrder(count, createPrng(seed)), count).join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    assert.is(seen.size, orders);
    for (const times of seen.values()) assert.ok(times > 100 && times < 340, `${count}: ${times}`);
  }
});

order('differs by seed and from pass to pass, and repeats with its seed', () => {
  const prng = createPrng(5);
  const one = new RandomOrder(500, prng);
  const first = takeAll(one, 500);
  one.shuffle(prng);
  const second = takeAll(one, 500);
  const matches = first.filter((position, i) => position === second[i]).length;
  assert.ok(matches < 10);
  assert.equal(takeAll(new RandomOrder(500, createPrng(5)), 500), first);
  assert.not.equal(takeAll(new RandomOrder(500, createPrng(6)), 500), first);
});

order.run();

const files = suite('file order');

files('visits each file once a pass, by name or in a new order', () => {
  void fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.nat(), (count, seed) => {
      const names = Array.from({ length: count }, (_, i) => i);
      assert.equal([...fileOrder(count, false, seed, 0)], names);
      const shuffled = [...fileOrder(count, true, seed, 0)];
      assert.equal(
        [...shuffled].sort((a, b) => a - b),
        names,
      );
      assert.equal([...fileOrder(count, true, seed, 0)], shuffled);
      if (count > 20) assert.not.equal([...fileOrder(count, true, seed, 1)], shuffled);
    }),
    { seed: 3, numRuns: 100 },
  );
});

files.run();
