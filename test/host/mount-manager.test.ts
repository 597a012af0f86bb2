/** Who makes a mount: the doctor prints a command only if nobody else does. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mountUnitOf } from '../../src/base/mount-unit.js';
import { isServedHere, type MountSources, mountingOf } from '../../src/host/mount-manager.js';
import { findMount, type Mount, parseMountinfo } from '../../src/host/system/mountinfo.js';
import { fixturePath } from '../support/repository.js';
import { skipTest } from '../support/skip.js';

const test = suite('host/mount-manager');

const NOTHING: MountSources = { fstab: '', units: [], addresses: [] };
const ROOT = '20 1 259:1 / / rw - xfs /dev/nvme0n1p1 rw';
const nfs = (at: string, more: { readonly parent?: number; readonly source?: string; readonly addr?: string } = {}) =>
  `30 ${more.parent ?? 20} 0:40 / ${at} rw,relatime - nfs4 ${more.source ?? 'svm-1:/train'} rw,vers=4.1,addr=${more.addr ?? '198.19.255.180'}`;

function managed(path: string, lines: readonly string[], sources: Partial<MountSources> = {}): string | null {
  const mounts = parseMountinfo([ROOT, ...lines].join('\n'));
  return mountingOf(findMount(mounts, path) as Mount, mounts, { ...NOTHING, ...sources }).managed;
}

test('a mount that a command made is changed by a command', () => {
  assert.is(managed('/mnt/a', [nfs('/mnt/a')]), null);
  assert.is(managed('/mnt/a', [nfs('/mnt/a'), nfs('/mnt/b').replace('30 ', '31 ')]), null, 'mounted twice');
  assert.is(
    managed('/mnt/a', [nfs('/mnt/a')], {
      fstab: '# svm-1:/train /mnt/a nfs4 hard 0 0\nsvm-1:/train /mnt/ab nfs4 hard 0 0\n/dev/sda1 /mnt/a ext4 ro 0 0\n',
    }),
    null,
  );
});

test('each program that makes mounts is named, with its own way', () => {
  const container = '40 20 259:1 /var/lib/x/hosts /etc/hosts rw - xfs /dev/nvme0n1p1 rw';
  for (const [path, lines, sources, way] of [
    [
      '/mnt/a',
      [nfs('/mnt/a')],
      { fstab: 'svm-1:/train\t/mnt/a/  nfs4 vers=4.1,_netdev 0 0\n' },
      /^change its line in \/etc\/fstab, then run: umount \/mnt\/a && mount \/mnt\/a$/,
    ],
    [
      '/mnt/a b',
      [nfs('/mnt/a\\040b')],
      { fstab: 'svm-1:/train /mnt/a\\040b nfs vers=3' },
      /then run: umount '\/mnt\/a b' && mount '\/mnt\/a b'$/,
    ],
    [
      '/efs',
      [nfs('/efs', { source: '127.0.0.1:/', addr: '127.0.0.1' })],
      { fstab: 'fs-1:/ /efs efs tls,_netdev 0 0' },
      /fstab \(type efs\), then run: umount \/efs && mount \/efs$/,
    ],
    [
      '/mnt/a',
      [nfs('/mnt/a')],
      { units: ['mnt-a.mount'] },
      /^change Options= in mnt-a\.mount, then run: systemctl daemon-reload && systemctl restart mnt-a\.mount$/,
    ],
    [
      '/mnt/a',
      ['29 20 0:50 / /mnt/a rw - autofs systemd-1 rw', nfs('/mnt/a', { parent: 29 })],
      { fstab: 'svm-1:/train /mnt/a nfs4 noauto,x-systemd.automount 0 0' },
      /^change its line in \/etc\/fstab, then run: systemctl daemon-reload && systemctl restart mnt-a\.mount$/,
    ],
    [
      '/fsx/train',
      ['29 20 0:50 / /fsx rw - autofs /etc/auto.fsx rw', nfs('/fsx/train', { parent: 29 })],
      {},
      /^change them in the automounter's map \(\/etc\/auto\.fsx\), then run: systemctl reload autofs && umount \/fsx\/train$/,
    ],
    [
      '/var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pv/mount',
      [nfs('/var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pv/mount')],
      {},
      /mountOptions in the PersistentVolume/,
    ],
    ['/var/lib/docker/volumes/v/_data', [nfs('/var/lib/docker/volumes/v/_data')], {}, /create it with other options/],
    ['/opt/ml/input/data/train', [nfs('/opt/ml/input/data/train')], {}, /^SageMaker makes this mount/],
    ['/data', [container, nfs('/data')], {}, /where the volume of this container is declared/],
    ['/efs', [nfs('/efs', { source: '127.0.0.1:/', addr: '127.0.0.1' })], {}, /tunnel or proxy on this machine/],
    ['/efs', [nfs('/efs', { addr: '10.0.0.9' })], { addresses: ['10.0.0.9'] }, /tunnel or proxy on this machine/],
    ['/data', [nfs('/data', { source: ':/export' })], {}, /^the source :\/export names no server/],
    ['/mnt/a', [nfs('/mnt/a'), '31 30 0:51 / /mnt/a/x rw - tmpfs none rw'], {}, /\/mnt\/a\/x is mounted below it/],
    [
      '/mnt/a/x',
      [nfs('/mnt/a'), nfs('/mnt/a/x', { parent: 30 }).replace('30 ', '31 ')],
      {},
      /inside another NFS mount/,
    ],
    ['/mnt/a', [nfs('/mnt/a').replace(' / /mnt', ' /shards /mnt')], {}, /bind mount of \/shards/],
  ] as const)
    assert.match(managed(path, lines, sources) ?? 'a command', way);
});

test('the mounts of a real table', () => {
  const mounts = parseMountinfo(readFileSync(fixturePath('host', 'ec2-nfs.mountinfo'), 'utf8'));
  const of = (path: string) => mountingOf(findMount(mounts, path) as Mount, mounts, NOTHING);
  assert.match(of('/fsx/train').managed ?? '', /automounter's map \(\/etc\/auto\.fsx\)/);
  assert.match(of('/home/ec2-user/data').managed ?? '', /bind mount of \/imagenet\/shards/);
  assert.is(of('/mnt/nfs3').managed, null);
  assert.match(of('/mnt/nfs3').options.join(','), /mountaddr=10\.0\.0\.7,mountvers=3,mountport=635,mountproto=udp/);
});

test('a server on this machine is found by every form of its address', () => {
  const served = (source: string, addr: string) =>
    isServedHere(parseMountinfo(nfs('/a', { source, addr }))[0] as Mount, ['10.0.0.9', 'fe80::1']);
  for (const [source, addr] of [
    ['127.0.0.1:/', '127.0.0.1'],
    ['127.0.0.53:/', '127.0.0.53'],
    ['localhost:/a', '127.0.0.1'],
    ['[::1]:/a', '::1'],
    ['proxy:/a', '::ffff:127.0.0.1'],
    ['me:/a', '10.0.0.9'],
    ['[fe80::1%eth0]:/a', 'fe80::1%eth0'],
  ] as const)
    assert.is(served(source, addr), true, source);
  for (const [source, addr] of [
    ['fs1:/a', '192.0.2.6'],
    ['[2001:db8::1]:/a', '2001:db8::1'],
    ['localhost.example.com:/a', '192.0.2.6'],
    ['128.127.0.1:/127.0.0.1:/x', '128.127.0.1'],
  ] as const)
    assert.is(served(source, addr), false, source);
});

test('units are named as systemd names them', () => {
  const paths = ['/mnt/a', '/mnt/a b', '/mnt/a-b/c', '/.hidden/x', '/mnt/ü', '/a:b_c.d/$x', '//mnt//a/'];
  const { stdout, error } = spawnSync('systemd-escape', ['-p', '--suffix=mount', ...paths], { encoding: 'utf8' });
  if (error !== undefined) skipTest('systemd-escape is missing', 'tool');
  assert.equal(paths.map(mountUnitOf).join(' '), stdout.trim());
});

test.run();
