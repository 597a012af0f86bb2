/** What is said to raise a ceiling raises it, by the published figures. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { remedyFor } from '../../src/report/run/ceiling-text.js';
import { type CeilingKind, pairsOf, targetCeilings } from '../../src/stats/target-ceilings.js';
import { makeNfsMount, makeVolume, volumeTarget } from '../support/fsx-volumes.js';

const test = suite('report/ceiling-remedies');

type Changes = NonNullable<Parameters<typeof makeVolume>[0]>;
type Target = Parameters<typeof volumeTarget>[0];

/** A target's figure of a kind, in its unit. */
function figure(kind: CeilingKind, volume: Changes = {}, target: Partial<Target> = {}): number {
  const found = targetCeilings(volumeTarget({ ...target, volume: makeVolume({ region: 'us-east-1', ...volume }) }), 1);
  return found?.ceilings.find((ceiling) => ceiling.kind === kind)?.level.base ?? 0;
}

const PAIR = { deploymentType: 'SINGLE_AZ_2', throughputCapacityPerHaPairMBps: 1536 };
const faster = { fileSystem: { ...PAIR, throughputCapacityPerHaPairMBps: 3072 } };
const slow = { fileSystem: PAIR };

test('raise the throughput capacity', () => {
  for (const kind of ['network', 'disk', 'server-iops'] as const) {
    assert.is(remedyFor(kind), 'raise the throughput capacity');
    assert.ok(figure(kind, faster) > figure(kind, slow), kind);
  }
});

test('provision more SSD IOPS', () => {
  for (const kind of ['ssd-iops', 'ssd-throughput'] as const) {
    assert.is(remedyFor(kind), 'provision more SSD IOPS');
    const provisioned = (iops: number) => figure(kind, { fileSystem: { ...PAIR, iops } });
    assert.is(provisioned(60_000), 2 * provisioned(30_000));
  }
});

test('use another deployment type', () => {
  assert.is(remedyFor('write'), 'use another deployment type');
  const of = (deploymentType: string) =>
    figure('write', { fileSystem: { deploymentType, throughputCapacityPerHaPairMBps: 2048 } });
  assert.ok(of('MULTI_AZ_1') > of('SINGLE_AZ_1'));
});

test('use an instance with a faster network, or several', () => {
  assert.is(remedyFor('client-network'), 'use an instance with a faster network, or several');
  const of = (instanceType: string) => figure('client-network', slow, { instanceType });
  assert.ok(of('c5n.18xlarge') > of('m5.large'));
  const target = volumeTarget({ volume: makeVolume(slow), instanceType: 'm5.large' });
  const several = targetCeilings(target, 4)?.ceilings.find(({ kind }) => kind === 'client-network');
  assert.is(several?.level.base, 4 * of('m5.large'));
});

test('mount with more connections (nconnect)', () => {
  assert.is(remedyFor('connections'), 'mount with more connections (nconnect)');
  const of = (nconnect: number) => figure('connections', slow, { nfs: makeNfsMount(nconnect) });
  assert.ok(of(16) > of(1), `${of(16)}, ${of(1)}`);
});

test('use a FlexGroup over all HA pairs', () => {
  const fileSystem = { ...PAIR, haPairs: 4 };
  const aggregates = ['aggr1', 'aggr2', 'aggr3', 'aggr4'];
  const [one, all] = [
    makeVolume({ fileSystem, volume: { style: 'FLEXVOL', aggregates: ['aggr1'] } }),
    makeVolume({ fileSystem, volume: { style: 'FLEXGROUP', aggregates } }),
  ];
  assert.equal([pairsOf(one)?.used, pairsOf(all)?.used], [1, 4]);
});

test.run();
