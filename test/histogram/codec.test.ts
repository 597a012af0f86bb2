import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BINS, createHistogram, record } from '../../src/histogram/histogram.js';
import { decodeHistogram, encodeHistogram, type SparseCounts } from '../../src/histogram/sparse-counts.js';

const codec = suite('histogram codec');

codec('returns what it was given, through JSON', () => {
  const counts = fc.array(
    fc.tuple(fc.integer({ min: 0, max: BINS - 1 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
    { maxLength: 100 },
  );
  void fc.assert(
    fc.property(counts, (entries) => {
      const histogram = createHistogram();
      for (const [bin, count] of entries) histogram.counts[bin] = count;
      const back = decodeHistogram(JSON.parse(JSON.stringify(encodeHistogram(histogram))) as SparseCounts);
      assert.equal([...back.counts], [...histogram.counts]);
    }),
    { seed: 1, numRuns: 50 },
  );
});

codec('writes only bins that are not empty, in ascending order', () => {
  const histogram = createHistogram();
  for (const value of [300, 7, 7]) record(histogram, value);
  assert.equal(encodeHistogram(histogram), [7, 2, 278, 1]);
  assert.equal(encodeHistogram(createHistogram()), []);
});

codec('refuses what no histogram has', () => {
  const corrupt: [SparseCounts, RegExp][] = [
    [[1], /odd number/],
    [[BINS, 1], /no bin 4609/],
    [[-1, 1], /no bin -1/],
    [[1.5, 1], /no bin 1.5/],
    [[Number.NaN, 1], /no bin NaN/],
    [['3' as unknown as number, 1], /no bin 3/],
    [[3, 0], /count 0 in bin 3/],
    [[3, -2], /count -2/],
    [[3, 1.5], /count 1.5/],
    [[3, null as unknown as number], /count null/],
    [[3, 2 ** 53], /count 9007199254740992/],
    [[3, 1, 3, 1], /bin 3 after bin 3/],
    [[4, 1, 3, 1], /bin 3 after bin 4/],
  ];
  for (const [sparse, pattern] of corrupt) {
    assert.throws(
      () => decodeHistogram(sparse),
      (thrown: unknown) => thrown instanceof RangeError && pattern.test(thrown.message),
      String(sparse),
    );
  }
});

codec.run();
