import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METRICS, type Unit } from '../../src/base/metrics.js';
import { formatDurationLabel, formatSizeLabel } from '../../src/base/units.js';
import { parseThreshold, readBound, THRESHOLD_PATTERN } from '../../src/workload/threshold-text.js';
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

thresholds('a bound of each unit, and what is said of one that lacks it', () => {
  const bounds: Readonly<Record<Unit, readonly [string, number, string, RegExp]>> = {
    'bytes/s': ['1GiB/s', 2 ** 30, '1GiB', /^"1GiB" is not a bound of m; write a rate, such as 1GiB\/s$/],
    bytes: ['2MiB', 2 ** 21, '2', /^"2" is not a bound of m; write a size with its unit, such as 1GiB$/],
    ns: ['20ms', 2e7, '20', /^"20" is not a bound of m; write a time with its unit, such as 20ms$/],
    'ns/op': ['1.5us', 1500, '20', /^"20" is not a bound of m; write a time with its unit, such as 20ms$/],
    'ops/s': ['1000', 1000, '1k', /^"1k" is not a bound of m; write a plain number, such as 1000$/],
    count: ['0.5', 0.5, '50%', /^"50%" is not a bound of m; write a plain number, such as 1000$/],
    ratio: ['90%', 0.9, '0.9', /^"0.9" is not a bound of m; write a percentage, such as 90%$/],
  };
  for (const [unit, [right, value, wrong, message]] of Object.entries(bounds)) {
    const metric = { key: 'm', unit: unit as Unit } as unknown as (typeof METRICS)[number];
    assert.equal(readBound(metric, right), { ok: true, value });
    const refused = readBound(metric, wrong);
    assert.match(refused.ok ? '' : refused.message, message);
  }
  const odd = readBound({ key: 'throughput', unit: 'bytes/s' }, '1Gb/s');
  assert.match(
    odd.ok ? '' : odd.message,
    /^"1Gb\/s" is not a rate; write 1GiB\/s/,
    'a wrong unit is told more exactly',
  );
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
        ratio: `${count % 101}%`,
      }[metric.unit as string];
      const text = `${left} ${sign} ${right}`;
      const threshold = read(text);
      assert.is(threshold.metric, metric.key);
      assert.is(threshold.comparison, sign);
      const plain = metric.unit === 'ops/s' ? count : bound;
      assert.is(threshold.bound, metric.unit === 'ratio' ? (count % 101) / 100 : plain);
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
