import { HistogramLogReader } from 'hdr-histogram-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPrng } from '../../src/base/prng.js';
import { createHistogram, quantileNs, record, totalCount } from '../../src/histogram/histogram.js';
import { encodeHistogram } from '../../src/histogram/sparse-counts.js';
import { hdrLogHead, hdrLogLines, hdrTag } from '../../src/store/hdr-log.js';
import { latencies, makeArm, makeRun, makeTrial } from '../support/records.js';

const test = suite('store/hdr-log');
const arm = makeArm('rand read', [
  { name: 'bs', label: '4KiB' },
  { name: 'iodepth', label: '8' },
]);
const run = makeRun([arm], 2);

test('hdr-histogram-js reads every interval: tag, time, count, quantiles', () => {
  const prng = createPrng(3);
  const histogram = createHistogram();
  // From 1 ns to beyond an hour, the widest range that a histogram can hold.
  for (let i = 0; i < 20_000; i++) record(histogram, Math.floor(2 ** (prng.nextFloat() * 42)));
  const latency = { read: encodeHistogram(histogram), open: latencies(0, 1, 2) };
  const text = hdrLogHead(run) + hdrLogLines(run, makeTrial(arm, 1, 100, { latency }));
  const reader = new HistogramLogReader(text, 64);
  const read = reader.nextIntervalHistogram();
  assert.ok(read);
  assert.is(read.tag, 'rand_read/bs=4KiB;iodepth=8/read');
  assert.is(read.totalCount, totalCount(histogram));
  for (const q of [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1]) {
    const ours = quantileNs(histogram, q);
    const theirs = read.getValueAtPercentile(100 * q);
    assert.ok(Math.abs(theirs - ours) <= ours / 1000 + 1, `p${100 * q}: ${theirs}, ${ours}`);
  }
  assert.is(read.startTimeStampMsec, Date.parse('2026-11-23T19:12:05.000Z'));
  assert.is(read.endTimeStampMsec, Date.parse('2026-11-23T19:12:06.500Z'));
  assert.is(reader.nextIntervalHistogram()?.totalCount, 3);
  assert.is(reader.nextIntervalHistogram(), null);
});

test('no interval begins before the start time', () => {
  const startMs = Date.parse(run.startedAt);
  const start = Number(/^#\[StartTime: (\S+) /m.exec(hdrLogHead(run))?.[1]);
  assert.is(start, startMs / 1000);
  const startedAt = new Date(startMs - 5000).toISOString();
  assert.match(hdrLogLines(run, makeTrial(arm, 1, 1, { startedAt })), new RegExp(`^Tag=[^,]*,${start.toFixed(3)},`));
});

test('a billion operations are counted exactly', () => {
  const counts = [
    [1000, 5e9],
    [1200, 3],
  ].flat();
  const text = hdrLogHead(run) + hdrLogLines(run, makeTrial(arm, 1, 1, { latency: { write: counts } }));
  assert.is(new HistogramLogReader(text, 64).nextIntervalHistogram()?.totalCount, 5e9 + 3);
});

test('trials that do not count have tags of their own', () => {
  assert.is(hdrTag(makeTrial(arm, 1, 1, { warmup: true }), 'read'), 'warmup/rand_read/bs=4KiB;iodepth=8/read');
  assert.is(hdrTag(makeTrial(arm, 1, 1, { status: 'failed' }), 'read'), 'failed/rand_read/bs=4KiB;iodepth=8/read');
});

test('a trial without latencies adds no line', () => {
  assert.is(hdrLogLines(run, makeTrial(arm, 1, 1, { latency: {} })), '');
});

test.run();
