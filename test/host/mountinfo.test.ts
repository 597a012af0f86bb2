import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  findMount,
  type Mount,
  mergedOptions,
  mountOf,
  parseMountinfo,
  readMounts,
} from '../../src/host/system/mountinfo.js';
import { fixturePath } from '../support/repository.js';
import { needTool } from '../support/skip.js';
import { runChild } from './child.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('mountinfo');

const fixture = (name: string): Mount[] =>
  parseMountinfo(readFileSync(fixturePath('host', `${name}.mountinfo`), 'utf8'));
const sourceOf = (mounts: readonly Mount[], path: string): string | undefined => findMount(mounts, path)?.source;

test('reads every field of an NFS 4.1 mount', () => {
  const mount = findMount(fixture('ec2-nfs'), '/fsx/train/shard-0001.tar');
  assert.equal(mount, {
    id: 121,
    parentId: 118,
    device: '0:46',
    root: '/',
    mountPoint: '/fsx/train',
    options: ['rw', 'relatime'],
    fileSystem: 'nfs4',
    source: 'svm-0a1b2c3d4e5f60718.fs-0123456789abcdef0.fsx.us-east-1.amazonaws.com:/train',
    superOptions: [
      'rw',
      'vers=4.1',
      'rsize=262144',
      'wsize=262144',
      'namlen=255',
      'hard',
      'proto=tcp',
      'nconnect=16',
      'timeo=600',
      'retrans=2',
      'sec=sys',
      'clientaddr=10.0.12.34',
      'local_lock=none',
      'addr=198.19.255.180',
    ],
  });
});

test('skips any number of optional fields, none included', () => {
  const [none] = parseMountinfo('36 35 98:0 /mnt1 /mnt2 rw,noatime - ext3 /dev/root rw,errors=continue\n');
  assert.is(none?.fileSystem, 'ext3');
  const bind = findMount(fixture('ec2-nfs'), '/home/ec2-user/data');
  assert.is(bind?.fileSystem, 'nfs4');
  assert.is(bind?.root, '/imagenet/shards');
});

test('tells an autofs trigger from what it mounted', () => {
  const mounts = fixture('ec2-nfs');
  assert.is(findMount(mounts, '/fsx')?.fileSystem, 'autofs');
  assert.is(findMount(mounts, '/fsx/other')?.fileSystem, 'autofs');
  assert.is(findMount(mounts, '/fsx/train')?.fileSystem, 'nfs4');
});

test('decodes octal escapes', () => {
  const spaced = findMount(fixture('ec2-nfs'), '/mnt/local scratch/x');
  assert.is(spaced?.mountPoint, '/mnt/local scratch');
  const escaped = findMount(fixture('container-overlay'), '/data 1\\b\tx/file');
  assert.is(escaped?.root, '/srv/dataset 1\\b\tx');
});

test('an overlay root whose parent is out of sight', () => {
  const mounts = fixture('container-overlay');
  assert.is(findMount(mounts, '/tmp/x')?.fileSystem, 'overlay');
  assert.is(findMount(mounts, '/dev/shm/x')?.source, 'shm');
  assert.is(findMount(mounts, '/dev/shmx')?.mountPoint, '/dev');
});

test('the mount on top wins, and what a mount over a parent hides does not count', () => {
  const mounts = fixture('overmounts');
  assert.is(sourceOf(mounts, '/data'), 'second');
  assert.is(sourceOf(mounts, '/data/x/y'), 'second');
  assert.is(sourceOf(mounts, '/data/deep/x'), 'deep-on-second');
  assert.is(sourceOf(mounts, '/data/lost'), 'second');
  assert.is(sourceOf(mounts, '/a/b/c'), 'over-a');
  assert.is(sourceOf(mounts, '/databas'), '/dev/vda');
  assert.is(sourceOf(mounts, '/database'), 'longer-name');
  assert.is(sourceOf(mounts, '/'), '/dev/vda');
});

test('an empty source is a field, too', () => {
  const mount = findMount(fixture('overmounts'), '/no-source');
  assert.is(mount?.source, '');
  assert.equal(mount?.superOptions, ['rw']);
});

test('without a root mount the last one on the longest prefix wins', () => {
  const mounts = fixture('overmounts').filter((mount) => mount.mountPoint !== '/');
  assert.is(sourceOf(mounts, '/data/deep/x'), 'deep-on-second');
  assert.is(sourceOf(mounts, '/data/x'), 'second');
  assert.is(sourceOf(mounts, '/elsewhere'), undefined);
});

test('leaves out lines of another form', () => {
  assert.equal(parseMountinfo('\nnonsense\n1 2 3\n36 35 98:0 / /x rw\n'), []);
});

test('merged options are read-only when mount or file system is', () => {
  const bind = findMount(fixture('ec2-nfs'), '/home/ec2-user/data') as Mount;
  assert.ok(mergedOptions(bind).startsWith('ro,nosuid,relatime,vers=4.1,rsize=262144,'));
  const nvme = findMount(fixture('ec2-nfs'), '/mnt/local scratch') as Mount;
  assert.is(mergedOptions(nvme), 'rw,relatime,seclabel,stripe=32');
});

test('agrees with the kernel about the mount of an open file', () => {
  for (const path of ['/', '/proc/self', '/sys', '/dev', '/dev/shm', '/dev/pts', tmpdir(), homedir(), process.cwd()]) {
    const fd = openSync(path, 'r');
    try {
      const mountId = /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
      assert.is(String(mountOf(path)?.id), mountId, path);
    } finally {
      closeSync(fd);
    }
  }
});

test('resolves symbolic links, and the parent of a path that does not exist', () => {
  withTemporaryDirectory((directory) => {
    symlinkSync('/dev/shm', join(directory, 'link'));
    assert.is(mountOf(join(directory, 'link'))?.mountPoint, '/dev/shm');
    assert.is(mountOf(join(directory, 'link', 'not', 'there'))?.mountPoint, '/dev/shm');
  });
});

test('agrees with findmnt', () => {
  needTool('findmnt');
  for (const path of ['/', tmpdir(), '/dev/shm', '/proc', '/sys']) {
    const result = spawnSync('findmnt', ['-J', '-T', path, '-o', 'TARGET,SOURCE,FSTYPE,OPTIONS'], { encoding: 'utf8' });
    const { filesystems } = JSON.parse(result.stdout) as { filesystems: { [column: string]: string }[] };
    const mount = mountOf(path) as Mount;
    const mine = { target: mount.mountPoint, fstype: mount.fileSystem, options: mergedOptions(mount) };
    const { source: _, ...theirs } = filesystems.at(-1) ?? {};
    assert.equal(mine, theirs, path);
  }
});

test('a mount over a mount over a hidden one, on this machine', () => {
  withTemporaryDirectory((directory) => {
    for (const name of ['a', 'a/b', 'with space']) mkdirSync(join(directory, name));
    const shell = `mount -t tmpfs inner $D/a/b && mount -t tmpfs one $D/a && mount -t tmpfs two $D/a &&
      mkdir $D/a/b && mount -t tmpfs spaced "$D/with space"`;
    const text = `
      const { mountOf } = await host('system/mountinfo');
      answer([D, D + '/a', D + '/a/b', D + '/with space'].map((path) => mountOf(path).source));`;
    const [, ...sources] = runChild(text, { shell, directory }) as string[];
    assert.equal(sources, ['two', 'two', 'spaced']);
  });
});

test('this process has mounts', () => {
  assert.ok(readMounts().some((mount) => mount.mountPoint === '/proc'));
});

test.run();
