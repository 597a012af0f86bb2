import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METRICS } from '../../src/base/metrics.js';
import { formatDurationLabel, formatSizeLabel } from '../../src/base/units.js';
import { parseThreshold, THRESHOLD_PATTERN } from '../../src/workload/threshold-text.js';
import type { Threshold } from '../../src/workload/workload.js';

const thresholds = suite('parseThreshold');

function read(text: string): Omit<Threshold, 'text'> {
  const parsed = parseThreshold(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const { text: kept, ...rest } = parsed.value;
  assert.is(kept, text.trim());
  return rest;
}

thresholds('each form, in the base unit of its metric', () => {
  assert.equal(read('p99(latency) < 20ms'), { metric: 'latency', statistic: 0.99, comparison: '<', bound: 20_000_000 });
  assert.equal(read('p99.9(fsync)<=5ms'), { metric: 'fsync', statistic: 0.999, comparison: '<=', bound: 5_000_000 });
  assert.equal(read('max(open) < 1s'), { metric: 'open', statistic: 'max', comparison: '<', bound: 1e9 });
  assert.equal(read(' mean( latency ) < 3ms '), {
    metric: 'latency',
    statistic: 'mean',
    comparison: '<',
    bound: 3_000_000,
  });
  assert.equal(read('p0(read) > 0ns'), { metric: 'read', statistic: 0, comparison: '>', bound: 0 });
  assert.equal(read('p100(read) < 1s'), { metric: 'read', statistic: 1, comparison: '<', bound: 1e9 });
  assert.equal(read('throughput > 1GiB/s'), {
    metric: 'throughput',
    statistic: null,
    comparison: '>',
    bound: 1073741824,
  });
  assert.equal(read('iops >= 1000'), { metric: 'iops', statistic: null, comparison: '>=', bound: 1000 });
  assert.equal(read('cpu < 1.5us'), { metric: 'cpu', statistic: null, comparison: '<', bound: 1500 });
});

thresholds('property: every metric, statistic, comparison and bound is read as written', () => {
  const comparison = fc.constantFrom('<', '<=', '>', '>=');
  const statistic = fc.oneof(
    fc.constantFrom('mean', 'max'),
    fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10),
  );
  fc.assert(
    fc.property(fc.constantFrom(...METRICS), comparison, statistic, fc.maxSafeNat(), (metric, sign, of, bound) => {
      const left = metric.distribution ? `${typeof of === 'number' ? `p${of}` : of}(${metric.key})` : metric.key;
      const count = bound % 1e15;
      const right = {
        'bytes/s': `${formatSizeLabel(bound)}/s`,
        'ops/s': String(count),
        ns: formatDurationLabel(bound),
        'ns/op': formatDurationLabel(bound),
      }[metric.unit as string];
      const text = `${left} ${sign} ${right}`;
      const threshold = read(text);
      assert.is(threshold.metric, metric.key);
      assert.is(threshold.comparison, sign);
      assert.is(threshold.bound, metric.unit === 'ops/s' ? count : bound);
      if (!metric.distribution) assert.is(threshold.statistic, null);
      else if (typeof of === 'string') assert.is(threshold.statistic, of);
      else assert.ok(Math.abs((threshold.statistic as number) - of / 100) < 1e-12);
      assert.ok(new RegExp(THRESHOLD_PATTERN, 'u').test(text));
    }),
  );
});

thresholds('property: no text makes it throw or answer in two lines', () => {
  const near = fc
    .array(fc.constantFrom('p99', '(', ')', 'latency', '<', '>', '=', ' ', '20ms', 'iops', '1', '/s', '\n'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string(), near), (text) => {
      const parsed = parseThreshold(text);
      if (!parsed.ok) assert.not(parsed.message.includes('\n'), JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

thresholds.run();
