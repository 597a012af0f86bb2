import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { leastOperations, measured, measuredOnce, measureForms, measureOf } from '../../src/stats/measure.js';
import { measureNamed } from '../support/measured-runs.js';
import { latencies, makeArm, makeTrial, makeWindow } from '../support/records.js';

const test = suite('stats/measure');
const arm = makeArm('read');
const reads = (count: number, valueNs = 64) => ({
  latency: { read: latencies(...Array<number>(count).fill(valueNs)) },
});

test('a metric that is one number goes by its name, a distribution by a number of it', () => {
  const forms = ['throughput', 'iops', 'cpu', 'p99(latency)', 'p99.9(fsync)', 'mean(read)', 'max(write)', 'p50(clat)'];
  for (const text of forms) assert.is(measureOf(text)?.key, text);
  assert.is(measureOf('p99')?.key, 'p99(latency)', 'latency when nothing else is named');
  assert.is(measureOf('max')?.key, 'max(latency)');
  assert.is(measureOf('p99.9')?.statistic, 0.999);
  assert.is(measureOf('p99')?.metric.better, 'lower');
  assert.is(measureOf('throughput')?.metric.better, 'higher');
});

test('what is none is none: a distribution without a number, a number of no distribution, quantiles 0 and 100', () => {
  const wrong = ['latency', 'p99(throughput)', 'p0', 'p100', 'p100.0', 'p101(latency)', 'p', 'p99()', 'p99(nope)'];
  for (const text of [...wrong, '', 'bandwidth', 'P99', 'min(latency)', 'p-5', ' throughput']) {
    assert.is(measureOf(text), undefined, text);
  }
  assert.match(
    measureForms(),
    /^throughput, iops, cpu, files, au, steady_au, samples_rate, create_rate, .*unlink_rate, or pNN\(…\), mean\(…\), max\(…\) of latency, read, .*slat, clat, create, stat, readdir, unlink, file, blocked, batch, step, wait, barrier$/,
  );
});

test('a quantile takes so many operations that one of them is probably above it', () => {
  // n < ln 0.05 / ln q: qbinom in R agrees, 1 − 0.99^298 < 0.95 ≤ 1 − 0.99^299.
  assert.equal([0.5, 0.9, 0.95, 0.99, 0.999].map(leastOperations), [5, 29, 59, 299, 2995]);
  const p99 = measureNamed('p99(latency)');
  assert.ok(Number.isNaN(measuredOnce(p99, makeTrial(arm, 1, 1, reads(298)))));
  assert.is(measuredOnce(p99, makeTrial(arm, 1, 1, reads(299))), 64);
  assert.is(measuredOnce(measureNamed('p50'), makeTrial(arm, 1, 1, reads(5))), 64);
  assert.ok(Number.isNaN(measuredOnce(measureNamed('p50'), makeTrial(arm, 1, 1, reads(4)))));
});

test('mean and greatest have no least number, and merged trials none either', () => {
  const trial = makeTrial(arm, 1, 1, reads(1));
  assert.is(measuredOnce(measureNamed('mean'), trial), 64);
  assert.is(measuredOnce(measureNamed('max'), trial), 64);
  assert.is(measured({ metric: 'latency', statistic: 0.99 }, [trial]), 64);
});

test('what was not recorded is NaN; clat is the latency where it was not recorded apart', () => {
  const trial = makeTrial(arm, 1, 1, reads(300));
  for (const text of ['p50(fsync)', 'max(write)', 'mean(slat)', 'p99(checkpoint)']) {
    assert.ok(Number.isNaN(measuredOnce(measureNamed(text), trial)), text);
  }
  assert.is(measuredOnce(measureNamed('p99(clat)'), trial), 64);
});

test('rates are sums over sums, not means of rates', () => {
  const slow = makeTrial(arm, 2, 100, { window: { ...makeWindow(100), endNs: 4e9 } });
  const fast = makeTrial(arm, 1, 100);
  assert.is(measuredOnce(measureNamed('throughput'), fast), 100);
  assert.is(measuredOnce(measureNamed('throughput'), slow), 25);
  assert.is(measured({ metric: 'throughput', statistic: null }, [fast, slow]), 40);
});

test.run();
