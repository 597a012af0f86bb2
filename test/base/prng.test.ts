import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng, seedOf, shuffled } from '../../src/base/prng.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';

const prng = suite('prng');

// From the published sfc32 and FNV-1a, written anew in Python with 64-bit integers.
prng('is sfc32, seeded word by word', () => {
  const vectors: [number[], number[]][] = [
    [[], [3262571586, 2602127793, 3691875691, 1400833174]],
    [[42], [3292315440, 968404367, 338677191, 2862995690]],
    [
      [1, 2, 3],
      [2101882791, 631782717, 3972673442, 356408464],
    ],
    [
      [2 ** 40 + 7, 5],
      [2747645329, 2315985106, 75450184, 2194006852],
    ],
  ];
  for (const [seeds, expected] of vectors) {
    const generator = createPrng(...seeds);
    assert.equal(
      expected.map(() => generator.nextUint32()),
      expected,
    );
  }
  const floats = createPrng(42);
  assert.equal(
    [floats.nextFloat(), floats.nextFloat(), floats.nextFloat()],
    [0.7665519209613965, 0.0788544317081058, 0.27200983101945364],
  );
  assert.equal(['', 'a', 'feedrate'].map(seedOf), [2872998923, 444641715, 3477560245]);
});

prng('gives another stream for every seed word and their order', () => {
  const first = (...seeds: number[]) => createPrng(...seeds).nextFloat();
  const streams = [first(1, 2), first(2, 1), first(1, 3), first(1), first(1, 2, 0), first(1 + 2 ** 32, 2)];
  assert.is(new Set(streams).size, streams.length);
});

prng('draws uniformly and independently', () => {
  const generator = createPrng(7);
  const singles = new Float64Array(64);
  const pairs = new Float64Array(256);
  let previous = 0;
  for (let i = 0; i < 200_000; i++) {
    const drawn = generator.nextFloat();
    countIn(singles, Math.floor(drawn * 64));
    const cell = Math.floor(drawn * 16);
    countIn(pairs, previous * 16 + cell);
    previous = cell;
  }
  assert.ok(Math.abs(chiSquareZ(singles)) < 4);
  assert.ok(Math.abs(chiSquareZ(pairs)) < 4);
});

prng('keeps below its bound, up to 2^53', () => {
  void fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, bound) => {
      const drawn = createPrng(seed).nextBelow(bound);
      assert.ok(Number.isInteger(drawn) && drawn >= 0 && drawn < bound);
    }),
    { seed: 1 },
  );
});

prng('shuffles without touching or losing an item, into every order alike', () => {
  const orders = new Map<string, number>();
  const items = [0, 1, 2, 3];
  for (let seed = 0; seed < 12_000; seed++) {
    const order = shuffled(items, createPrng(seed)).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  assert.equal(items, [0, 1, 2, 3]);
  assert.is(orders.size, 24);
  for (const order of orders.keys()) assert.is([...order].sort().join(''), '0123');
  assert.ok(chiSquareZ([...orders.values()]) < 4);
});

prng.run();
