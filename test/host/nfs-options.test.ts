import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMountstats } from '../../src/host/nfs/mountstats.js';
import { isNfs, nfsServiceOf, ontapReleaseOf, parseNfsOptions } from '../../src/host/nfs/nfs-options.js';
import { describeNfsMount, nfsMountOf, statsOf } from '../../src/host/nfs/read-nfs.js';
import { findMount, parseMountinfo } from '../../src/host/system/mountinfo.js';
import { fixturePath } from '../support/repository.js';

const test = suite('nfs options');

const read = (name: string): string => readFileSync(fixturePath('host', name), 'utf8');
const options = (text: string) => parseNfsOptions(text.split(','));

test('what a 6.1 kernel negotiated, for each version', () => {
  const mounts = parseMountinfo(read('linux-6.1-nfs.mountinfo'));
  const negotiated = mounts.map(({ mountPoint, superOptions }) => {
    const { version, connections, readBytes } = parseNfsOptions(superOptions);
    return `${mountPoint} ${version} ${connections} ${readBytes}`;
  });
  assert.equal(negotiated.slice(0, 8), [
    '/mnt/nfs3 3 1 1048576',
    '/mnt/nfs3n4 3 4 1048576',
    '/mnt/nfs40 4.0 1 1048576',
    '/mnt/nfs40n4 4.0 4 1048576',
    '/mnt/nfs41 4.1 1 1048576',
    '/mnt/nfs41n4 4.1 4 1048576',
    '/mnt/nfs42 4.2 1 1048576',
    '/mnt/nfs42n4 4.2 4 1048576',
  ]);
});

test('every option in its unit', () => {
  const text =
    'rw,vers=4.2,rsize=65536,wsize=32768,acregmin=1,acregmax=2,acdirmin=4,acdirmax=5,softerr,nocto,proto=rdma,' +
    'nconnect=16,port=20049,timeo=50,retrans=5,sec=krb5p,clientaddr=10.0.0.1,fsc,lookupcache=pos,local_lock=flock,addr=10.0.0.2';
  assert.equal(options(text), {
    version: '4.2',
    readBytes: 65536,
    writeBytes: 32768,
    connections: 16,
    transport: 'rdma',
    port: 20049,
    security: 'krb5p',
    recovery: 'softerr',
    timeoutNs: 5e9,
    retransmissions: 5,
    attributeCache: { fileMinNs: 1e9, fileMaxNs: 2e9, directoryMinNs: 4e9, directoryMaxNs: 5e9 },
    attributeCaching: true,
    closeToOpen: false,
    lookupCache: 'positive',
    localLock: 'flock',
    serverAddress: '10.0.0.2',
    clientAddress: '10.0.0.1',
    localDiskCache: true,
  });
});

test('what the kernel leaves out is its default', () => {
  const { attributeCache, lookupCache, closeToOpen, connections, port } = options('rw,vers=3,hard');
  assert.equal(attributeCache, { fileMinNs: 3e9, fileMaxNs: 60e9, directoryMinNs: 30e9, directoryMaxNs: 60e9 });
  assert.equal([lookupCache, closeToOpen, connections, port], ['all', true, 1, null]);
  const noac = options('rw,sync,vers=3,acregmin=0,acregmax=0,acdirmin=0,acdirmax=0,noac,soft');
  assert.equal([noac.attributeCaching, noac.attributeCache.fileMaxNs, noac.recovery], [false, 0, 'soft']);
  assert.is(options('vers=4,minorversion=1').version, '4.1');
  assert.is(options('vers=4').version, '4.0');
  assert.is(options('rsize=many').readBytes, null);
});

test('tells services apart', () => {
  const svm = 'svm-0a1b2c3d4e5f60718.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com:/train';
  assert.is(nfsServiceOf(svm, null), 'fsx-ontap');
  assert.is(nfsServiceOf('fs-0123456789abcdef0.fsx.eu-west-1.amazonaws.com:/fsx', null), 'fsx');
  assert.is(nfsServiceOf('eu-west-1a.fs-01234567.efs.eu-west-1.amazonaws.com:/', null), 'efs');
  assert.is(nfsServiceOf('10.0.0.2:/vol', "name='NetApp Release 9.14.1P3'"), 'ontap');
  assert.is(nfsServiceOf('evil-svm-1.example.com:/a.efs.eu-west-1.amazonaws.com:/', null), 'other');
  assert.is(ontapReleaseOf("name='NetApp Release 9.14.1P3',domain='netapp.com'"), '9.14.1P3');
  assert.is(ontapReleaseOf("name='Linux 6.1'"), null);
});

test('file systems of a cloud machine are told apart; a tunnel of EFS by the state files of its helper', () => {
  const mounts = parseMountinfo(read('aws-file-systems.mountinfo'));
  const stateFiles = ['fs-0a1b2c3d4e5f60718.mnt.efs tls.20217', 'fs-0a1b2c3d4e5f60718.mnt.efs tls.20217+', 'watchdog'];
  const kindOf = (path: string): string => {
    const mount = findMount(mounts, path);
    assert.ok(mount);
    return isNfs(mount) ? describeNfsMount(mount, null, stateFiles).service : mount.fileSystem;
  };
  assert.equal(['/home', '/scratch/x', '/mnt/ssd', '/lustre/a', '/auto/key'].map(kindOf), [
    'xfs',
    'tmpfs',
    'ext4',
    'lustre',
    'autofs',
  ]);
  assert.equal(['/mnt/efs tls/a', '/mnt/efs', '/mnt/zfs', '/mnt/ontap', '/mnt/elsewhere'].map(kindOf), [
    'efs',
    'efs',
    'fsx',
    'fsx-ontap',
    'other',
  ]);
  const tunnel = findMount(mounts, '/mnt/efs tls');
  assert.ok(tunnel);
  assert.is(describeNfsMount(tunnel, null).service, 'other', 'who may not see the state files cannot tell');
});

test('a mount with its block of mountstats', () => {
  const mounts = parseMountinfo(read('linux-6.1-nfs.mountinfo'));
  const mount = findMount(mounts, '/mnt/nfs41n4/file');
  assert.ok(mount);
  const stats = statsOf(parseMountstats(read('linux-6.1.mountstats')), mount);
  const described = describeNfsMount(mount, stats);
  assert.equal([described.openTransports, described.pnfs, described.service], [4, 'not configured', 'other']);
  const unread = describeNfsMount(mount, null);
  assert.equal([unread.openTransports, unread.pnfs, unread.ontapRelease], [null, null, null]);
});

test('other file systems have no NFS part', () => {
  const [mount] = parseMountinfo('36 35 98:0 / / rw,noatime - ext4 /dev/root rw\n');
  assert.is(nfsMountOf(mount ?? null), null);
  assert.is(nfsMountOf(null), null);
});

test.run();
