import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { thinnedPoints } from '../../src/charts/thin-points.js';
import { mergedSpans } from '../../src/charts/timeline-option.js';

const test = suite('charts/thin-points');

interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** The lowest and the highest value of each pixel column, and whether it has a gap. */
function columns(points: readonly Point[], count: number, from: number, to: number): string[] {
  const width = (to - from) / count;
  const found = new Map<number, { values: number[]; gap: boolean }>();
  for (const { x, y } of points) {
    const column = Math.floor((x - from) / width);
    const entry = found.get(column) ?? { values: [], gap: false };
    if (y === null) entry.gap = true;
    else entry.values.push(y);
    found.set(column, entry);
  }
  return [...found].map(
    ([column, { values, gap }]) => `${column} ${Math.min(...values)} ${Math.max(...values)} ${gap}`,
  );
}

test('one bad second of a week stays, wherever it is', () => {
  const week = Array.from({ length: 604_800 }, (_, second) => ({ x: second, y: 1000 + (second % 7) }));
  for (const bad of [0, 1, 302_399, 604_798, 604_799]) {
    const points = week.with(bad, { x: bad, y: 3 });
    const thinned = thinnedPoints(points, 900);
    assert.ok(thinned.length <= 900 * 5 + 5, String(thinned.length));
    assert.ok(thinned.includes(points[bad]!), `second ${bad}`);
  }
});

test('every pixel column keeps its lowest and highest value and its gap, in order', () => {
  const y = fc.option(fc.integer({ min: -1000, max: 1000 }), { freq: 10 });
  const series = fc.array(fc.record({ step: fc.integer({ min: 0, max: 5 }), y }), { minLength: 400, maxLength: 900 });
  fc.assert(
    fc.property(series, fc.integer({ min: 2, max: 40 }), (steps, count) => {
      let at = 0;
      const points = steps.map(({ step, y: value }): Point => {
        at += step;
        return { x: at, y: value };
      });
      const thinned = thinnedPoints(points, count);
      const [from, to] = [points[0]!.x, points.at(-1)!.x];
      assert.equal(columns(thinned, count, from, to), columns(points, count, from, to));
      const places = thinned.map((point) => points.indexOf(point));
      assert.equal(
        places,
        [...new Set(places)].sort((a, b) => a - b),
      );
    }),
    { numRuns: 60 },
  );
});

test('a short series is left as it is, and equal places become one column', () => {
  const short = Array.from({ length: 100 }, (_, x) => ({ x, y: x }));
  assert.is(thinnedPoints(short, 20), short);
  const same = Array.from({ length: 1000 }, (_, index) => ({ x: 5, y: index === 500 ? -1 : index }));
  assert.equal(
    thinnedPoints(same, 20).map(({ y: value }) => value),
    [0, -1, 999],
  );
});

test('spans of one kind that are closer than a pixel become one, and others stay', () => {
  const spans = [
    { fromNs: 0, toNs: 10, what: 'write' },
    { fromNs: 11, toNs: 20, what: 'write' },
    { fromNs: 12, toNs: 13, what: 'fsync' },
    { fromNs: 40, toNs: 50, what: 'write' },
  ];
  assert.equal(mergedSpans(spans, 5), [
    { fromNs: 0, toNs: 20, what: 'write' },
    { fromNs: 12, toNs: 13, what: 'fsync' },
    { fromNs: 40, toNs: 50, what: 'write' },
  ]);
});

test.run();
