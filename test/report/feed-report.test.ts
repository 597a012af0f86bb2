/** What `feedrate feed` prints. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeFeed } from '../../src/record/check-feed.js';
import type { FeedRecord } from '../../src/record/feed-record.js';
import { auChart } from '../../src/report/feed/au-chart.js';
import { answeredFeed, capacityText } from '../../src/report/feed/feed-answer.js';
import { renderFeed } from '../../src/report/feed/render-feed.js';
import { columnsOf } from '../../src/report/table/columns.js';
import { acceleratorModel } from '../../src/training/models.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('report/feed-report');

const predicted = (accelerators: number, au: number) => ({
  accelerators,
  au: { low: null, estimate: au, high: null },
  referenceAu: au,
  referenceSteps: 300,
  samplesPerSecond: 1000,
  waitNs: 1e6,
  barrierNs: 0,
});
const emulated = (accelerators: number, au: number, side: 'above' | 'below') => ({
  accelerators,
  trials: 3,
  steps: 150,
  au: { low: au - 0.01, estimate: au, high: au + 0.01 },
  side,
});

const RECORD: FeedRecord = {
  feedVersion: 1,
  run: '20261129T120000Z_feed-retinanet-b200_a1f3',
  target: { name: 'train', path: '/mnt/train', fileSystem: 'nfs4' },
  model: acceleratorModel('retinanet-b200'),
  reader: 'format',
  data: { kind: 'generated', files: 20_000, bytes: 6e9 },
  threshold: 0.85,
  accelerators: { low: 36.5, estimate: 37.1, high: 37.8 },
  acceleratorsFrom: 'emulation',
  whole: 43,
  verdict: 'decided',
  undecided: null,
  nonMonotone: false,
  ramp: [{ readers: 1, samplesPerSecond: 1200, bytesPerSecond: 4e8, medianNs: 8e5, p99Ns: 2e6 }],
  predicted: [predicted(1, 1), predicted(43, 0.86), predicted(88, 0.42)],
  emulated: [emulated(43, 0.863, 'above'), emulated(44, 0.842, 'below')],
  limiter: { kind: 'storage', evidence: [{ what: 'AU of 44', value: 0.84, unit: 'share' }] },
  loader: { numWorkers: 2, prefetchFactor: 2 },
  recommended: { numWorkers: 2, prefetchFactor: 2, au: 0.86, bestAu: 0.865 },
  client: { perSampleNs: 0, perBatchNs: 0, perHandOverNs: 0, cores: 8, source: 'set it with --preprocess' },
  doubts: [],
  whatIf: [],
  notes: [],
};

const answer = (changes: Partial<FeedRecord>) => answeredFeed({ ...RECORD, ...changes }, ['feed']).answer;

test('the answer has the capacity, the whole number, the limit and the loader', () => {
  assert.is(
    answer({}),
    'The target /mnt/train keeps 37 b200 accelerators busy with retinanet (36.5 to 37.8). 43 of them reach the required AU of ' +
      '85 %, 44 do not. The limit is the storage. A loader with num_workers=2 and prefetch_factor=2 is enough for each of them.',
  );
});

test('the answer says what is not certain', () => {
  const open = answer({ verdict: 'open', undecided: 'the time of 3 min was up' });
  assert.match(open, /43 of them reach the required AU of 85 %, which is not decided yet: the time of 3 min was up\./);
  assert.match(answer({ verdict: 'edge' }), /, but this is at the edge: an AU is within 1 % of it\./);
  const bound = answer({ accelerators: { low: 64, estimate: 64, high: null }, acceleratorsFrom: 'prediction' });
  assert.match(bound, /^The target \/mnt\/train would keep at least 64 b200 accelerators busy with retinanet\. /);
  assert.match(answer({ whole: 0 }), /Not even one reaches the required AU of 85 %\./);
  assert.match(answer({ nonMonotone: true }), /so the target is not steady/);
});

test('the answer of a group says over how many machines the accelerators are spread, and counts in steps of its ranks', () => {
  const group = { ranks: 4, hosts: 2 };
  const ofGroup = answer({ group, whole: 40 });
  assert.match(ofGroup, / \(36\.5 to 37\.8\), spread evenly over 4 ranks on 2 hosts\. 40 of them .*, 44 do not\./);
  assert.match(answer({ group, whole: 0 }), /Not even 4, one on each rank, reach the required AU of 85 %\./);
  const limiter = { kind: 'client-cpu', evidence: [] } as const;
  assert.match(answer({ group, limiter }), /The limit is the CPU of the machines, not the storage\./);
  const open: FeedRecord = { ...RECORD, group, verdict: 'open', undecided: 'the time was up' };
  const [longer] = answeredFeed(open, ['feed', '-t', '/mnt/train', '--rank', '0', '--group-size', '4']).next;
  assert.is(longer?.what, 'measure longer, with all 4 ranks');
  assert.is(longer?.command, 'feedrate feed -t /mnt/train --group-size 4 --budget 10m');
  const shown = renderFeed(open, { answer: '', next: [] }, 'table', { color: false, columns: 80, wraps: true });
  assert.match(shown, /4 ranks on 2 hosts ran together; each had the same number of readers and of\s+accelerators/);
  assert.equal(decodeFeed(JSON.stringify(open), 'feed.json').group, group);
});

test('an unfinished measurement can be repeated with more time, and its budget is replaced', () => {
  const open: FeedRecord = { ...RECORD, verdict: 'open', undecided: 'the time was up' };
  const { next } = answeredFeed(open, ['feed', '-t', '/mnt/train', '--budget', '1m', '--need', '8']);
  assert.is(next[0]?.command, 'feedrate feed -t /mnt/train --need 8 --budget 10m');
  assert.is(answeredFeed(RECORD, ['feed']).next.length, 1);
});

test('a capacity has the digits that matter', () => {
  assert.equal([0.9412, 1.9, 1.996, 3.71, 37.1].map(capacityText), ['0.94', '1.90', '2.0', '3.7', '37']);
});

test('the chart puts no point on the wrong side of the threshold, at any width', () => {
  const points = (au: readonly number[]) => au.map((each, index) => ({ accelerators: index + 1, au: each }));
  for (const columns of [20, 80, 120]) {
    for (const threshold of [0.7, 0.85, 0.87, 0.9, 0.99]) {
      const lines = auChart({ predicted: points([threshold, threshold - 0.001]), measured: [], threshold }, columns);
      const line = lines.findIndex((each) => each.includes('needed'));
      assert.ok(lines[line]?.includes('○'), 'an AU that equals the threshold is on its line');
      assert.ok(lines[line + 1]?.includes('○'), 'a lower one is below it');
    }
  }
});

test('a predicted point stays visible under an emulated one', () => {
  const [one, two] = [
    { accelerators: 1, au: 1 },
    { accelerators: 2, au: 0.5 },
  ];
  const chart = auChart({ predicted: [one, two], measured: [one], threshold: 0.9 }, 80).join('\n');
  assert.match(chart, /100 % ┤ +◉$/m);
  assert.match(chart, /○ predicted {3}● emulated {3}◉ both/);
  assert.not.match(auChart({ predicted: [one], measured: [], threshold: 0.9 }, 80).join('\n'), /both/);
});

test('a stored answer is read as it was, and a damaged one is named', () => {
  assert.equal(decodeFeed(JSON.stringify(RECORD), 'feed.json'), RECORD);
  const unknown = { ...RECORD, ramp: [{ ...RECORD.ramp[0], p99Ns: Number.NaN }] };
  assert.ok(Number.isNaN(decodeFeed(JSON.stringify(unknown), 'feed.json').ramp[0]?.p99Ns));
  for (const [change, message] of [
    [{ feedVersion: 9 }, /^feed\.json: feedVersion: expected version 1/],
    [{ limiter: { kind: 'moon', evidence: [] } }, /^feed\.json: limiter\.kind: expected one-stream/],
    [{ emulated: [{ accelerators: 1 }] }, /^feed\.json: emulated\[0\]\.trials: expected a number/],
  ] as const)
    assert.throws(
      () => decodeFeed(JSON.stringify({ ...RECORD, ...change }), 'feed.json'),
      feedrateError('store', message),
    );
});

test('the chart fits 80 columns with few and with many accelerators', () => {
  for (const most of [1, 2, 12, 88, 700]) {
    const points = Array.from({ length: most }, (_, i) => ({
      accelerators: i + 1,
      au: Math.min(1, most / 2 / (i + 1)),
    }));
    for (const line of auChart({ predicted: points, measured: [], threshold: 0.9 }, 80)) {
      assert.ok(columnsOf(line) <= 80, line);
    }
  }
});

test('the report fits 80 columns where it is no prose', () => {
  const report = renderFeed(RECORD, answeredFeed(RECORD, []), 'table', { color: false, columns: 80, wraps: true });
  for (const line of report.split('\n')) assert.ok(columnsOf(line) <= 80 || /^ {4}feedrate/.test(line), line);
});

test('JSON keeps what was predicted and what was measured apart', () => {
  const json = JSON.parse(renderFeed(RECORD, answeredFeed(RECORD, []), 'json', { color: false, columns: 120 }));
  assert.equal(json.accelerators, { low: 36.5, estimate: 37.1, high: 37.8 });
  assert.equal([json.whole, json.threshold, json.limiter.kind], [43, 0.85, 'storage']);
  assert.equal(json.recommended.numWorkers, 2);
  assert.equal(
    json.au.predicted.map(({ accelerators }: { accelerators: number }) => accelerators),
    [1, 43, 88],
  );
  assert.equal(
    json.au.measured.map(({ side }: { side: string }) => side),
    ['above', 'below'],
  );
});

test.run();
