import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { summarize } from '../../src/stats/summary.js';
import { latencies, makeArm, makeCache, makeTrial, makeWindow } from '../support/records.js';

const test = suite('stats/summary');
const first = makeArm('read', [{ name: 'bs', label: '4KiB' }]);
const second = makeArm('write');
const fault = { code: 'EIO', syscall: 'pread', path: '/x', offsetBytes: 0, message: 'EIO', worker: 0 };

test('arms come in the order of the plan, those without trials too', () => {
  const summaries = summarize([second, first], [makeTrial(first, 1, 5)]);
  assert.equal(
    summaries.map(({ arm, counted }) => [arm.id, counted]),
    [
      ['write', 0],
      ['read/bs=4KiB', 1],
    ],
  );
  assert.is(summaries[0]?.numbers.throughput, null);
  assert.is(summaries[0]?.cache, null);
});

test('without a plan the trials say what the arms are', () => {
  const [summary] = summarize([], [makeTrial(first, 1, 5)]);
  assert.equal(summary?.arm, { id: first.id, job: 'read', target: 'data', factors: first.factors });
});

test('warm-up, failed and aborted trials are counted apart', () => {
  const [summary] = summarize(
    [first],
    [
      makeTrial(first, 1, 1, { warmup: true, warnings: [{ code: 'short-window', message: 'm', remedy: 'r' }] }),
      makeTrial(first, 2, 2, { status: 'failed', fault }),
      makeTrial(first, 3, 3, { status: 'aborted' }),
      makeTrial(first, 4, 40),
      makeTrial(first, 5, 60),
    ],
  );
  assert.ok(summary);
  assert.equal([summary.counted, summary.failed, summary.aborted, summary.warmups], [2, 1, 1, 1]);
  assert.equal(summary.numbers.throughput?.values, [40, 60]);
  assert.is(summary.numbers.throughput?.median, 50);
  assert.is(summary.latencies.get('latency')?.count, 8);
  assert.is(summary.fault?.code, 'EIO');
  assert.equal(summary.warnings, []);
});

test('an arm that only failed is present and says so', () => {
  const [summary] = summarize([first], [makeTrial(first, 1, 0, { status: 'failed', fault })]);
  assert.ok(summary);
  assert.is(summary.failed, 1);
  assert.is(summary.numbers.throughput, null);
  assert.is(summary.latencies.size, 0);
});

test('latencies are merged, not averaged', () => {
  const [summary] = summarize(
    [first],
    [
      makeTrial(first, 1, 1, { latency: { read: latencies(10, 10, 10), fsync: latencies(7) } }),
      makeTrial(first, 2, 1, { latency: { read: latencies(90) } }),
    ],
  );
  assert.is(summary?.latencies.get('latency')?.p50Ns, 10);
  assert.is(summary?.latencies.get('latency')?.p90Ns, 90);
  assert.is(summary?.latencies.get('fsync')?.count, 1);
  assert.is(summary?.latencies.has('open'), false);
});

test('the worst cache verdict stands for the arm', () => {
  const verdictOf = (...verdicts: Parameters<typeof makeCache>[0][]): string | undefined =>
    summarize(
      [first],
      verdicts.map((verdict, index) => makeTrial(first, index + 1, 1, { cache: makeCache(verdict) })),
    )[0]?.cache?.verdict;
  assert.is(verdictOf('proven', 'proven'), 'proven');
  assert.is(verdictOf('proven', 'unproven'), 'unproven');
  assert.is(verdictOf('unproven', 'contradicted', 'proven'), 'contradicted');
});

test('a warning says how many trials raised it', () => {
  const warning = { code: 'client-bound', message: 'm', remedy: 'r' } as const;
  const trials = [1, 2, 3].map((round) =>
    makeTrial(first, round, 1, { warnings: round > 1 ? [warning, warning] : [] }),
  );
  assert.equal(summarize([first], trials)[0]?.warnings, [{ ...warning, trials: 2 }]);
});

test('a trial in which nothing moved counts as the worst of its arm', () => {
  const arm = makeArm('read');
  const trials = [makeTrial(arm, 1, 100), makeTrial(arm, 2, 0, { window: makeWindow(0, 0) }), makeTrial(arm, 3, 300)];
  const [summary] = summarize([arm], trials);
  const { throughput, iops, cpu } = summary?.numbers ?? {};
  assert.equal([throughput?.n, throughput?.min, throughput?.median], [3, 0, 100]);
  assert.equal([iops?.n, iops?.min], [3, 0]);
  assert.equal([cpu?.n, cpu?.max], [3, Number.POSITIVE_INFINITY]);
});

test.run();
