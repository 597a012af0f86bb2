import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Histogram, totalCount } from '../../src/histogram/histogram.js';
import {
  cpuNsPerOp,
  iops,
  latencyHistogram,
  mergedLatency,
  summarizeLatencies,
  tailNs,
  throughputBytesPerSecond,
} from '../../src/record/trial-values.js';
import { latencies, makeArm, makeTrial, makeWindow } from '../support/records.js';

const test = suite('record/measure');
const arm = makeArm('randread');
const countOf = (histogram: Histogram | null): number | null => histogram && totalCount(histogram);

test('throughput of several trials is Σbytes / Σtime', () => {
  const fast = makeTrial(arm, 1, 100e6);
  const slow = makeTrial(arm, 2, 100e6, { window: { ...makeWindow(100e6), endNs: 4e9 } });
  assert.is(throughputBytesPerSecond(fast), 100e6);
  assert.is(throughputBytesPerSecond(slow), 25e6);
  assert.is(throughputBytesPerSecond(fast, slow), 40e6);
  assert.is(iops(fast, slow), 400);
});

test('no window is no throughput, an idle window is zero', () => {
  const none = makeTrial(arm, 1, 0, { window: { ...makeWindow(0, 0), endNs: 0 } });
  const idle = makeTrial(arm, 1, 0, { window: makeWindow(0, 0) });
  assert.ok(Number.isNaN(throughputBytesPerSecond(none)));
  assert.ok(Number.isNaN(iops()));
  assert.is(throughputBytesPerSecond(idle), 0);
});

test('CPU per operation counts ramp and tail on both sides', () => {
  const window = { ...makeWindow(1e6), totalReadOps: 2000 };
  assert.is(cpuNsPerOp(makeTrial(arm, 1, 1e6, { window })), 5e8 / 2000);
});

test('unknown CPU time is NaN', () => {
  const trial = makeTrial(arm, 1, 1e6);
  assert.ok(Number.isNaN(cpuNsPerOp({ ...trial, client: { ...trial.client, workerCpuNs: null } })));
  assert.ok(Number.isNaN(cpuNsPerOp({ ...trial, window: makeWindow(0, 0) })));
});

test('the tail is from the first to the last worker', () => {
  assert.is(tailNs(makeTrial(arm, 1, 1e6)), 1e7);
});

test('latency is reads and writes together; what did not occur is null', () => {
  const trial = makeTrial(arm, 1, 1e6, {
    latency: { read: latencies(10, 20), write: latencies(30), open: latencies(5) },
  });
  assert.is(countOf(latencyHistogram(trial, 'latency')), 3);
  assert.is(countOf(latencyHistogram(trial, 'write')), 1);
  assert.is(latencyHistogram(trial, 'fsync'), null);
  assert.is(latencyHistogram({ ...trial, latency: {} }, 'latency'), null);
  assert.is(mergedLatency([], 'latency'), null);
});

test('quantiles of merged trials are those of all operations', () => {
  // The p99s are 3 and 100; their mean has no meaning. Of all 200 operations rank 198 is 100.
  const low = makeTrial(arm, 1, 1e6, { latency: { read: latencies(...Array<number>(100).fill(3)) } });
  const high = makeTrial(arm, 2, 1e6, { latency: { read: latencies(...Array<number>(97).fill(3), 100, 100, 100) } });
  const summary = summarizeLatencies([low, high]).get('latency');
  assert.is(summary?.count, 200);
  assert.is(summary?.p50Ns, 3);
  assert.is(summary?.p90Ns, 3);
  assert.is(summary?.p99Ns, 100);
  assert.is(summary?.maxNs, 100);
  assert.is(summary?.meanNs, (197 * 3 + 300) / 200);
});

test.run();
