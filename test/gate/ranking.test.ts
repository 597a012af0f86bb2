import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { type Ranking, rankingsOf } from '../../src/gate/ranking.js';
import { pairedSample } from '../../src/stats/effect.js';
import { medianOf } from '../../src/stats/extended.js';
import { clopperPearson } from '../support/clopper-pearson.js';
import { around, measureNamed } from '../support/measured-runs.js';
import { normalDraw } from '../support/normal-draws.js';

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
  const sampleOf = (first: Entry, second: Entry) => pairedSample(observed(first.levels), observed(second.levels));
  const rankable = { row: new Map([['bs', '4KiB']]), measure: measureNamed(metric), entries, sampleOf };
  return rankingsOf([rankable], alpha)[0] as Ranking;
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
  // Six entries have 15 pairs, in both directions: 30 · 2⁻⁹ > 5 % ≥ 30 · 2⁻¹⁰.
  const far = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  const few = rank(far, 'throughput', 7);
  assert.ok(few.entries.every(({ tied }) => tied));
  assert.is(few.unitsNeeded, 10);
  const enough = rank(far, 'throughput', 10);
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

test('p is two-sided, and all rows and measures share the false alarms', () => {
  const observed = (values: readonly number[]) => values.map((value, index) => ({ session: index, round: 1, value }));
  const rankable = (metric: string, n: number) => ({
    row: new Map(),
    measure: measureNamed(metric),
    entries: [
      { column: 'a', median: 2, levels: around(2, n) },
      { column: 'b', median: 1, levels: around(1, n) },
    ],
    sampleOf: (first: Entry, second: Entry) => pairedSample(observed(first.levels), observed(second.levels)),
  });
  const p = (rankables: Parameters<typeof rankingsOf<Entry>>[0]) =>
    rankingsOf(rankables, 0.05).map(({ entries }) => entries[1]?.p);
  assert.equal(p([rankable('throughput', 8)]), [2 * 2 ** -8]);
  assert.equal(p([rankable('throughput', 8), rankable('p99(latency)', 8)]), [4 * 2 ** -8, 4 * 2 ** -8]);
});

test('a test that points the other way than the medians separates nothing', () => {
  // By its median a is better. In nine of ten pairs b is.
  const a = [200, ...around(100, 11)];
  const b = [1, ...around(101, 11)];
  const [ranking] = rankingsOf(
    [
      {
        row: new Map(),
        measure: measureNamed('throughput'),
        entries: [
          { column: 'a', median: 102, levels: a },
          { column: 'b', median: 101, levels: b },
        ],
        sampleOf: (first: Entry, second: Entry) =>
          pairedSample(
            first.levels.map((value, session) => ({ session, round: 1, value })),
            second.levels.map((value, session) => ({ session, round: 1, value })),
          ),
      },
    ],
    0.2,
  );
  assert.ok((ranking?.entries[1]?.p ?? 1) <= 0.2);
  assert.is(ranking?.entries[1]?.tied, true);
});

test('three equal columns are separated by chance in at most α of the tables', () => {
  const prng = createPrng(21);
  const tables = 1500;
  let separated = 0;
  for (let table = 0; table < tables; table++) {
    const entries = ['a', 'b', 'c'].map((column): Entry => {
      const levels = Array.from({ length: 12 }, () => Math.exp(0.03 * normalDraw(prng)));
      return { column, median: medianOf(levels), levels };
    });
    const observed = ({ levels }: Entry) => levels.map((value, session) => ({ session, round: 1, value }));
    const sampleOf = (first: Entry, second: Entry) => pairedSample(observed(first), observed(second));
    const rankable = { row: new Map(), measure: measureNamed('throughput'), entries, sampleOf };
    if (rankingsOf([rankable], 0.05)[0]?.entries.some(({ tied }) => !tied)) separated++;
  }
  // Nothing shows that it is more than 5 %. One-sided p without a choice of direction gave 8 %.
  assert.ok(clopperPearson(separated, tables).low <= 0.05, `${separated} of ${tables}`);
});

test('one entry is best, and none is none', () => {
  assert.equal(
    rank({ a: 1 }).entries.map(({ column, tied }) => [column, tied]),
    [['a', true]],
  );
  assert.equal(rank({}).entries, []);
});

test.run();
