/** Filters and orders of the list of runs. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filteredRuns, type RunFilter, type ServedRun, sortedRuns } from '../../src/page/served.js';

const test = suite('serve/served');

function run(id: string, changes: Partial<ServedRun> = {}): ServedRun {
  return {
    id,
    shortName: id,
    status: 'complete',
    startedAt: '2026-11-23T19:12:03.250Z',
    workload: 'quick',
    targets: [{ name: 'data', path: '/mnt/data' }],
    labels: {},
    isCalibration: false,
    doneTrials: 1,
    failedTrials: 0,
    totalTrials: 1,
    best: null,
    problem: null,
    ...changes,
  };
}

const RUNS = [
  run('a', { labels: { volume: 'FlexGroup' }, best: { arm: 'read/bs=1MiB', bytesPerSecond: 5 } }),
  run('b', { workload: 'train', startedAt: '2026-11-24T00:00:00.000Z', targets: [{ name: 'x', path: '/fsx' }] }),
  run('c', { workload: null, startedAt: null, status: 'unknown', targets: [] }),
];

const found = (filter: Partial<RunFilter>) =>
  filteredRuns(RUNS, { workload: '', target: '', text: '', since: '', until: '', ...filter })
    .map(({ id }) => id)
    .join('');

test('each filter alone', () => {
  assert.is(found({}), 'abc');
  assert.is(found({ workload: 'train' }), 'b');
  assert.is(found({ target: '/mnt/data' }), 'a');
  assert.is(found({ text: 'flexgroup' }), 'a');
  assert.is(found({ text: 'volume=flex 1mib' }), 'a');
  assert.is(found({ text: 'flex nothing' }), '');
  assert.is(found({ text: 'unknown' }), 'c');
  assert.is(found({ since: '2026-11-24' }), 'b');
  assert.is(found({ until: '2026-11-23' }), 'a');
  assert.is(found({ since: '2026-11-23', until: '2026-11-24' }), 'ab');
});

test('filters together', () => assert.is(found({ workload: 'quick', since: '2026-11-24' }), ''));

test('orders', () => {
  const order = (name: Parameters<typeof sortedRuns>[1]) =>
    sortedRuns(RUNS, name)
      .map(({ id }) => id)
      .join('');
  assert.equal([order('newest'), order('oldest'), order('fastest'), order('workload')], ['bac', 'cab', 'abc', 'cab']);
});

test.run();
