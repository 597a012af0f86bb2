/** Jobs that run beside others: what is refused, and the arms, files and space that the rest becomes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FeedrateError } from '../../src/base/errors.js';
import { expectedTime } from '../../src/plan/expected-time.js';
import { filesetsByArm } from '../../src/plan/filesets.js';
import { needsOf } from '../../src/plan/needs.js';
import { besideOf, type Plan, partiesOf } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { spaceNeeded } from '../../src/plan/space.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';

const test = suite('workload/besides');
const MIB = 2 ** 20;
const TARGETS = ['a', 'b'].map((name) => ({ name, path: `/${name}` }));

function planOf(jobs: string, trials = '{sessions: 2, rounds: 1}', targets = TARGETS): Plan {
  const text = `name: pair\ntrials: ${trials}\ndataset: {nrfiles: 2, filesize: 1MiB}\njobs:\n${jobs}`;
  return buildPlan(parseWorkload(text, 'w.yaml'), targets, resolveJob, 1);
}

const PAIR = '  load: {rw: read, bs: [64k, 1m], beside: [none, save]}\n  save: {rw: write, size: 4m, beside: [none]}\n';

for (const [what, jobs, message] of [
  ['no such job', '  a: {rw: read, beside: bb}\n  bbb: {rw: read}\n', 'beside: there is no job bb; did you mean bbb?'],
  ['itself', '  a: {rw: read, beside: a}\n', 'beside: a is this job itself; raise numjobs'],
  [
    'several arms',
    '  a: {rw: read, beside: b}\n  b: {rw: read, bs: [4k, 8k]}\n',
    'beside: b has several values of bs;',
  ],
  ['never alone', '  a: {rw: read, beside: b}\n  b: {rw: read, beside: a}\n', 'beside: b never runs alone; add none'],
  ['no real time', '  a: {rw: read, ioengine: simulated, beside: b}\n  b: {rw: read}\n', 'with ioengine: simulated,'],
  ['no real time of the other', '  a: {rw: read, beside: b}\n  b: {rw: read, ioengine: simulated}\n', 'simulated,'],
  ['no name', '  a: {rw: read, beside: 4}\n', '"beside: 4 is not a name'],
] as const) {
  test(`a job beside another is refused: ${what}`, () => {
    const text = `name: w\njobs:\n${jobs}dataset: {nrfiles: 1, filesize: 1m}\n`;
    try {
      parseWorkload(text, 'w.yaml');
    } catch (thrown) {
      assert.match(
        JSON.stringify([(thrown as FeedrateError).message, (thrown as FeedrateError).issues]),
        message.replace('"', ''),
      );
      return;
    }
    assert.unreachable(what);
  });
}

test('each arm has the arm that the other job is alone, on the same target', () => {
  const plan = planOf(PAIR);
  const pairs = plan.arms.flatMap((arm) => (arm.beside === undefined ? [] : [`${arm.id} + ${arm.beside}`]));
  assert.equal(pairs, [
    'load/bs=64KiB,beside=save@a + save@a',
    'load/bs=64KiB,beside=save@b + save@b',
    'load/bs=1MiB,beside=save@a + save@a',
    'load/bs=1MiB,beside=save@b + save@b',
  ]);
  for (const arm of plan.arms) assert.is(partiesOf(plan, arm).length, arm.beside === undefined ? 1 : 2);
  assert.is(besideOf(plan, {}), undefined);
});

test('a trial that writes has the file set of the job beside it, which alone reads it', () => {
  const plan = planOf(
    '  save: {rw: write, size: 4m, beside: [none, load]}\n  load: {rw: read}\n',
    '{sessions: 2, rounds: 1}',
    [{ name: 'a', path: '/a' }],
  );
  const sets = new Map(plan.arms.map(({ id }, place) => [id, [...(filesetsByArm(plan)[place] ?? [])]]));
  assert.equal(
    [...sets],
    [
      ['save/beside=none', []],
      ['save/beside=load', []],
      ['load', [0, 1]],
    ],
  );
  const setOf = (id: string) =>
    plan.trials.filter(({ arm }) => plan.arms[arm]?.id === id).map(({ fileset }) => fileset);
  assert.equal(setOf('save/beside=none'), [undefined, undefined]);
  assert.equal(setOf('save/beside=load'), [0, 1]);
});

test('space and time are those of both jobs', () => {
  const writers = '  a: {rw: write, size: 4m, beside: [none, b]}\n  b: {rw: write, size: 6m}\n';
  const plan = planOf(writers, '{sessions: 1, rounds: 1}', [{ name: 'a', path: '/a' }]);
  const [space] = spaceNeeded(plan, null, () => null);
  assert.is(space?.scratchBytes, 10 * MIB);
  assert.is(space?.writtenBytes, (4 + 4 + 6 + 6) * MIB);
  assert.is(space?.writtenIsLowerBound, true, 'b may start over');
  const aloneOnly = planOf(writers.replace(', b]', ']'), '{sessions: 1, rounds: 1}', [{ name: 'a', path: '/a' }]);
  assert.ok(expectedTime(plan, null).estimatedNs > expectedTime(aloneOnly, null).estimatedNs);
});

test('the workers of both jobs count against the limits', () => {
  const load = {
    jobs: 3,
    threadsPerJob: 1,
    blockBytes: MIB,
    buffers: 1,
    openFiles: 2,
    sharedFiles: 0,
    holdsRing: false,
    mapsFiles: false,
  };
  const [one, both] = [needsOf([load]), needsOf([{ ...load, beside: { ...load, jobs: 5 } }])];
  assert.is(both.threads - one.threads, 5);
  assert.ok(both.descriptors >= one.descriptors + 5 * 2);
  assert.ok(both.memoryBytes > one.memoryBytes + 5 * 3 * MIB);
});

test('with read-once, the job beside another could read its files again', () => {
  const jobs = '  save: {rw: write, size: 4m, beside: [none, load]}\n  load: {rw: read}\n';
  assert.throws(
    () => planOf(jobs, '{order: read-once}'),
    /order: read-once: load@a starts over .*run it beside no other/,
  );
});

test.run();
