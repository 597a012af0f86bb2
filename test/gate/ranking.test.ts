import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rankingOf } from '../../src/gate/ranking.js';
import { pairedSample } from '../../src/stats/effect.js';
import { around, measureNamed } from '../support/measured-runs.js';

const test = suite('gate/ranking');

interface Entry {
  readonly column: string;
  readonly median: number;
  readonly levels: readonly number[];
}

/** Entries whose sessions are around these values; `noise` shifts the sessions against each other. */
function rank(values: Readonly<Record<string, number>>, metric = 'throughput', n = 10, alpha = 0.05) {
  const entries = Object.entries(values).map(([column, value], shift): Entry => {
    const levels = around(value, n + shift).slice(shift);
    return { column, median: value, levels };
  });
  const observed = (levels: readonly number[]) =>
    levels.map((value, index) => ({ session: index + 1, round: 1, value }));
  return rankingOf(new Map([['bs', '4KiB']]), measureNamed(metric), entries, alpha, (first, second) =>
    pairedSample(observed(first.levels), observed(second.levels)),
  );
}

test('the greatest throughput is best, the others behind it by their ratio', () => {
  const [best, second, third, ...rest] = rank({ a: 100, b: 200, c: 50 }).entries;
  assert.equal(rest, []);
  assert.equal([best?.column, best?.toBest, best?.p], ['b', null, 1]);
  assert.equal([second?.column, second?.tied, third?.column, third?.tied], ['a', false, 'c', false]);
  assert.ok(Math.abs((second?.toBest?.estimate ?? 0) - 0.5) < 0.01);
  assert.ok(Math.abs((third?.toBest?.estimate ?? 0) - 0.25) < 0.01);
});

test('the smallest latency is best', () => {
  const [best, second] = rank({ a: 100, b: 200 }, 'p99(latency)').entries;
  assert.equal([best?.column, second?.column, second?.tied], ['a', 'b', false]);
  assert.ok(Math.abs((second?.toBest?.estimate ?? 0) - 2) < 0.02);
});

test('what is not shown to be behind is tied with the best, a smaller part of it than a verdict asks for too', () => {
  const ranked = rank({ a: 100, b: 100.05, c: 80 }).entries;
  assert.equal(
    ranked.map(({ column, tied }) => [column, tied]),
    [
      ['b', true],
      ['a', true],
      ['c', false],
    ],
  );
  assert.equal(
    rank({ a: 100, b: 99 }).entries.map(({ tied }) => tied),
    [true, false],
    '1 % is seen when sessions agree',
  );
});

test('all pairs of the row share the false alarms, as the best was not known before', () => {
  // Six entries have 15 pairs: 15 · 2⁻⁷ > 5 % ≥ 15 · 2⁻⁹.
  const far = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  const few = rank(far, 'throughput', 7);
  assert.ok(few.entries.every(({ tied }) => tied));
  assert.is(few.unitsNeeded, 9);
  const enough = rank(far, 'throughput', 9);
  assert.is(enough.unitsNeeded, null);
  assert.equal(
    enough.entries.map(({ tied }) => tied),
    [true, false, false, false, false, false],
  );
  assert.equal(
    rank({ a: 1, b: 2 }, 'throughput', 7).entries.map(({ tied }) => tied),
    [true, false],
  );
});

test('one entry is best, and none is none', () => {
  assert.equal(
    rank({ a: 1 }).entries.map(({ column, tied }) => [column, tied]),
    [['a', true]],
  );
  assert.equal(rank({}).entries, []);
});

test.run();
