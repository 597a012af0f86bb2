import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attributesOf } from '../../src/gate/attributes.js';
import { compare } from '../../src/gate/comparison.js';
import { describeNfsMount } from '../../src/host/nfs/read-nfs.js';
import { parseMountinfo } from '../../src/host/system/mountinfo.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';
import { mountLines } from '../../src/report/comparison/mount-lines.js';
import { headerLines } from '../../src/report/run/run-lines.js';
import { comparisonOptions } from '../support/comparison-options.js';
import { measuredRun } from '../support/measured-runs.js';
import { makeArm, makeRun } from '../support/records.js';

const test = suite('nfs attributes');

const LINE =
  '87 23 0:54 / /mnt/data rw,relatime - nfs4 svm-0a1b2c3d.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com:/train ' +
  'rw,vers=4.1,rsize=262144,wsize=65536,hard,proto=tcp,nconnect=16,timeo=600,sec=sys,addr=192.0.2.6\n';
const arm = makeArm('read');
const plain = makeRun([arm], 1);

function runOn(changes: Partial<TargetEnvironment>) {
  const [target] = plain.environment.targets;
  const targets = [{ ...(target as TargetEnvironment), ...changes }];
  return { ...plain, environment: { ...plain.environment, targets } };
}

const [mount] = parseMountinfo(LINE);
const described = mount === undefined ? undefined : describeNfsMount(mount, null);
const onNfs = runOn({
  nfs: {
    ...(described as NonNullable<typeof described>),
    readAheadBytes: 15 * 2 ** 20,
    openTransports: 16,
    pnfs: 'not configured',
    ontapRelease: '9.14.1P3',
  },
});

test('an arm has what its mount negotiated as attributes', () => {
  const attributes = attributesOf(onNfs, 'a', arm);
  const nfs = Object.fromEntries([...attributes].filter(([name]) => name.startsWith('nfs.')));
  assert.equal(nfs, {
    'nfs.client': 'kernel',
    'nfs.vers': '4.1',
    'nfs.nconnect': '16',
    'nfs.rsize': '256KiB',
    'nfs.wsize': '64KiB',
    'nfs.proto': 'tcp',
    'nfs.sec': 'sys',
    'nfs.readahead': '15MiB',
    'nfs.connections': '16',
    'nfs.pnfs': 'not configured',
    'nfs.service': 'fsx-ontap',
    'nfs.ontap': '9.14.1P3',
  });
  assert.is(attributes.get('vers'), '4.1');
});

test('a comparison of targets says what their mounts differ in', () => {
  const arms = [makeArm('read'), { ...makeArm('read'), id: 'read@b', target: 'b' }];
  const [target] = onNfs.environment.targets;
  const linesOf = (connections: number, readAheadBytes: number, openTransports = connections) => {
    const nfs = target?.nfs as NonNullable<TargetEnvironment['nfs']>;
    const other = {
      ...(target as TargetEnvironment),
      name: 'b',
      nfs: { ...nfs, readAheadBytes, openTransports, options: { ...nfs.options, connections } },
    };
    const environment = { ...onNfs.environment, targets: [...onNfs.environment.targets, other] };
    const run = measuredRun(
      'a',
      arms.map((one) => ({ arm: one, levels: [1e9, 1e9] })),
      {},
      environment,
    );
    const options = comparisonOptions({ columns: ['target'], demands: 'load' });
    return mountLines(compare([run], options));
  };
  const readAhead = 15 * 2 ** 20;
  assert.equal(linesOf(16, readAhead), []);
  assert.equal(linesOf(1, readAhead), ['the mounts of b and data differ only in nfs.nconnect (16 → 1)']);
  assert.equal(linesOf(16, readAhead, 4), ['the mounts of b and data differ only in nfs.connections (16 → 4)']);
  assert.equal(linesOf(4, 131_072), [
    'the mounts of b and data differ in nfs.nconnect (16 → 4) and nfs.readahead (15MiB → 128KiB)',
  ]);
});

test('a record of a version that did not read the mount has none, and the old names all the same', () => {
  const attributes = attributesOf(plain, 'a', arm);
  assert.equal(
    [...attributes.keys()].filter((name) => name.startsWith('nfs.')),
    [],
  );
  assert.is(attributes.get('vers'), '4.1');
});

test("the report's header says what the options do not", () => {
  const lineOf = (run: typeof plain): string =>
    headerLines({ run, status: 'complete', directory: null, trials: [], problems: [] } as never)
      .map(({ text }) => text)
      .find((text) => text.startsWith('target data')) ?? '';
  assert.ok(
    lineOf(onNfs).endsWith(
      'free, read-ahead 15 MiB, 16 connections, pNFS not configured, FSx for ONTAP, ONTAP 9.14.1P3',
    ),
    lineOf(onNfs),
  );
  assert.ok(lineOf(plain).endsWith(' free'), lineOf(plain));
});

test.run();
