import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { check, diagnose } from '../../src/doctor/check.js';
import { CHECKS } from '../../src/doctor/checks.js';
import { Fact, type StatedFact } from '../../src/doctor/facts.js';
import {
  INODES,
  MEMORY,
  MOUNTING,
  type MountProbe,
  NFS,
  PROBE,
  SERVER,
  type ServerPlace,
  TARGET,
} from '../../src/doctor/host-facts.js';
import { VOLUME } from '../../src/doctor/volume-facts.js';
import { callTotalsOf } from '../../src/host/gather-facts.js';
import { parseMountstats } from '../../src/host/nfs/mountstats.js';
import { parseNfsOptions } from '../../src/host/nfs/nfs-options.js';
import type { NfsMount } from '../../src/record/nfs-mount.js';
import type { TargetEnvironment } from '../../src/record/run-record.js';
import { volumeAnswer } from '../support/volume-records.js';

const test = suite('doctor/checks');
const GIB = 2 ** 30;

/** A mount that nothing is wrong with: the options as mountinfo shows them. */
const GOOD_OPTIONS = 'vers=4.1,rsize=1048576,wsize=1048576,hard,proto=tcp,nconnect=16,timeo=600,retrans=2,sec=sys';

const MOUNT: Omit<NfsMount, 'options'> = {
  service: 'fsx-ontap',
  serverImplementation: 'NetApp Release 9.14.1',
  ontapRelease: '9.14.1',
  pnfs: 'LAYOUT_NFSV4_1_FILES',
  openTransports: 16,
  readAheadBytes: 15 * 2 ** 20,
  limits: { tcpSlots: 2, tcpMaxSlots: 65_536, sessionSlots: 180 },
};

interface Changes {
  readonly options?: string;
  readonly mount?: Partial<NfsMount>;
  readonly calls?: ReturnType<typeof callsOf> | null;
  readonly inodes?: { readonly used: number; readonly total: number };
  readonly probe?: MountProbe;
  readonly managed?: string;
  readonly server?: ServerPlace;
}

/** READ: 1000 calls of 0.1 ms queue and 1 ms round trip. */
function callsOf(read: string) {
  const [stats] = parseMountstats(
    `device svm:/train mounted on /mnt/train with fstype nfs4 statvers=1.1\n\tage:\t10\n\tper-op statistics\n\t        READ: ${read}\n`,
  );
  return callTotalsOf(stats!);
}
const GOOD_READS = '1000 1000 0 0 0 100 1000 1200 0';

function targetOf(changes: Partial<TargetEnvironment> = {}): TargetEnvironment {
  return {
    name: 't',
    path: '/mnt/train',
    fileSystem: 'nfs4',
    source: 'svm:/train',
    mountPoint: '/mnt/train',
    options: GOOD_OPTIONS,
    device: '0:53',
    totalBytes: 100 * GIB,
    freeBytes: 50 * GIB,
    ...changes,
  };
}

function nfsFacts({
  options = GOOD_OPTIONS,
  mount = {},
  calls = callsOf(GOOD_READS),
  inodes = { used: 10, total: 100 },
  probe,
  managed,
  server = 'another machine',
}: Changes): StatedFact[] {
  const nfs = { ...MOUNT, options: parseNfsOptions(options.split(',')), ...mount };
  return [
    TARGET.state(targetOf({ options, nfs })),
    MEMORY.state({ bytes: 16 * GIB }),
    INODES.state(inodes),
    NFS.state({ mount: nfs, calls }),
    MOUNTING.state({
      source: 'svm:/train',
      mountPoint: '/mnt/train',
      options: options.split(','),
      managed: managed ?? null,
    }),
    SERVER.state(server),
    PROBE.state(probe ?? null),
  ];
}

const examined = (facts: readonly StatedFact[]) => diagnose(facts, CHECKS);

/** `check severity` of all that is not good, without what is always told. */
function ills(changes: Changes): string[] {
  return examined(nfsFacts(changes))
    .filter(({ severity, check }) => severity !== 'good' && check !== 'memory' && check !== 'volume')
    .map(({ check, severity }) => `${check} ${severity}`);
}

const remedyOf = (changes: Changes, check: string) =>
  examined(nfsFacts(changes)).find((finding) => finding.check === check)?.remedy ?? '';

const withOption = (from: string, to: string): Changes => ({ options: GOOD_OPTIONS.replace(from, to) });

test('a good mount has no ills, and each ill is found alone', () => {
  assert.equal(ills({}), []);
  for (const [changes, ill] of [
    [withOption('4.1', '4.0'), 'version bad'],
    [withOption('rsize=1048576', 'rsize=65536'), 'transfer size bad'],
    [withOption('wsize=1048576', 'wsize=262144'), 'transfer size note'],
    [withOption('hard', 'soft'), 'when the server is gone bad'],
    [withOption('hard', 'hard,noac'), 'attribute cache bad'],
    [withOption('hard', 'hard,actimeo=0'), 'attribute cache bad'],
    [withOption('hard', 'hard,sync'), 'attribute cache bad'],
    [withOption('sec=sys', 'sec=krb5p'), 'security note'],
    [{ mount: { openTransports: 1 } }, 'connections bad'],
    [{ options: GOOD_OPTIONS.replace(',nconnect=16', ''), mount: { openTransports: 1 } }, 'connections bad'],
    [{ mount: { readAheadBytes: 128 * 1024 } }, 'read-ahead bad'],
    [{ mount: { readAheadBytes: 2 ** 20 } }, 'read-ahead note'],
    [{ mount: { readAheadBytes: null } }, 'read-ahead unknown'],
    [{ mount: { pnfs: 'not configured' } }, 'pNFS note'],
    [{ mount: { service: 'other', ontapRelease: null } }, 'server note'],
    [{ mount: { limits: { ...MOUNT.limits, sessionSlots: 64 } } }, 'slots note'],
    [{ calls: callsOf('1000 1000 0 0 0 5000 1000 6200 0') }, 'slots bad'],
    [{ calls: callsOf('1000 1002 0 0 0 100 1000 1200 0') }, 'retransmissions bad'],
    [{ calls: callsOf('1000 1001 0 0 0 100 1000 1200 0') }, null],
    [{ calls: callsOf('1000 1001 1 0 0 100 1000 1200 0') }, 'retransmissions bad'],
    [{ calls: null }, 'retransmissions unknown'],
    [{ inodes: { used: 99, total: 100 } }, 'files bad'],
  ] as const) {
    assert.equal(ills(changes), ill === null ? [] : [ill], ill ?? '');
  }
});

test('the remedy is the line to type, with what is kept', () => {
  const old = GOOD_OPTIONS.replace('4.1', '4.0');
  assert.is(
    remedyOf(withOption('4.1', '4.0'), 'version'),
    `umount /mnt/train && { mount -t nfs -o ${GOOD_OPTIONS} svm:/train /mnt/train || mount -t nfs -o ${old} svm:/train /mnt/train; }`,
  );
  assert.is(
    remedyOf(withOption('rsize=1048576', 'rsize=65536'), 'transfer size').split(', then here: ')[0],
    'in the CLI of ONTAP: set advanced; vserver nfs modify -vserver SVM -tcp-max-xfer-size 1048576',
  );
  assert.match(
    remedyOf({ mount: { readAheadBytes: 131_072 } }, 'read-ahead'),
    'echo 15360 > "/sys/class/bdi/$(mountpoint -d /mnt/train)/read_ahead_kb"',
  );
  assert.match(remedyOf(withOption('hard', 'hard,noac'), 'attribute cache'), /^umount (?!.*noac)/);
  assert.is(
    remedyOf({ ...withOption('hard', 'hard,noac,sync'), managed: 'change its line in /etc/fstab' }, 'attribute cache'),
    'remove noac and sync: change its line in /etc/fstab',
  );
  assert.is(
    remedyOf({ ...withOption('4.1', '4.0'), managed: 'start the pod again' }, 'version'),
    'set vers=4.1: start the pod again',
  );
});

test('the limit of a TCP flow is told of TCP connections to the server itself', () => {
  const one = GOOD_OPTIONS.replace(',nconnect=16', '');
  const mount = { openTransports: 1 };
  const probe = { streamBytesPerSecond: 6e8, smallReadNs: 1e6, roundTripNs: 9e5, openNs: 1e6, callsPerOpen: 2 };
  const flow = (changes: Changes) => {
    const found = examined(nfsFacts({ probe, mount, options: one, ...changes }));
    return found.filter(({ reason }) => reason?.includes('5 Gbit/s') ?? false).map(({ check }) => check);
  };
  assert.equal(flow({}), ['one stream', 'connections']);
  assert.equal(flow({ options: one.replace('tcp', 'tcp6') }), ['one stream', 'connections']);
  for (const changes of [
    { server: 'this machine' },
    { options: one.replace('proto=tcp', 'proto=rdma') },
    { options: one.replace('proto=tcp', 'proto=udp') },
    { mount: { openTransports: 1, service: 'efs' } },
    { options: GOOD_OPTIONS, mount: {} },
  ] as const)
    assert.equal(flow(changes), [], JSON.stringify(changes));
  assert.equal(ills({ options: one, mount, server: 'this machine' }), ['connections note']);
});

test('what was measured is told: small reads that this machine slows down, and a stream that was not measured', () => {
  const probe = { streamBytesPerSecond: 6e8, smallReadNs: 1e6, roundTripNs: 9e5, openNs: 1e6, callsPerOpen: 2 };
  assert.equal(ills({ probe: { ...probe, streamBytesPerSecond: 2e9, roundTripNs: 1e5 } }), ['small reads note']);
  assert.equal(ills({ probe: { ...probe, streamBytesPerSecond: null } }), ['one stream unknown']);
  const open = examined(nfsFacts({ probe })).find(({ check }) => check === 'open and close');
  assert.is(open?.value, '1 ms, 2.0 calls');
});

test('of other file systems, memory and what is not mounted yet are bad', () => {
  const on = (fileSystem: string) => {
    const facts = [...nfsFacts({}), TARGET.state(targetOf({ fileSystem })), NFS.state(null), MOUNTING.state(null)];
    return examined(facts).map(({ check: name, severity }) => `${name} ${severity}`);
  };
  for (const line of ['file system good', 'space good', 'files good', 'memory note']) {
    assert.ok(on('xfs').includes(line), line);
  }
  assert.not.ok(on('xfs').some((line) => /^(?:version|transfer size|connections|volume) /.test(line)));
  assert.is(on('tmpfs')[0], 'file system bad');
  assert.is(on('autofs')[0], 'file system bad');
  assert.is(on('overlay')[0], 'file system note');
});

test('a volume’s settings are unknown until a source states them, and never good before', () => {
  const volumeOf = (...facts: StatedFact[]) =>
    examined([...nfsFacts({}), ...facts]).find((finding) => finding.check === 'volume');
  assert.is(volumeOf()?.severity, 'unknown');
  assert.is(volumeOf()?.value, 'burst credits, tiering, efficiency and snapshots are only visible in the AWS API');
  assert.is(
    volumeOf(VOLUME.missing('no permission: fsx:DescribeVolumes'))?.value,
    'no permission: fsx:DescribeVolumes',
  );
  assert.is(volumeOf(VOLUME.state(volumeAnswer()))?.severity, 'good');
});

test('another source states a fact of its own, and a row of its own reads it', () => {
  const THROUGHPUT = new Fact<{ readonly bytesPerSecond: number }>('file system throughput');
  const row = check('throughput capacity', { target: TARGET, throughput: THROUGHPUT }, ({ target, throughput }) =>
    throughput.bytesPerSecond < 1e9 ? ['bad', `${throughput.bytesPerSecond} B/s for ${target.name}`] : null,
  );
  const found = (...facts: StatedFact[]) => diagnose([...nfsFacts({}), ...facts], [row]);
  const finding = { check: 'throughput capacity', reason: null, remedy: null };
  assert.equal(found(), [{ ...finding, severity: 'unknown', value: 'not available' }]);
  assert.equal(found(THROUGHPUT.missing('no answer')), [{ ...finding, severity: 'unknown', value: 'no answer' }]);
  assert.equal(found(THROUGHPUT.state(null)), []);
  assert.equal(found(THROUGHPUT.state({ bytesPerSecond: 2e9 })), []);
  assert.equal(found(THROUGHPUT.state({ bytesPerSecond: 1e8 })), [
    { ...finding, severity: 'bad', value: '100000000 B/s for t' },
  ]);
  assert.equal(diagnose([THROUGHPUT.state({ bytesPerSecond: 1 }), TARGET.state(null)], [row]), []);
});

test('every check has a name of its own', () => {
  assert.is(new Set(CHECKS.map(({ name }) => name)).size, CHECKS.length);
});

test.run();
