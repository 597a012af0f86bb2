import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../src/doctor/check.js';
import { VOLUME_CHECKS } from '../../src/doctor/volume-checks.js';
import { VOLUME } from '../../src/doctor/volume-facts.js';
import { statedVolume } from '../../src/fsx/stated-volume.js';
import type { VolumeAnswer } from '../../src/record/volume-record.js';
import { volumeAnswer } from '../support/volume-records.js';

const test = suite('doctor/volume-checks');

/** A Sunday: the window of the records begins at 05:30. */
const NOW = Date.UTC(2026, 10, 29, 1, 0);
const HERE = {
  region: 'us-east-1',
  networks: [{ subnetId: 'subnet-0123456789abcdef0', vpcId: 'vpc-0123456789abcdef0' }],
};
const NOWHERE = { region: null, networks: [] };

function rowsOf(answer: VolumeAnswer, nowMs = NOW, place: Parameters<typeof statedVolume>[1] = HERE) {
  const findings = diagnose(statedVolume({ answer }, place, nowMs), VOLUME_CHECKS);
  return new Map(findings.map((finding) => [finding.check, finding]));
}

/** The finding of one check as `severity: value`. */
function row(check: string, ...given: Parameters<typeof rowsOf>): string {
  const finding = rowsOf(...given).get(check);
  return finding === undefined ? 'no row' : `${finding.severity}: ${finding.value}`;
}

test('a volume that nothing is wrong with has good rows only, but for the burst', () => {
  const rows = rowsOf(volumeAnswer());
  const others = [...rows].filter(([, { severity }]) => severity !== 'good').map(([check]) => check);
  assert.equal(
    others,
    ['SSD', 'burst'].filter((check) => others.includes(check)),
  );
  assert.is(rows.get('volume')?.value, 'fsvol-00000000000000002 (train), FlexVol, 100 GiB, at /train, UNIX');
  assert.is(rows.get('AWS')?.value, 'us-east-1, account 111122223333, vpc-0123456789abcdef0');
  assert.is(rows.get('FSx file system')?.value, 'fs-0123456789abcdef0, SINGLE_AZ_1, 512 MBps, 1,024 GiB of SSD');
  assert.is(rows.get('subnet')?.value, 'subnet-0123456789abcdef0, the file system’s own');
});

test('tiering: only policies that move data in use are problems', () => {
  for (const [tieringPolicy, coolingDays, expected] of [
    ['NONE', null, 'good: NONE'],
    ['SNAPSHOT_ONLY', 2, 'good: SNAPSHOT_ONLY after 2 days'],
    ['AUTO', 31, 'note: AUTO after 31 days'],
    ['ALL', null, 'bad: ALL'],
    [null, null, 'unknown: not reported by AWS'],
  ] as const)
    assert.is(row('tiering', volumeAnswer({ volume: { tieringPolicy, coolingDays } })), expected);
});

test('lifecycle: CREATED is healthy for volumes and storage virtual machines, AVAILABLE for file systems', () => {
  for (const [lifecycle, severity] of [
    ['CREATED', 'good'],
    ['PENDING', 'note'],
    ['MISCONFIGURED', 'bad'],
    ['AVAILABLE', 'bad'],
  ] as const) {
    assert.ok(row('volume', volumeAnswer({ volume: { lifecycle } })).startsWith(severity));
    assert.ok(row('storage virtual machine', volumeAnswer({ svm: { lifecycle } })).startsWith(severity));
  }
  for (const [lifecycle, severity] of [
    ['AVAILABLE', 'good'],
    ['UPDATING', 'note'],
    ['MISCONFIGURED_UNAVAILABLE', 'bad'],
  ] as const)
    assert.ok(row('FSx file system', volumeAnswer({ fileSystem: { lifecycle } })).startsWith(severity));
});

test('lifecycle: AWS’s own reason is shown, also where a permission is missing', () => {
  const failed = volumeAnswer({ volume: { lifecycle: 'FAILED', lifecycleReason: 'the name is taken' } });
  for (const problems of [[], ['fsx:DescribeFileSystems in us-east-1: AccessDeniedException']]) {
    const finding = rowsOf({ ...failed, problems }).get('volume');
    assert.equal(
      [finding?.severity, finding?.reason],
      ['bad', 'its lifecycle is FAILED, not CREATED: the name is taken'],
    );
  }
});

test('pending changes and pairs', () => {
  const action = { type: 'STORAGE_OPTIMIZATION', status: 'IN_PROGRESS', progressPercent: 40 };
  const changing = volumeAnswer({ fileSystem: { pendingActions: [action] } });
  assert.is(row('pending changes', changing), 'bad: STORAGE_OPTIMIZATION IN_PROGRESS 40 %');
  assert.is(row('HA pairs', volumeAnswer({ fileSystem: { haPairs: 2 } })), 'note: 2');
  assert.is(row('HA pairs', volumeAnswer({ fileSystem: { haPairs: 2 }, volume: { style: 'FLEXGROUP' } })), 'good: 2');
  const many = volumeAnswer({ volume: { style: 'FLEXGROUP', constituents: 16, type: 'DP', name: null } });
  assert.match(row('volume', many), 'good: fsvol-00000000000000002, FlexGroup of 16, DP, 100 GiB');
});

test('SSD: automatic IOPS of a small SSD limit the throughput', () => {
  const small = { storageCapacityGiB: 1024, throughputCapacityPerHaPairMBps: 2048, iops: 3072 };
  assert.is(row('SSD', volumeAnswer({ fileSystem: small })), 'note: 3,072 IOPS, AUTOMATIC');
  const own = { ...small, iopsMode: 'USER_PROVISIONED', iops: 40_000 } as const;
  assert.is(row('SSD', volumeAnswer({ fileSystem: own })), 'good: 40,000 IOPS, USER_PROVISIONED');
  const few = { ...own, iops: 4000 };
  assert.is(row('SSD', volumeAnswer({ fileSystem: few })), 'note: 4,000 IOPS, USER_PROVISIONED');
  assert.match(
    rowsOf(volumeAnswer({ fileSystem: few })).get('SSD')?.reason ?? '',
    /^the SSD IOPS allow about 1,000 MBps, less than/,
  );
  assert.is(
    row('SSD', volumeAnswer({ fileSystem: { ...small, storageCapacityGiB: 4096 } })),
    'good: 3,072 IOPS, AUTOMATIC',
  );
});

test('burst: short runs are named where the disks burst', () => {
  const at = (deploymentType: string, throughputCapacityPerHaPairMBps: number) =>
    row('burst', volumeAnswer({ fileSystem: { deploymentType, throughputCapacityPerHaPairMBps } })).split(':')[0];
  assert.is(at('SINGLE_AZ_1', 512), 'note');
  assert.is(at('MULTI_AZ_1', 1024), 'good');
  assert.is(at('SINGLE_AZ_2', 1536), 'note');
  assert.is(at('SINGLE_AZ_2', 3072), 'good');
  assert.is(at('MULTI_AZ_2', 3072), 'unknown');
  const rows = rowsOf(volumeAnswer({ fileSystem: { deploymentType: 'MULTI_AZ_2' } }));
  assert.is(rows.get('burst')?.value, 'no published figure at 512 MBps');
});

test('maintenance: a window within two hours, or open, is a note', () => {
  const answer = volumeAnswer();
  const at = (hour: number, minute: number) => row('maintenance', answer, Date.UTC(2026, 10, 29, hour, minute));
  assert.is(at(1, 0), 'good: next window 2026-11-29 05:30 UTC');
  assert.is(at(4, 30), 'note: next window 2026-11-29 05:30 UTC');
  assert.is(at(5, 59), 'note: next window 2026-11-29 05:30 UTC');
  assert.is(at(6, 0), 'good: next window 2026-12-06 05:30 UTC');
  const none = volumeAnswer({ fileSystem: { weeklyMaintenanceStart: null } });
  assert.is(row('maintenance', none), 'unknown: AWS does not report a maintenance window');
});

test('subnet: another one is a note, and none is unknown', () => {
  const [own] = HERE.networks;
  const other = { region: null, networks: [{ subnetId: 'subnet-1', vpcId: own?.vpcId ?? '' }] };
  assert.is(
    row('subnet', volumeAnswer(), NOW, other),
    'note: subnet-1; the file system prefers subnet-0123456789abcdef0',
  );
  const peered = { region: null, networks: [{ subnetId: 'subnet-1', vpcId: 'vpc-1' }] };
  assert.match(row('subnet', volumeAnswer(), NOW, peered), /^unknown: this machine has no interface in vpc-0123456789/);
  assert.match(row('subnet', volumeAnswer(), NOW, NOWHERE), /^unknown: this machine does not report its subnet/);
});

test('snapshots, efficiency, FlexCache and volumes below are named', () => {
  const kept = volumeAnswer({ volume: { snapshotPolicy: 'default', storageEfficiency: true, flexCache: 'CACHE' } });
  assert.is(row('snapshots and backups', kept), 'note: snapshot policy default, no automatic backups');
  assert.ok(row('efficiency', kept).startsWith('note'));
  assert.is(row('FlexCache', kept), 'note: this volume is a cache');
  assert.is(row('FlexCache', volumeAnswer()), 'no row');
  assert.is(row('other volumes', { ...volumeAnswer(), below: ['/train/val'] }), 'note: /train/val is another volume');
  assert.is(
    row('other volumes', { ...volumeAnswer(), below: ['/train/a', '/train/b'] }),
    'note: 2 below this directory: /train/a, …',
  );
});

test('parts that may not be seen are unknown, and the first row says why', () => {
  const denied = 'fsx:DescribeVolumes in us-east-1: AccessDeniedException';
  const part = { ...volumeAnswer(), volume: null, problems: [denied] };
  assert.is(row('volume', part), `unknown: ${denied}`);
  assert.is(row('tiering', part), 'unknown: see volume');
  assert.ok(row('FSx file system', part).startsWith('good'));
  const onlyId = { ...volumeAnswer({ fileSystem: { lifecycle: null } }), problems: ['denied'] };
  assert.is(row('SSD', onlyId), 'unknown: see volume');
  const findings = diagnose(statedVolume({ unknown: 'no network' }, HERE, NOW), VOLUME_CHECKS);
  assert.equal(
    findings.map(({ check, value }) => [check, value]),
    [['volume', 'no network']],
  );
  assert.equal(diagnose(statedVolume(undefined, HERE, NOW), VOLUME_CHECKS), []);
  assert.equal(diagnose([VOLUME.missing('x')], VOLUME_CHECKS).length, 1);
});

test.run();
