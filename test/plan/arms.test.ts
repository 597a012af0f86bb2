import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { expandArms, type ResolveJob } from '../../src/plan/arms.js';
import type { Target } from '../../src/plan/plan.js';
import type { Threshold } from '../../src/workload/workload.js';
import { feedrateError } from '../support/feedrate-error.js';
import { declarationOf, ioJob, workloadOf } from './jobs.js';

const ONE: Target[] = [{ name: 'data', path: '/mnt/data' }];
const TWO: Target[] = [...ONE, { name: 'ssd', path: '/mnt/ssd' }];

/** Puts the chosen levels into the job as they are. */
const resolveJob: ResolveJob = (_declaration, chosen) =>
  ioJob(Object.fromEntries([...chosen].map(([property, level]) => [property, level.value])));

const threshold = (text: string): Threshold => ({
  text,
  metric: 'throughput',
  statistic: null,
  comparison: '>',
  bound: 1,
});

const arms = suite('arms');

arms('are one per job when nothing varies, named like the job', () => {
  const [arm, ...others] = expandArms(workloadOf([declarationOf('one', { numjobs: [4] })]), ONE, resolveJob);
  assert.is(others.length, 0);
  assert.equal(arm, {
    id: 'one',
    job: 'one',
    target: 'data',
    factors: [],
    spec: ioJob(),
    words: { kind: 'io', numjobs: '1' },
    thresholds: [],
  });
});

arms('are every combination of levels on every target, in the order of the file', () => {
  const job = declarationOf('mix', { numjobs: [1, 2], iodepth: [8], nrfiles: [3, 5] });
  const found = expandArms(workloadOf([job, declarationOf('plain')]), TWO, resolveJob);
  assert.equal(
    found.map(({ id }) => id),
    [
      'mix/numjobs=1,nrfiles=3@data',
      'mix/numjobs=1,nrfiles=3@ssd',
      'mix/numjobs=1,nrfiles=5@data',
      'mix/numjobs=1,nrfiles=5@ssd',
      'mix/numjobs=2,nrfiles=3@data',
      'mix/numjobs=2,nrfiles=3@ssd',
      'mix/numjobs=2,nrfiles=5@data',
      'mix/numjobs=2,nrfiles=5@ssd',
      'plain@data',
      'plain@ssd',
    ],
  );
  assert.equal(found[3]?.factors, [
    { name: 'numjobs', label: '1' },
    { name: 'nrfiles', label: '5' },
    { name: 'target', label: 'ssd' },
  ]);
  assert.is(found[3]?.spec.numjobs, 1);
  assert.is(found[3]?.target, 'ssd');
});

arms('with a single target leave it out of name and factors', () => {
  const found = expandArms(workloadOf([declarationOf('a', { numjobs: [1, 2] })]), ONE, resolveJob);
  assert.equal(
    found.map(({ id, factors }) => [id, factors.length]),
    [
      ['a/numjobs=1', 1],
      ['a/numjobs=2', 1],
    ],
  );
});

arms('keep the thresholds of the workload and of their job', () => {
  const job = { ...declarationOf('a'), thresholds: [threshold('job')] };
  const workload = workloadOf([job, declarationOf('b')], { thresholds: [threshold('all')] });
  const texts = expandArms(workload, ONE, resolveJob).map((arm) => arm.thresholds.map(({ text }) => text));
  assert.equal(texts, [['all', 'job'], ['all']]);
});

arms('refuse a level that is there twice', () => {
  assert.throws(
    () => expandArms(workloadOf([declarationOf('a', { bs: ['4KiB', '8KiB', '4KiB'] })]), ONE, resolveJob),
    feedrateError('workload', /^job\.yaml:3:5: bs lists 4KiB twice/),
  );
});

arms('refuse names that mean two arms', () => {
  assert.throws(
    () => expandArms(workloadOf([declarationOf('a'), declarationOf('a')]), ONE, resolveJob),
    feedrateError('workload', /^job\.yaml:3:5: two arms would both be called a;/),
  );
  assert.throws(
    () => expandArms(workloadOf([declarationOf('a', { x: [1, 2] }), declarationOf('a/x=1')]), ONE, resolveJob),
    feedrateError('workload', /called a\/x=1;/),
  );
});

arms.run();
