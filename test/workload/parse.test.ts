/** What a good workload file means: fields, defaults, factors, layers, places. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import type {
  CheckpointRestoreJob,
  CheckpointWriteJob,
  IoJob,
  JobDeclaration,
  MetadataJob,
  SmallFilesJob,
  Workload,
} from '../../src/workload/workload.js';

const parse = suite('parseWorkload');

function read(text: string): Workload {
  return parseWorkload(text, 'w.yaml');
}

/** The only job of a workload whose job `j` has these fields. */
function declared(fields: string, top = ''): JobDeclaration {
  const [job] = read(`name: w\n${top}jobs:\n  j: {${fields}}\n`).jobs;
  assert.ok(job);
  return job;
}

const labels = (job: JobDeclaration | undefined, property: string): string[] | undefined =>
  job?.fields.get(property)?.levels.map(({ label }) => label);
const only = new Map();

parse('an io job has every property of IoJob, with the defaults', () => {
  const expected: IoJob = {
    kind: 'io',
    ioengine: 'auto',
    numjobs: 1,
    cache: 'as-is',
    direct: false,
    beside: null,
    randseed: 42,
    simulatedLatencyNs: 100_000,
    simulatedBytesPerSecond: null,
    rw: 'read',
    rwmixread: 50,
    bs: [{ blockBytes: 4096, share: 1 }],
    bsWrite: null,
    iodepth: 1,
    madvise: 'normal',
    fallocate: 'none',
    sizeBytes: 1048576,
    nrfiles: 1,
    minFilesizeBytes: null,
    ioSizeBytes: null,
    runtimeNs: null,
    timeBased: false,
    rampTimeNs: 0,
    fsync: 0,
    fdatasync: 0,
    endFsync: false,
    randomDistribution: { type: 'random' },
    norandommap: false,
    rateBytesPerSecond: null,
    rateIops: null,
    rateProcess: 'linear',
    rateIgnoreThinktime: false,
    thinktimeNs: 0,
    thinktimeBlocks: 1,
    verify: false,
    refillBuffers: true,
  };
  assert.equal(resolveJob(declared('size: 1m'), only), expected);
});

parse('the other kinds have every property of theirs', () => {
  const common = {
    ioengine: 'auto',
    numjobs: 1,
    cache: 'as-is',
    direct: false,
    beside: null,
    randseed: 7,
    simulatedLatencyNs: 100_000,
    simulatedBytesPerSecond: null,
    bs: [{ blockBytes: 1048576, share: 1 }],
  } as const;
  const shards = {
    writer: 'shards',
    model: null,
    params: null,
    dtype: 'bf16',
    optimizer: 'adam',
    ranks: null,
    scale: { share: 1 },
    shards: 1,
    shardBytes: 1073741824,
  } as const;
  const write: CheckpointWriteJob = {
    ...common,
    ...shards,
    kind: 'checkpoint-write',
    checkpoints: 1,
    keepLast: 2,
    fsync: true,
    fsyncDirectories: true,
    rename: 'closed',
    publish: 'none',
    chunkBytes: 1048576,
    mode: 'sync',
    stagingBytesPerSecond: 25e9,
    everyNs: null,
    mtbfNs: null,
    fallocate: 'none',
    intervalNs: 0,
    readBack: false,
  };
  const restore: CheckpointRestoreJob = {
    ...common,
    ...shards,
    kind: 'checkpoint-restore',
    reader: 'read',
    verify: false,
  };
  const small: SmallFilesJob = {
    ...common,
    kind: 'small-files',
    runtimeNs: null,
    timeBased: false,
    rampTimeNs: 0,
    shuffle: true,
    nrfiles: 100,
    filesizeBytes: 1024,
    maxFilesizeBytes: null,
    verify: false,
  };
  const metadata: MetadataJob = {
    ...common,
    kind: 'metadata',
    operations: ['create', 'stat', 'readdir', 'rename', 'unlink'],
    items: 'files',
    nrfiles: 1000,
    directories: 'shared',
    depth: 0,
    branch: 1,
    stride: 0,
    filesizeBytes: 0,
    exclusive: false,
    fsync: false,
    fsyncDirectories: false,
    passes: 1,
    runtimeNs: null,
  };
  const seed = 'seed: 7\n';
  assert.equal(resolveJob(declared('kind: metadata', seed), only), metadata);
  assert.equal(resolveJob(declared('kind: checkpoint-write, shard_size: 1g', seed), only), write);
  assert.equal(resolveJob(declared('kind: checkpoint-restore, shard_size: 1g', seed), only), restore);
  assert.equal(resolveJob(declared('kind: small-files, nrfiles: 100, filesize: 1k', seed), only), small);
});

parse('every word reaches its property in base units', () => {
  const job = resolveJob(
    declared(
      'rw: randrw, rwmixread: 70, bs: 4k/60:64k/, bs_write: 4k-64k/30:1m, fallocate: keep, numjobs: 4, size: 1.5GiB, nrfiles: 3, io_size: 10MB, ' +
        'runtime: 10, time_based: 1, ramp_time: 500ms, direct: true, fsync: 3, fdatasync: 2, end_fsync: true, ' +
        'random_distribution: hotband:80/20, norandommap: true, randseed: 5, rate: 100MB/s, rate_process: poisson, ' +
        'rate_ignore_thinktime: true, ' +
        'thinktime: 100, thinktime_blocks: 4, refill_buffers: 0, ioengine: simulated, simulated_latency: 2ms, ' +
        'simulated_bandwidth: 1GiB/s, cache: as-is',
    ),
    only,
  );
  const expected: IoJob = {
    kind: 'io',
    rw: 'randrw',
    rwmixread: 70,
    bs: [
      { blockBytes: 4096, share: 0.6 },
      { blockBytes: 65536, share: 0.4 },
    ],
    bsWrite: [
      { blockBytes: 65536, leastBytes: 4096, share: 0.3 },
      { blockBytes: 1048576, share: 0.7 },
    ],
    iodepth: 1,
    madvise: 'normal',
    fallocate: 'keep',
    numjobs: 4,
    sizeBytes: 1610612736,
    nrfiles: 3,
    minFilesizeBytes: null,
    ioSizeBytes: 10_000_000,
    runtimeNs: 10_000_000_000,
    timeBased: true,
    rampTimeNs: 500_000_000,
    direct: true,
    fsync: 3,
    fdatasync: 2,
    endFsync: true,
    randomDistribution: { type: 'hotband', operationShare: 0.8, spaceShare: 0.2 },
    norandommap: true,
    beside: null,
    randseed: 5,
    rateBytesPerSecond: 100_000_000,
    rateIops: null,
    rateProcess: 'poisson',
    rateIgnoreThinktime: true,
    // A bare thinktime is µs, as in fio.
    thinktimeNs: 100_000,
    thinktimeBlocks: 4,
    verify: false,
    refillBuffers: false,
    ioengine: 'simulated',
    simulatedLatencyNs: 2_000_000,
    simulatedBytesPerSecond: 1073741824,
    cache: 'as-is',
  };
  assert.equal(job, expected);
});

parse('trials, dataset, seed and description have their defaults', () => {
  const workload = read('name: w\ndataset: {filesize: 64k-256k}\njobs: {j: {}}\n');
  assert.equal(workload.trials, { sessions: 1, rounds: 5, warmup: 0, filesets: 1, order: 'shuffled' });
  assert.equal(workload.dataset, {
    kind: 'generated',
    nrfiles: 1,
    filesizeMinBytes: 65536,
    filesizeMaxBytes: 262144,
    seed: 42,
    fallocate: 'none',
  });
  assert.is(workload.seed, 42);
  assert.is(workload.description, '');
  assert.equal(workload.thresholds, []);
  assert.is(read('name: w\njobs: {j: {size: 1m}}\n').dataset, null);
  assert.is(read('name: w\nseed: 3\ndataset: {filesize: 1m}\njobs: {j: {}}\n').dataset?.seed, 3);
});

parse('a list is a factor: levels with their labels and places', () => {
  const [job] = read('name: w\njobs:\n  j:\n    size: 64m\n    bs: [4k, 1MiB, 1000, 4k/25:8k/75]\n').jobs;
  assert.equal(labels(job, 'bs'), ['4KiB', '1MiB', '1000B', '4KiB/25:8KiB/75']);
  assert.equal(
    job?.fields.get('bs')?.levels.map(({ location }) => location.column),
    [10, 14, 20, 26],
  );
  assert.is(job?.fields.get('bs')?.word, 'bs');
  assert.is(job?.fields.get('bs')?.levels[0]?.location.line, 5);
  assert.is(job?.location.line, 3);
  assert.is(job?.location.column, 3);
});

parse('labels of every type', () => {
  const job = declared(
    'rw: [randread, randrw], size: 1g, direct: [true, false], runtime: [90s, 120s], rate: [100m, 1MB/s], ' +
      'random_distribution: [random, zipf, pareto, "zipf:1.2", "hotband:80/20"], numjobs: [1, 2]',
  );
  assert.equal(labels(job, 'direct'), ['true', 'false']);
  assert.equal(labels(job, 'runtimeNs'), ['90s', '2m']);
  assert.equal(labels(job, 'rateBytesPerSecond'), ['100MiB/s', '1000000B/s']);
  assert.equal(labels(job, 'randomDistribution'), ['random', 'zipf:1.1', 'pareto:0.2', 'zipf:1.2', 'hotband:80/20']);
  assert.equal(labels(job, 'numjobs'), ['1', '2']);
});

parse('resolveJob takes the chosen level and the only one of the rest', () => {
  const job = declared('size: 64m, bs: [4k, 1m], cache: [cold, direct]');
  const level = (property: string, index: number) => {
    const found = job.fields.get(property)?.levels[index];
    assert.ok(found);
    return found;
  };
  const chosen = new Map([
    ['bs', level('bs', 1)],
    ['cache', level('cache', 0)],
  ]);
  const cold = resolveJob(job, chosen);
  assert.equal(cold.bs, [{ blockBytes: 1048576, share: 1 }]);
  assert.is(cold.direct, false);
  // cache: direct is O_DIRECT, without saying it twice.
  assert.is(resolveJob(job, chosen.set('cache', level('cache', 1))).direct, true);
  assert.throws(() => resolveJob(job, only), /a level of bs is chosen/);
});

parse('the fields of a kind stand in the order of the table, whatever the order in the file', () => {
  const properties = (fields: string): string[] => [...declared(fields).fields.keys()];
  assert.equal(properties('size: 1m, bs: 4k, rw: write'), properties('rw: write, bs: 4k, size: 1m'));
});

parse('defaults go to the jobs that take them, and give way to a job', () => {
  const { jobs } = read(`
name: w
defaults: {bs: 64k, fsync: 1, cache: cold, rwmixread: 30, shard_size: 1g, size: 1g, nrfiles: 2}
jobs:
  read: {rw: read}
  write: {rw: write, bs: 4k}
  mixed: {rw: rw}
  checkpoint: {kind: checkpoint-write}
`);
  const [reader, writer, mixed, checkpoint] = jobs;
  assert.equal(
    [reader, writer, mixed, checkpoint].map((job) => labels(job, 'bs')?.[0]),
    ['64KiB', '4KiB', '64KiB', '64KiB'],
  );
  // fsync has no effect on reads, cold has none on writes: the default goes where it means something.
  assert.equal(
    [reader, writer, mixed].map((job) => labels(job, 'fsync')?.[0]),
    ['0', '1', '1'],
  );
  assert.equal(
    [reader, writer, mixed, checkpoint].map((job) => labels(job, 'cache')?.[0]),
    ['cold', 'as-is', 'cold', 'as-is'],
  );
  assert.equal(
    [reader, mixed].map((job) => labels(job, 'rwmixread')?.[0]),
    ['50', '30'],
  );
  assert.is(labels(checkpoint, 'fsync')?.[0], 'true');
});

parse('thresholds of the workload and of a job', () => {
  const { jobs, thresholds } = read(`
name: w
jobs:
  a: {rw: write, size: 1m, thresholds: 'throughput > 1GiB/s'}
  b: {rw: write, size: 1m, thresholds: [mean(write) < 3ms, p50(write) < 1ms]}
thresholds: [p99.9(latency) <= 20ms]
`);
  assert.equal(thresholds, [
    { text: 'p99.9(latency) <= 20ms', metric: 'latency', statistic: 0.999, comparison: '<=', bound: 20_000_000 },
  ]);
  assert.equal(
    jobs.map((job) => job.thresholds.map(({ text }) => text)),
    [['throughput > 1GiB/s'], ['mean(write) < 3ms', 'p50(write) < 1ms']],
  );
});

parse('aliases stand for what they name; an engine called null needs no quotes', () => {
  const { jobs } = read(`
name: w
jobs:
  a: {rw: write, size: &size 8m, bs: &sizes [4k, 1m]}
  b: {rw: write, size: *size, bs: *sizes, ioengine: null}
`);
  assert.equal(
    jobs.map((job) => labels(job, 'sizeBytes')),
    [['8MiB'], ['8MiB']],
  );
  assert.equal(labels(jobs[1], 'bs'), ['4KiB', '1MiB']);
  assert.equal(labels(jobs[1], 'ioengine'), ['null']);
});

parse('merge keys add the fields of other maps: the nearest wins, and a location is where the value stands', () => {
  const { jobs } = read(`
name: w
x-ignored: [1, {no: field}]
x-small: &small
  size: 1m
  bs: 4k
  rw: randread
x-simulated: &simulated {ioengine: simulated, bs: 64k, <<: *small}
trials: {<<: {rounds: 2}}
jobs:
  one:
    <<: *small
    bs: 8k
  list: {<<: [*simulated, *small]}
  other: {<<: [*small, *simulated]}
`);
  const bs = jobs.map((job) => labels(job, 'bs'));
  assert.equal(bs, [['8KiB'], ['64KiB'], ['4KiB']]);
  assert.equal(
    jobs.map((job) => [labels(job, 'sizeBytes'), labels(job, 'ioengine'), labels(job, 'rw')].flat()),
    [
      ['1MiB', 'auto', 'randread'],
      ['1MiB', 'simulated', 'randread'],
      ['1MiB', 'simulated', 'randread'],
    ],
  );
  assert.equal(jobs[1]?.fields.get('sizeBytes')?.levels[0]?.location, { source: 'w.yaml', line: 5, column: 9 });
});

parse('a merge key in quotes is a key like any other', () => {
  assert.throws(() => declared("'<<': {rw: read}, size: 1m"), /has 1 error/);
});

parse('values that contradict no other: what fio allows stays allowed', () => {
  for (const fields of [
    'direct: true, cache: as-is, size: 1m',
    'direct: true, cache: direct, size: 1m',
    'ramp_time: 10s, runtime: 1s, size: 1m',
    'rw: [read, randread], random_distribution: zipf:1.2, size: 1m',
    'rw: write, size: 1m, fsync: 1, fdatasync: 2, end_fsync: true',
    'rw: randwrite, size: 1m, verify: true',
    'rw: randrw, size: 1m, verify: true',
    'rw: randread, size: 1m, verify: true, norandommap: true',
    'rw: read, size: 1m, fsync: 0, end_fsync: false',
    'rw: read, size: 1m, io_size: 10m',
    'kind: checkpoint-write, shard_size: 1m, checkpoints: [1, 3], interval: 1s',
  ]) {
    assert.not.throws(() => declared(fields), fields);
  }
});

parse.run();
