import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LATENCY_KINDS, OPERATION_KINDS } from '../../src/base/latency-kinds.js';
import { METRICS, metricOf, NUMBER_METRICS, statisticColumn } from '../../src/base/metrics.js';

const test = suite('base/metrics');

test('keys, labels and columns are unique, and a column begins with its key', () => {
  for (const field of ['key', 'label', 'column'] as const) {
    assert.is(new Set(METRICS.map((metric) => metric[field])).size, METRICS.length, field);
  }
  for (const { key, column } of METRICS) {
    assert.ok(column.startsWith(key), column);
    assert.match(column, /^[a-z][a-z0-9_]*$/);
  }
});

test('operations keep their places in the counters: new ones come last', () => {
  const known = ['read', 'write', 'open', 'close', 'fsync', 'rename', 'dirsync', 'checkpoint', 'slat', 'clat'];
  assert.equal(OPERATION_KINDS.slice(0, known.length), known);
});

test('every kind of latency is a metric, and counts operations', () => {
  for (const { kind, operations } of LATENCY_KINDS) {
    assert.is(metricOf(kind)?.distribution, true);
    assert.ok(operations.every((operation) => OPERATION_KINDS.includes(operation)));
  }
  assert.equal(LATENCY_KINDS[0]?.operations, ['read', 'write']);
  assert.is(METRICS.length, NUMBER_METRICS.length + LATENCY_KINDS.length);
});

test('the column of a statistic holds it between key and unit', () => {
  const column = (key: string, statistic: string) =>
    statisticColumn(metricOf(key) as (typeof METRICS)[number], statistic);
  assert.is(column('throughput', 'median'), 'throughput_median_bytes_per_s');
  assert.is(column('iops', 'max'), 'iops_max');
  assert.is(column('latency', 'p99'), 'latency_p99_ns');
});

test.run();
