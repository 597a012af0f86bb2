import { createHistogram as createReference } from 'node:perf_hooks';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BINS,
  binFloor,
  binMidpoint,
  binOf,
  createHistogram,
  type Histogram,
  maxNs,
  meanNs,
  merged,
  mergeInto,
  quantileNs,
  quantilesNs,
  record,
  totalCount,
} from '../../src/histogram/histogram.js';
import { encodeHistogram, meanOfCounts, quantilesOfCounts } from '../../src/histogram/sparse-counts.js';

const RELATIVE_ERROR = 1 / 256;
const LAST_BIN_NS = 2 ** 42;

/** Spread over all powers of two, as latencies are, and not towards the largest. */
const anyLatencyNs = fc
  .tuple(fc.integer({ min: 0, max: 42 }), fc.double({ min: 1, max: 2, noNaN: true, maxExcluded: true }))
  .map(([exponent, mantissa]) => Math.floor(2 ** exponent * mantissa));
const shortLatencyNs = anyLatencyNs.filter((value) => value < LAST_BIN_NS);
const quantiles = [0, 0.001, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

function histogramOf(valuesNs: readonly number[]): Histogram {
  const histogram = createHistogram();
  for (const value of valuesNs) record(histogram, value);
  return histogram;
}

/** The ⌈q·n⌉-th smallest, by integers where q is a whole per mille. */
function exactQuantile(sorted: readonly number[], q: number): number {
  const rank = Math.max(1, Math.ceil((Math.round(q * 1000) * sorted.length) / 1000));
  return sorted[rank - 1] as number;
}

const bins = suite('histogram bins');

bins('hold a value between their floor and the next one', () => {
  void fc.assert(
    fc.property(anyLatencyNs, (value) => {
      const bin = binOf(value);
      assert.ok(bin >= 0 && bin < BINS && Number.isInteger(bin));
      assert.ok(binFloor(bin) <= value);
      if (bin < BINS - 1) assert.ok(value < binFloor(bin + 1));
    }),
    { seed: 1, numRuns: 5000 },
  );
});

bins('begin where the one before ends, every one of them', () => {
  for (let bin = 0; bin < BINS; bin++) {
    const floor = binFloor(bin);
    assert.is(binOf(floor), bin);
    if (bin > 0) assert.is(binOf(floor - 1), bin - 1);
    // By definition: 128 to 255 times a power of two.
    if (bin >= 128) assert.is(floor, (128 + (bin % 128)) * 2 ** (Math.floor(bin / 128) - 1));
  }
  assert.is(binFloor(BINS - 1), LAST_BIN_NS);
});

bins('take everything above 2^42 ns into the last, and nothing below an hour', () => {
  for (const value of [LAST_BIN_NS, LAST_BIN_NS + 1, 2 ** 43, Number.MAX_SAFE_INTEGER])
    assert.is(binOf(value), BINS - 1);
  assert.ok(binOf(3600e9) < BINS - 1);
});

bins('stand for their values within 1/256, exactly below 256 ns', () => {
  void fc.assert(
    fc.property(shortLatencyNs, (value) => {
      const midpoint = binMidpoint(binOf(value));
      assert.ok(Math.abs(midpoint - value) <= value * RELATIVE_ERROR);
      if (value < 256) assert.is(midpoint, value);
    }),
    { seed: 2, numRuns: 5000 },
  );
});

bins.run();

const histogram = suite('histogram');

histogram('gives quantiles within 1/256 of the sorted values', () => {
  void fc.assert(
    fc.property(fc.array(shortLatencyNs, { minLength: 1, maxLength: 400 }), (values) => {
      const sorted = [...values].sort((a, b) => a - b);
      const counted = histogramOf(values);
      for (const q of quantiles) {
        const exact = exactQuantile(sorted, q);
        assert.ok(Math.abs(quantileNs(counted, q) - exact) <= exact * RELATIVE_ERROR, `q ${q} of ${sorted}`);
      }
      const exactMean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
      assert.ok(Math.abs(meanNs(counted) - exactMean) <= exactMean * (RELATIVE_ERROR + 1e-12));
      assert.is(maxNs(counted), quantileNs(counted, 1));
      const sparse = encodeHistogram(counted);
      assert.equal(quantilesOfCounts(sparse, quantiles), quantilesNs(counted, quantiles));
      assert.is(meanOfCounts(sparse), meanNs(counted));
    }),
    { seed: 3, numRuns: 500 },
  );
});

histogram('takes the right rank where q·n is whole but floating point says a little more', () => {
  for (let n = 1; n <= 250; n++) {
    const counted = histogramOf(Array.from({ length: n }, (_, i) => i));
    for (let percent = 0; percent <= 100; percent++) {
      const rank = Math.max(1, Math.ceil((percent * n) / 100));
      assert.is(quantileNs(counted, percent / 100), rank - 1, `p${percent} of ${n}`);
    }
  }
});

histogram('merges exactly: as if all values had been recorded in one', () => {
  void fc.assert(
    fc.property(fc.array(fc.array(anyLatencyNs, { maxLength: 60 }), { maxLength: 5 }), (parts) => {
      const together = merged(parts.map(histogramOf));
      assert.equal([...together.counts], [...histogramOf(parts.flat()).counts]);
      assert.is(totalCount(together), parts.flat().length);
    }),
    { seed: 4, numRuns: 50 },
  );
});

histogram('leaves the source of a merge as it was', () => {
  const source = histogramOf([5, 1e6]);
  mergeInto(createHistogram(), source);
  assert.is(totalCount(source), 2);
});

histogram('has no quantile, mean or maximum when empty', () => {
  const empty = createHistogram();
  assert.ok(Number.isNaN(quantileNs(empty, 0.5)));
  assert.ok(Number.isNaN(meanNs(empty)));
  assert.ok(Number.isNaN(maxNs(empty)));
  assert.ok(Number.isNaN(meanOfCounts([])));
  assert.equal(quantilesOfCounts([], [0, 1]), [Number.NaN, Number.NaN]);
  assert.is(totalCount(merged([])), 0);
});

histogram('agrees with the histogram of node:perf_hooks', () => {
  // Theirs keeps three significant figures: within 1/1000 of the value. Ours within 1/256.
  const tolerance = RELATIVE_ERROR + 1 / 1000;
  void fc.assert(
    fc.property(
      fc.array(
        shortLatencyNs.map((value) => value + 1),
        { minLength: 1, maxLength: 300 },
      ),
      (values) => {
        const reference = createReference({ lowest: 1, highest: Number.MAX_SAFE_INTEGER, figures: 3 });
        for (const value of values) reference.record(value);
        const counted = histogramOf(values);
        // Their rank is ⌊q·n + ½⌋: the same as ours where q·n is whole.
        const n = values.length;
        const ranks = new Set([1, Math.ceil(n / 4), Math.ceil(n / 2), Math.ceil(n * 0.99), n]);
        for (const rank of ranks) {
          const theirs = reference.percentile((rank / n) * 100);
          const ours = quantileNs(counted, rank / n);
          assert.ok(Math.abs(ours - theirs) <= theirs * tolerance, `rank ${rank} of ${n}: ${ours} and ${theirs}`);
        }
        assert.ok(Math.abs(meanNs(counted) - reference.mean) <= reference.mean * tolerance);
        assert.ok(Math.abs(maxNs(counted) - reference.max) <= reference.max * tolerance);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

histogram.run();
