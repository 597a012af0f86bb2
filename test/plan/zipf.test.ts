import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { ZipfRanks } from '../../src/plan/zipf.js';
import { chiSquareZ, countIn } from '../support/chi-square.js';

/** Probability of each rank by the definition. */
function probabilities(count: number, theta: number): Float64Array {
  const weights = Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -theta);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

const zipf = suite('zipf');

zipf('draws every rank with its exact probability', () => {
  for (const theta of [0.1, 0.5, 0.99, 1.0001, 1.2, 1.5]) {
    const ranks = new ZipfRanks(50, theta);
    const prng = createPrng(1, theta * 1e4);
    const counts = new Float64Array(50);
    for (let i = 0; i < 200_000; i++) countIn(counts, ranks.draw(prng));
    const z = chiSquareZ(counts, probabilities(50, theta));
    assert.ok(Math.abs(z) < 4, `theta ${theta}: ${z}`);
  }
});

zipf('draws powers of two of a large space with theirs', () => {
  const count = 2 ** 20;
  for (const theta of [0.6, 0.99, 1.3]) {
    const ranks = new ZipfRanks(count, theta);
    const prng = createPrng(2, theta * 1e4);
    const counts = new Float64Array(21);
    const expected = new Float64Array(21);
    const octaveOf = (rank: number) => 31 - Math.clz32(rank + 1);
    probabilities(count, theta).forEach((share, rank) => {
      const octave = octaveOf(rank);
      expected[octave] = (expected[octave] as number) + share;
    });
    for (let i = 0; i < 100_000; i++) countIn(counts, octaveOf(ranks.draw(prng)));
    // The last octave is the one last rank: too rare to be counted.
    const z = chiSquareZ(counts.slice(0, 20), expected.slice(0, 20));
    assert.ok(Math.abs(z) < 4, `theta ${theta}: ${z}`);
  }
});

zipf('keeps within its ranks, from one to 2^31', () => {
  for (const count of [1, 2, 3, 2 ** 31]) {
    for (const theta of [0.01, 1.1, 5]) {
      const ranks = new ZipfRanks(count, theta);
      const prng = createPrng(3);
      for (let i = 0; i < 2000; i++) {
        const rank = ranks.draw(prng);
        assert.ok(Number.isInteger(rank) && rank >= 0 && rank < count, `${rank} of ${count}`);
      }
    }
  }
});

zipf.run();
