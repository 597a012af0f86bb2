import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../src/host/doctor.js';
import type { Patient } from '../../src/host/doctor-check.js';
import { remountLine, shellWord } from '../../src/host/nfs/mount-line.js';
import { parseMountstats } from '../../src/host/nfs/mountstats.js';
import { parseNfsOptions } from '../../src/host/nfs/nfs-options.js';
import type { NfsMount } from '../../src/record/nfs-mount.js';

const test = suite('host/doctor');
const GIB = 2 ** 30;

/** A mount that nothing is wrong with: the options as mountinfo shows them. */
const GOOD_OPTIONS = 'vers=4.1,rsize=1048576,wsize=1048576,hard,proto=tcp,nconnect=16,timeo=600,retrans=2,sec=sys';

const MOUNT: Omit<NfsMount, 'options'> = {
  ...{ service: 'fsx-ontap', serverImplementation: 'NetApp Release 9.14.1', ontapRelease: '9.14.1' },
  ...{ pnfs: 'LAYOUT_NFSV4_1_FILES', openTransports: 16, readAheadBytes: 15 * 2 ** 20 },
  limits: { tcpSlots: 2, tcpMaxSlots: 65_536, sessionSlots: 180 },
};

interface Changes {
  readonly options?: string;
  readonly mount?: Partial<NfsMount>;
  readonly patient?: Partial<Patient>;
}

/** READ: 1000 calls of 0.1 ms queue and 1 ms round trip. */
const statsOf = (read: string) =>
  parseMountstats(
    `device svm:/train mounted on /mnt/train with fstype nfs4 statvers=1.1\n\tage:\t10\n\tper-op statistics\n\t        READ: ${read}\n`,
  )[0] ?? null;
const GOOD_READS = '1000 1000 0 0 0 100 1000 1200 0';

function nfsPatient({ options = GOOD_OPTIONS, mount = {}, patient = {} }: Changes): Patient {
  return {
    target: {
      ...{ name: 't', path: '/mnt/train', fileSystem: 'nfs4', source: 'svm:/train', mountPoint: '/mnt/train' },
      ...{ options, device: '0:53', totalBytes: 100 * GIB, freeBytes: 50 * GIB },
      nfs: { ...MOUNT, options: parseNfsOptions(options.split(',')), ...mount },
    },
    stats: statsOf(GOOD_READS),
    probe: null,
    memoryBytes: 16 * GIB,
    files: { used: 10, total: 100 },
    ...patient,
  };
}

/** `check severity` of all that is not good, without what is always told. */
function ills(changes: Changes): string[] {
  return diagnose(nfsPatient(changes))
    .filter(({ severity, check }) => severity !== 'good' && check !== 'memory' && check !== 'volume')
    .map(({ check, severity }) => `${check} ${severity}`);
}

const remedyOf = (changes: Changes, check: string) =>
  diagnose(nfsPatient(changes)).find((finding) => finding.check === check)?.remedy ?? '';

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
    [{ patient: { stats: statsOf('1000 1000 0 0 0 5000 1000 6200 0') } }, 'slots bad'],
    [{ patient: { stats: statsOf('1000 1002 0 0 0 100 1000 1200 0') } }, 'retransmissions bad'],
    [{ patient: { stats: statsOf('1000 1001 0 0 0 100 1000 1200 0') } }, null],
    [{ patient: { stats: statsOf('1000 1001 1 0 0 100 1000 1200 0') } }, 'retransmissions bad'],
    [{ patient: { stats: null } }, 'retransmissions unknown'],
    [{ patient: { files: { used: 99, total: 100 } } }, 'files bad'],
  ] as const) {
    assert.equal(ills(changes), ill === null ? [] : [ill], ill ?? '');
  }
});

test('the remedy is the line to type, with what is kept', () => {
  assert.is(
    remedyOf(withOption('4.1', '4.0'), 'version'),
    'umount /mnt/train && mount -t nfs -o vers=4.1,rsize=1048576,wsize=1048576,nconnect=16,hard,proto=tcp svm:/train /mnt/train',
  );
  assert.is(
    remedyOf(withOption('rsize=1048576', 'rsize=65536'), 'transfer size').split(', then ')[0],
    'vserver nfs modify -vserver SVM -tcp-max-xfer-size 1048576',
  );
  assert.match(
    remedyOf({ mount: { readAheadBytes: 131_072 } }, 'read-ahead'),
    'echo 15360 > /sys/class/bdi/0:53/read_ahead_kb',
  );
  assert.match(remedyOf(withOption('hard', 'hard,noac'), 'attribute cache'), /^umount (?!.*noac)/);
});

test('words of a path that a shell would take apart are quoted', () => {
  assert.equal(['/mnt/a b', "it's", 'svm:/vol', ''].map(shellWord), ["'/mnt/a b'", "'it'\\''s'", 'svm:/vol', "''"]);
  const line = remountLine(
    { source: 'svm:/a b', mountPoint: '/mnt/$x' },
    parseNfsOptions(['vers=3', 'hard', 'sec=krb5', 'nocto']),
    { connections: 4 },
  );
  assert.is(line, "umount '/mnt/$x' && mount -t nfs -o vers=3,nconnect=4,hard,sec=krb5,nocto 'svm:/a b' '/mnt/$x'");
});

test('what was measured is told: a stream that one connection bounds, small reads that this machine slows down', () => {
  const probe = { streamBytesPerSecond: 6e8, smallReadNs: 1e6, roundTripNs: 9e5, openNs: 1e6, callsPerOpen: 2 };
  assert.equal(ills({ patient: { probe } }), ['one stream note']);
  assert.equal(ills({ patient: { probe: { ...probe, streamBytesPerSecond: 2e9, roundTripNs: 1e5 } } }), [
    'small reads note',
  ]);
  assert.equal(ills({ patient: { probe: { ...probe, streamBytesPerSecond: null } } }), ['one stream unknown']);
  const open = diagnose(nfsPatient({ patient: { probe } })).find(({ check }) => check === 'open and close');
  assert.is(open?.value, '1 ms, 2.0 calls');
});

test('of other file systems, memory and what is not mounted yet are bad', () => {
  const on = (fileSystem: string) => {
    const { nfs: _, ...target } = nfsPatient({}).target;
    return diagnose({ ...nfsPatient({}), target: { ...target, fileSystem } }).map(
      ({ check, severity }) => `${check} ${severity}`,
    );
  };
  assert.equal(on('xfs'), ['file system good', 'space good', 'files good', 'memory note']);
  assert.is(on('tmpfs')[0], 'file system bad');
  assert.is(on('autofs')[0], 'file system bad');
  assert.is(on('overlay')[0], 'file system note');
});

test.run();
