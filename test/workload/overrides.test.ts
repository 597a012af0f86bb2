import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import type { Override } from '../../src/workload/overrides.js';
import { parseWorkload } from '../../src/workload/parse.js';
import type { Workload } from '../../src/workload/workload.js';
import { generatedOf } from '../support/generated-dataset.js';

const overrides = suite('overrides');

const TEXT = `name: w
trials: {rounds: 3}
dataset: {filesize: 8m}
defaults: {runtime: 10s}
jobs:
  read: {rw: read, bs: [4k, 64k]}
  v1.5: {rw: randread}
  write: {rw: write, size: 8m}
  checkpoint: {kind: checkpoint-write, shard_size: 1m}
`;

function set(text: string): Override {
  return { option: '--set', key: text.split('=')[0] as string, values: [text.slice(text.indexOf('=') + 1)], text };
}

function factor(text: string): Override {
  const { key, values } = set(text);
  return { option: '-P', key, values: (values[0] as string).split(','), text };
}

function read(...options: Override[]): Workload {
  return parseWorkload(TEXT, 'w.yaml', options);
}

/** The labels of a field, job by job; `-` where a job has no such field. */
function labels({ jobs }: Workload, property: string): string[] {
  return jobs.map(
    ({ fields }) =>
      fields
        .get(property)
        ?.levels.map(({ label }) => label)
        .join(',') ?? '-',
  );
}

function faults(...options: Override[]): string[] {
  try {
    read(...options);
  } catch (thrown) {
    if (!(thrown instanceof FeedrateError)) throw thrown;
    return thrown.issues.map(({ where, message }) => `${where}: ${message}`);
  }
  return [];
}

overrides('a bare field goes to every job that takes it', () => {
  assert.equal(labels(read(set('bs=16k')), 'bs'), ['16KiB', '16KiB', '16KiB', '16KiB']);
  assert.equal(labels(read(set('runtime=2s')), 'runtimeNs'), ['2s', '2s', '2s', '-']);
  assert.equal(labels(read(set('shard_size=2m')), 'shardBytes'), ['-', '-', '-', '2MiB']);
});

overrides('a bare field passes by the jobs where it has no effect', () => {
  assert.equal(labels(read(factor('cache=cold,warm')), 'cache'), ['cold,warm', 'cold,warm', 'as-is', 'as-is']);
  assert.equal(labels(read(set('end_fsync=true')), 'endFsync'), ['false', 'false', 'true', '-']);
  assert.equal(labels(read(set('random_distribution=zipf:1.2')), 'randomDistribution').slice(0, 3), [
    'random',
    'zipf:1.2',
    'random',
  ]);
});

overrides('-P makes a factor, --set a single value', () => {
  assert.equal(labels(read(factor('read.bs=4k,1m')), 'bs')[0], '4KiB,1MiB');
  assert.equal(labels(read(set('read.bs=1m')), 'bs')[0], '1MiB');
  assert.equal(labels(read(factor('numjobs=1,2,4')), 'numjobs'), ['1,2,4', '1,2,4', '1,2,4', '1,2,4']);
  assert.equal(labels(read(factor('bs=4k/60:64k/40,1m')), 'bs')[0], '4KiB/60:64KiB/40,1MiB');
});

overrides('a path leads to a section or a job; a job wins over all jobs', () => {
  assert.equal(read(set('trials.rounds=9')).trials, {
    sessions: 1,
    rounds: 9,
    warmup: 0,
    filesets: 1,
    order: 'shuffled',
  });
  assert.is(generatedOf(read(set('dataset.nrfiles=4')))?.nrfiles, 4);
  assert.is(read(set('seed=9')).seed, 9);
  assert.is(read(set('name=other')).name, 'other');
  assert.is(read(set('thresholds=iops > 10')).thresholds[0]?.bound, 10);
  assert.equal(labels(read(set('v1.5.bs=8k')), 'bs')[1], '8KiB');
  assert.equal(labels(read(set('jobs.v1.5.bs=8k')), 'bs')[1], '8KiB');
  assert.equal(labels(read(set('defaults.runtime=1s')), 'runtimeNs')[0], '1s');
  assert.equal(labels(read(set('read.numjobs=8'), set('numjobs=2')), 'numjobs').slice(0, 2), ['8', '2']);
  assert.equal(labels(read(set('numjobs=8'), set('numjobs=2')), 'numjobs')[0], '2');
});

overrides('a section or dataset that the file lacks comes into being', () => {
  const text = 'name: w\njobs: {j: {rw: read}}\n';
  const workload = parseWorkload(text, 'w.yaml', [set('dataset.filesize=1m'), set('trials.warmup=1')]);
  assert.is(generatedOf(workload)?.filesizeMaxBytes, 1048576);
  assert.is(workload.trials.warmup, 1);
});

overrides('what is wrong with an option is said with the option, not with the file', () => {
  assert.equal(faults(set('bs=4kb')), [
    '--set bs=4kb: bs: "4kb" is not a size; write 4k or 4KiB (4096 bytes) or 4kB (4000 bytes)',
  ]);
  assert.equal(faults(factor('numjobs=1,x')), ['-P numjobs=1,x: numjobs: "x" is not a whole number']);
  assert.equal(faults(set('blocksise=4k')), ['--set blocksise=4k: blocksise: no such field']);
  assert.equal(faults(set('iodpeth=4')), ['--set iodpeth=4: iodpeth: no such field; did you mean iodepth?']);
  assert.equal(faults(set('raed.bs=4k')), [
    '--set raed.bs=4k: raed.bs: no such job or section: raed; did you mean read?',
  ]);
  assert.equal(faults(set('read.shards=4')), [
    '--set read.shards=4: shards: is not supported for kind: io, only for checkpoint-write and checkpoint-restore',
  ]);
  assert.equal(faults(set('trials.round=4')), ['--set trials.round=4: round: no such field; did you mean rounds?']);
  assert.equal(faults(factor('trials.order=shuffled,abba')), [
    '-P trials.order=shuffled,abba: trials.order: -P can only vary a field of a job; use --set',
  ]);
  assert.equal(faults(factor('trials.rounds=4,5')), [
    '-P trials.rounds=4,5: trials.rounds: -P can only vary a field of a job; use --set',
  ]);
  assert.equal(faults(set('rwmixread=70')), ['--set rwmixread=70: rwmixread: no job of this workload uses it']);
  assert.equal(faults(set('write.cache=cold')), [
    '--set write.cache=cold: cache: cold has no effect with rw: write, which reads nothing',
  ]);
  assert.equal(faults(set('bs=1g')).slice(0, 1), [
    '--set bs=1g: bs: 1GiB blocks do not fit into the smallest file of the dataset of 8MiB (job read and 1 more)',
  ]);
});

overrides('faults of the file and of the options are reported together, the file first', () => {
  const text = TEXT.replace('rounds: 3', 'rounds: none');
  try {
    parseWorkload(text, 'w.yaml', [set('bs=4kb')]);
    assert.unreachable();
  } catch (thrown) {
    assert.instance(thrown, FeedrateError);
    assert.equal(
      (thrown as FeedrateError).issues.map(({ where }) => where),
      ['w.yaml:2:18', '--set bs=4kb'],
    );
  }
});

overrides.run();
