import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attributesOf, labelsOf } from '../../src/gate/attributes.js';
import type { RunRecord } from '../../src/record/run-record.js';
import { blocks, checkpointWriteJob, ioJob } from '../support/jobs.js';
import { makeArm, makeRun, withSpec } from '../support/records.js';

const test = suite('stats/attributes');

const arm = withSpec(
  makeArm('read', [
    { name: 'size', label: '1GiB' },
    { name: 'target', label: 'data' },
  ]),
  ioJob({ iodepth: 8 }),
);

/** A run on these targets with these labels. */
function run(
  labels: Readonly<Record<string, string>>,
  targets: readonly string[] = ['data'],
  options = 'rw',
): RunRecord {
  const plain = makeRun([arm], 1, { labels });
  const [target] = plain.environment.targets;
  assert.ok(target);
  return {
    ...plain,
    plan: { ...plain.plan, targets: targets.map((name) => ({ name, path: `/mnt/${name}` })) },
    environment: { ...plain.environment, targets: targets.map((name) => ({ ...target, name, options })) },
  };
}

const labels = (given: Readonly<Record<string, string>>, target: string, targets: readonly string[]) =>
  Object.fromEntries(labelsOf(run(given, targets), target));

test('run and labels, job and its factors, target and its mount, in this order', () => {
  const options = 'rw,relatime,vers=4.1,rsize=1048576,wsize=65536,nconnect=16,proto=tcp,sec=sys,addr=10.0.0.7';
  assert.equal(
    [...attributesOf(run({ tiering: 'AUTO' }, ['data'], options), 'main', arm)],
    [
      ['run', 'main'],
      ['tiering', 'AUTO'],
      ['workload', 'quick'],
      ['job', 'read'],
      ['size', '1GiB'],
      ['rw', 'randread'],
      ['bs', '4KiB'],
      ['iodepth', '8'],
      ['numjobs', '1'],
      ['ioengine', 'psync'],
      ['cache', 'as-is'],
      ['target', 'data'],
      ['fs', 'nfs4'],
      ['source', 'svm-1:/train'],
      ['vers', '4.1'],
      ['nconnect', '16'],
      ['proto', 'tcp'],
      ['rsize', '1048576'],
      ['wsize', '65536'],
      ['sec', 'sys'],
    ],
  );
});

test('a job has only the attributes that it has', () => {
  const names = (spec: typeof arm.spec | ReturnType<typeof checkpointWriteJob>) => [
    ...attributesOf(run({}), 'r', { ...withSpec(arm, spec), factors: [] }).keys(),
  ];
  assert.not(names(checkpointWriteJob()).some((name) => name === 'rw' || name === 'iodepth'));
  const mix = [...blocks(4096), ...blocks(65_536)].map((block) => ({ ...block, share: 0.5 }));
  assert.is(attributesOf(run({}), 'r', withSpec(arm, ioJob({ bs: mix }))).get('bs'), '4KiB/50:64KiB/50');
});

test('a mount option without a value, or with an = in it, is no trouble', () => {
  const of = (options: string) => attributesOf(run({}, ['data'], options), 'r', arm);
  assert.is(of('rw,nconnect').get('nconnect'), '');
  assert.is(of('context="a=b",vers=3').get('vers'), '3');
  assert.not(of('').has('vers'));
  const gone = { ...run({}), environment: { ...run({}).environment, targets: [] } };
  assert.not(attributesOf(gone, 'r', arm).has('fs'), 'an environment that was not kept');
});

test('a label does not hide what was measured, and what was not measured may be labelled', () => {
  const given = { run: 'x', target: 'x', bs: 'x', size: 'x', vers: 'x', nconnect: '16', job: 'x' };
  const found = attributesOf(run(given, ['data'], 'rw,vers=4.1'), 'main', arm);
  assert.equal(
    ['run', 'target', 'bs', 'size', 'vers', 'nconnect', 'job'].map((name) => found.get(name)),
    ['main', 'data', '4KiB', '1GiB', '4.1', '16', 'read'],
  );
});

test('a label speaks of the whole run, or of one target by its name', () => {
  const given = { tiering: 'AUTO', 'cold.tiering': 'ALL', 'cold.volume': 'fg', 'note.of.mine': 'x' };
  assert.equal(labels(given, 'hot', ['hot', 'cold']), { tiering: 'AUTO', 'note.of.mine': 'x' });
  assert.equal(labels(given, 'cold', ['hot', 'cold']), { tiering: 'ALL', volume: 'fg', 'note.of.mine': 'x' });
  assert.equal(labels(given, 'hot', ['hot']), given, 'where no target has the name it is a name like others');
});

test('targets whose names begin with those of others have labels of their own', () => {
  const given = { 'cold.tiering': 'ALL', 'cold2.tiering': 'NONE', 'cold.eu.tiering': 'AUTO', 'col.tiering': 'x' };
  const targets = ['cold', 'cold2', 'cold.eu', 'hot'];
  assert.equal(labels(given, 'cold', targets), { 'col.tiering': 'x', tiering: 'ALL' });
  assert.equal(labels(given, 'cold2', targets), { 'col.tiering': 'x', tiering: 'NONE' });
  assert.equal(labels(given, 'cold.eu', targets), { 'col.tiering': 'x', tiering: 'AUTO' });
  assert.equal(labels(given, 'hot', targets), { 'col.tiering': 'x' });
});

test.run();
