import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mannWhitney } from '../../src/stats/mann-whitney.js';

const test = suite('stats/rank-tables');

test('Mann-Whitney has the table of Mann and Whitney (1947)', () => {
  // P(U ≤ u) for samples of m and n, u = 0, 1, …
  const tables: readonly { n: number; m: number; p: readonly number[] }[] = [
    { n: 3, m: 3, p: [0.05, 0.1, 0.2, 0.35, 0.5, 0.65] },
    { n: 4, m: 3, p: [0.028, 0.057, 0.114, 0.2, 0.314, 0.429, 0.571] },
    { n: 4, m: 4, p: [0.014, 0.029, 0.057, 0.1, 0.171, 0.243, 0.343, 0.443, 0.557] },
    { n: 5, m: 2, p: [0.047, 0.095, 0.19, 0.286, 0.429, 0.571] },
    { n: 5, m: 4, p: [0.008, 0.016, 0.032, 0.056, 0.095, 0.143, 0.206, 0.278, 0.365, 0.452, 0.548] },
    { n: 6, m: 1, p: [0.143, 0.286, 0.428, 0.571] },
    { n: 6, m: 3, p: [0.012, 0.024, 0.048, 0.083, 0.131, 0.19, 0.274, 0.357, 0.452, 0.548] },
    { n: 6, m: 6, p: [0.001, 0.002, 0.004, 0.008, 0.013, 0.021, 0.032, 0.047, 0.066, 0.09, 0.12, 0.155, 0.197] },
  ];
  for (const { n, m, p } of tables) {
    for (const [u, wanted] of p.entries()) {
      const found = mannWhitney(
        untiedWithU(m, n, u),
        Array.from({ length: n }, (_, index) => index),
      );
      assert.is(found.statistic, u);
      assert.ok(Math.abs(found.pLess - wanted) <= 1e-3, `n ${n}, m ${m}, U ${u}: ${found.pLess}`);
    }
  }
});

/** A sample of m that beats u of the m·n pairs against 0 … n−1. */
function untiedWithU(m: number, n: number, u: number): number[] {
  return Array.from({ length: m }, (_, index) => {
    const beaten = Math.max(0, Math.min(n, u - index * n));
    return beaten - 0.5 + index / (2 * m);
  });
}

test('Mann-Whitney has the tables of Klotz (1966) with ties', () => {
  // Rank sums as Klotz counts them, U + m²/2, and P(U ≤ u); between two rows P stays.
  const first: readonly [number, number][] = [
    [12.5, 0.003968],
    [13.5, 0.007937],
    [15, 0.02381],
    [16.5, 0.047619],
    [17.5, 0.071429],
    [18, 0.087302],
    [19, 0.134921],
    [19.5, 0.138889],
  ];
  const second: readonly [number, number][] = [
    [52, 0.000014],
    [56.5, 0.000128],
    [57.5, 0.000145],
    [60, 0.00023],
    [61, 0.0004],
    [62, 0.00074],
    [62.5, 0.000797],
    [64, 0.000825],
    [64.5, 0.001165],
    [65.5, 0.001477],
    [66.5, 0.002498],
    [67, 0.002725],
    [67.5, 0.002895],
    [68, 0.00315],
    [68.5, 0.003263],
    [69, 0.003518],
    [69.5, 0.003603],
    [70, 0.005648],
    [70.5, 0.005818],
  ];
  assert.ok(compareWithKlotz(first, 5, [1, 1, 2, 1, 1, 2, 1, 1]) >= first.length);
  assert.ok(compareWithKlotz(second, 10, [6, 5, 4, 3, 2, 1]) >= second.length);
});

/** Compares every first sample of m of the tied values that lies within the table; how many different U it had. */
function compareWithKlotz(table: readonly [number, number][], m: number, ties: readonly number[]): number {
  const seen = new Set<number>();
  const go = (group: number, first: number[], second: number[]): void => {
    if (group < ties.length) {
      const size = ties[group] as number;
      for (let taken = 0; taken <= size; taken++) {
        const rest = new Array<number>(size - taken).fill(group);
        go(group + 1, [...first, ...new Array<number>(taken).fill(group)], [...second, ...rest]);
      }
      return;
    }
    if (first.length !== m) return;
    const { statistic, pLess } = mannWhitney(first, second);
    const x = statistic + (m * m) / 2;
    if (x >= (table.at(-1)?.[0] as number) + 0.5) return;
    const row = table.findLast(([from]) => from <= x) as [number, number];
    assert.ok(Math.abs(pLess - row[1]) <= 6e-7, `x ${x}: ${pLess} ≠ ${row[1]}`);
    seen.add(statistic);
  };
  go(0, [], []);
  return seen.size;
}

test.run();
