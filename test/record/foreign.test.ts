/** Results of other programs as runs. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quantileNs, totalCount } from '../../src/histogram/histogram.js';
import { decodeRun, decodeTrial, encodeRun, encodeTrial } from '../../src/record/codec.js';
import { dlioResults, isDlioSummary } from '../../src/record/foreign/dlio-results.js';
import { elbenchoResults, isElbenchoCsv } from '../../src/record/foreign/elbencho-results.js';
import { fioResults } from '../../src/record/foreign/fio-results.js';
import { foreignRun } from '../../src/record/foreign/foreign-results.js';
import { whyNoVerdict } from '../../src/record/run-purpose.js';
import { latencyHistogram, numberOf, throughputBytesPerSecond } from '../../src/record/trial-values.js';

const test = suite('record/foreign');

const ASKED = {
  files: ['fio.json'],
  target: { name: 'old', path: '/mnt/old' },
  labels: {},
  command: ['import', 'results', 'fio.json'],
  version: '0.1.0',
  pid: 1,
  now: '2026-11-30T00:00:00.000Z',
};

const way = (bytes: number, ops: number, bins: object | null) => ({
  io_bytes: bytes,
  runtime: 2000,
  total_ios: ops,
  slat_ns: { N: 0 },
  clat_ns: { N: ops, ...(bins === null ? { percentile: { '99.000000': 788 } } : { bins }) },
  lat_ns: { N: ops, mean: 800 },
});

const fioFile = (bins: object | null) => ({
  path: 'fio.json',
  text: `fio: a message before it\n${JSON.stringify({
    'fio version': 'fio-3.33',
    timestamp_ms: 1_790_000_000_000,
    'global options': { bs: '4k', directory: '/mnt/train' },
    jobs: ['read it', 'read it', 'b/c'].map((jobname, index) => ({
      jobname,
      error: 0,
      elapsed: 3,
      'job options': { rw: index === 2 ? 'write' : 'randread', size: '1m', offset: '1z' },
      read: index === 2 ? way(0, 0, {}) : way(8192, 2, bins),
      write: index === 2 ? way(4096, 1, bins) : way(0, 0, {}),
      usr_cpu: 50,
      sys_cpu: 25,
      job_runtime: 2000,
    })),
  })}`,
});

test('json+ of fio has bins, and clones of a job are one job', () => {
  const results = fioResults([fioFile({ 788: 1, 30336: 1 }), fioFile({ 788: 2 })]);
  const { run, trials } = foreignRun(results, ASKED);
  assert.equal(
    run.plan.arms.map(({ id }) => id),
    ['read-it', 'b-c'],
  );
  assert.is(run.plan.arms[0]?.words['numjobs'], '2');
  assert.is(trials.length, 4);
  assert.is(throughputBytesPerSecond(...trials.filter(({ arm }) => arm === 'read-it')), 8192);
  const histogram = latencyHistogram(trials[0] as (typeof trials)[number], 'read');
  assert.is(histogram && totalCount(histogram), 4);
  assert.ok(Math.abs((histogram ? quantileNs(histogram, 1) : 0) - 30_336) <= 128);
  assert.is(run.foreign?.program, 'fio-3.33');
  assert.match(whyNoVerdict(run) ?? '', /^it was measured by fio-3\.33/);
  assert.is(trials[0]?.client.workerUserNs, 2e9);
  // They are read as other runs are.
  const id = '20261130T000000Z_fio_a1f3';
  assert.is(decodeRun(encodeRun({ ...run, id }), 'run.json').foreign?.program, 'fio-3.33');
  for (const trial of trials) assert.is(decodeTrial(encodeTrial(trial), 'x').arm, trial.arm);
});

test('without bins there is no histogram, and fio’s figures are a note', () => {
  const results = fioResults([fioFile(null)]);
  const { trials } = foreignRun(results, ASKED);
  assert.equal(trials[0]?.latency, {});
  assert.match(results.notes[0] ?? '', /mean\(lat\) 800 ns/);
});

test('damaged files are refused', () => {
  assert.throws(() => fioResults([{ path: 'x', text: '{"fio version": 3' }]), /expected JSON of fio/);
  assert.throws(() => fioResults([{ path: 'x', text: '{"fio version": "fio-3.33"}' }]), /has no jobs/);
  assert.throws(
    () => foreignRun(fioResults([{ path: 'x', text: '{"fio version": "f", "jobs": []}' }]), ASKED),
    /no result/,
  );
});

const ELBENCHO = `ISO date,label,path type,paths,hosts,threads,dirs,files,file size,block size,direct IO,random,random aligned,IO depth,shared paths,truncate,operation,time ms [first],time ms [last],CPU% [first],CPU% [last],entries/s [first],entries/s [last],IOPS [first],IOPS [last],MiB/s [first],MiB/s [last],entries [first],entries [last],MiB [first],MiB [last],IO lat us [min],IO lat us [avg],IO lat us [max],rwmix read MiB [last],version,command
2026-11-29T10:00:05.000Z,,dir,1,1,4,1,2,1048576,4096,1,1,1,8,1,0,MKDIRS,5,6,1,1,1,1,,,,,1,1,,,,,,,3.0-1,"elbencho" "-t,4"
2026-11-29T10:00:10.000Z,,dir,1,1,4,1,2,1048576,4096,1,1,1,8,1,0,READ,1000,1500,1,1,1,1,2048,1500,8,7,1,1,8,10,12,34,567,,3.0-1,"elbencho" "-t,4"
`;

test('rows of elbencho are trials, up to the moment at which the first thread was done', () => {
  assert.ok(isElbenchoCsv(ELBENCHO));
  const results = elbenchoResults([{ path: 'e.csv', text: ELBENCHO }]);
  const { run, trials } = foreignRun(results, { ...ASKED, files: ['e.csv'] });
  assert.equal(
    run.plan.arms.map(({ id }) => id),
    ['read'],
  );
  const { words } = run.plan.arms[0] ?? {};
  assert.equal(
    ['rw', 'bs', 'size', 'nrfiles', 'numjobs', 'iodepth', 'direct'].map((word) => words?.[word]),
    ['randread', '4KiB', '2MiB', '2', '4', '8', 'true'],
  );
  assert.is(trials[0]?.window.readBytes, 8 * 2 ** 20);
  assert.is(trials[0]?.window.readOps, 2048);
  assert.is(trials[0]?.window.lastDoneNs, 1.5e9);
  assert.match(results.notes.join('\n'), /MKDIRS: left out.*\n.*mean 34/);
});

/** A summary in the form of `statscounter.py`, with or without what newer versions add. */
const summary = (changes: object = {}, metric: object = {}) => ({
  path: 'summary.json',
  text: JSON.stringify({
    num_accelerators: 4,
    hostname: 'node7',
    metric: {
      train_au_percentage: [90, 94],
      train_au_mean_percentage: 92,
      train_throughput_samples_per_second: [10, 12],
      train_throughput_mean_samples_per_second: 11,
      train_io_mean_MB_per_second: 22,
      ...metric,
    },
    start: '2026-04-04T10:00:00.500000',
    end: '2026-04-04T10:01:00.500000',
    epochs: 2,
    ...changes,
  }),
});

test('summaries of DLIO state AU, samples and their rate, and nothing else is invented', () => {
  const files = [summary(), summary({}, { train_au_mean_percentage: 94 }), summary({ num_files_train: 168 })];
  assert.ok(isDlioSummary(files[0]?.text ?? ''));
  const { run, trials } = foreignRun(dlioResults(files), { ...ASKED, files: ['summary.json'] });
  assert.equal(
    run.plan.arms.map(({ id, words }) => [id, words]),
    [
      ['train', { kind: 'training', record_length_bytes: '2MiB', accelerators: '4', epochs: '2' }],
      [
        'train-2',
        { kind: 'training', num_files_train: '168', record_length_bytes: '2MiB', accelerators: '4', epochs: '2' },
      ],
    ],
  );
  const [first, second] = trials as [(typeof trials)[number], (typeof trials)[number]];
  assert.is(first.startedAt, '2026-04-04T10:00:00.500Z');
  assert.is(first.window.endNs, 60e9);
  assert.is(numberOf('au', first), 0.92);
  assert.is(numberOf('au', first, second), (0.92 + 0.94) / 2);
  assert.is(numberOf('samples_rate', first), 11);
  assert.is(throughputBytesPerSecond(first), 22 * 2 ** 20);
  for (const key of ['iops', 'steady_au', 'files'] as const) assert.ok(Number.isNaN(numberOf(key, first)), key);
  assert.is(run.hostname, 'node7');
  assert.match(run.foreign?.notes.join('\n') ?? '', /AU of each epoch, %: 90, 94/);
  for (const trial of trials) assert.equal(decodeTrial(encodeTrial(trial), 'x').stated, trial.stated);
});

test('a summary without a training, or without times, is refused', () => {
  const only = { path: 's.json', text: '{"num_accelerators": 8, "metric": {"checkpoint_size_GB": 3}}' };
  assert.throws(() => dlioResults([only]), /without a training/);
  assert.throws(() => dlioResults([summary({ end: 'soon' })]), /expected start and end/);
  assert.throws(() => dlioResults([{ path: 'x', text: '{' }]), /expected a summary.json of DLIO/);
});

test.run();
