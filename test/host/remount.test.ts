// waits

/** Which mounts can be made anew, what is said of one that is not as it was, and of one that cannot be let go. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { holdersOf } from '../../src/host/nfs/holders.js';
import { mountDifferences, remount } from '../../src/host/nfs/remount.js';
import { remountObstacle, requireRemountable } from '../../src/host/remountable.js';
import { findMount, type Mount, mergedOptions, mountOf, parseMountinfo } from '../../src/host/system/mountinfo.js';
import { fixturePath } from '../support/repository.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('remount');

const ROOT = '20 1 259:1 / / rw - xfs /dev/nvme0n1p1 rw';
const NFS = (id: number, parent: number, at: string, device = '0:40') =>
  `${id} ${parent} ${device} / ${at} rw,relatime - nfs4 svm-1:/train rw,vers=4.1,addr=198.19.255.180`;

function obstacle(path: string, ...lines: string[]): string | null {
  const mounts = parseMountinfo([ROOT, ...lines].join('\n'));
  return remountObstacle(mounts, findMount(mounts, path) as Mount);
}

test('a mount by itself can be made anew', () => {
  assert.is(obstacle('/mnt/a/x', NFS(30, 20, '/mnt/a'), NFS(31, 20, '/mnt/b', '0:41')), null);
});

test('each mount that cannot says why', () => {
  for (const [path, lines, message] of [
    ['/home', [], /^it is xfs, not NFS$/],
    ['/mnt/a', [NFS(30, 20, '/mnt/a'), '31 30 0:50 / /mnt/a/x rw - tmpfs none rw'], /^\/mnt\/a\/x is mounted below it/],
    ['/mnt/a', ['29 20 0:50 / /mnt rw - autofs auto rw', NFS(30, 29, '/mnt/a')], /automounter .*autofs on \/mnt/],
    ['/mnt/a', ['29 20 0:50 / /mnt/a rw - autofs systemd-1 rw', NFS(30, 29, '/mnt/a')], /automounter/],
    ['/mnt/a', ['29 20 0:50 / /mnt/a rw - tmpfs none rw', NFS(30, 29, '/mnt/a')], /covers another mount/],
    ['/mnt/a/x', [NFS(30, 20, '/mnt/a'), NFS(31, 30, '/mnt/a/x', '0:41')], /inside another NFS mount \(\/mnt\/a\)/],
    ['/mnt/a', [NFS(30, 20, '/mnt/a'), NFS(31, 20, '/mnt/b')], /^\/mnt\/b shows the same file system/],
    ['/mnt/a', [NFS(30, 20, '/mnt/a').replace(' / /mnt', ' /shards /mnt')], /^it is a bind mount of \/shards/],
    ['/mnt/a', [NFS(30, 20, '/mnt/a'), '31 30 0:50 / /mnt/a rw - tmpfs none rw'], /^it is tmpfs, not NFS$/],
  ] as const)
    assert.match(obstacle(path, ...lines) ?? 'nothing', message);
});

test('the mounts of a real table that cannot be made anew are refused with the name of the target', () => {
  const mounts = parseMountinfo(readFileSync(fixturePath('host', 'ec2-nfs.mountinfo'), 'utf8'));
  for (const [path, message] of [
    ['/fsx/train', /^target t: \/fsx\/train cannot be remounted: an automounter mounted it \(autofs on \/fsx\)/],
    ['/home/ec2-user/data', /^target t: \/home\/ec2-user\/data cannot be remounted: /],
    ['nfs://svm/train?version=3', /^target t: nfs:\/\/svm\/train\?version=3 cannot be remounted: it has no mount/],
  ] as const) {
    assert.throws(
      () => requireRemountable({ name: 't', path }, mounts),
      (error: unknown) => error instanceof FeedrateError && error.code === 'target' && message.test(error.message),
    );
  }
});

test('what is not as it was is told by name', () => {
  const before = {
    fileSystem: 'nfs4',
    source: 'svm-1:/train',
    openTransports: 4,
    readAheadKib: 15360,
    options: ['rw', 'noatime', 'vers=4.1', 'rsize=65536', 'nocto'],
  };
  assert.equal(mountDifferences(before, { ...before, options: before.options.toReversed() }), []);
  const options = ['rw', 'noatime', 'vers=4.1', 'rsize=1048576', 'actimeo=7'];
  assert.equal(mountDifferences(before, { ...before, options, openTransports: 1, readAheadKib: 128 }), [
    'rsize changed from 65536 to 1048576',
    'nocto is missing',
    'actimeo=7 was added',
    'the number of connections changed from 4 to 1',
    'read_ahead_kb changed from 15360 to 128',
  ]);
});

/** A process that does something, for as long as the work takes. */
async function withChild(script: string, cwd: string, work: () => Promise<void> | void): Promise<void> {
  const child = spawn('sh', ['-c', `${script}; echo ready; exec sleep 100`], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(child.stdout, 'data');
    await work();
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

test('who uses a directory is found', () =>
  withTemporaryDirectory(async (temporary) => {
    const directory = realpathSync(temporary);
    const inside = join(directory, 'inside');
    mkdirSync(inside);
    writeFileSync(join(inside, 'file'), 'x');
    assert.equal(holdersOf(inside), []);
    await withChild('true', inside, () => {
      assert.match(holdersOf(inside).join(), /^\S+ \(process \d+, working directory\)$/);
      assert.equal(holdersOf(join(directory, 'ins')), []);
    });
    await withChild('exec 3<inside/file', directory, () => {
      assert.match(holdersOf(inside).join(), /^\S+ \(process \d+, open \/.*\/inside\/file\)$/);
    });
    assert.equal(holdersOf(inside), []);
  }));

/** A tmpfs is let go and made like an NFS mount, but for an option that only mount.nfs knows: so it does not come back. */
async function withTmpfs(work: (mounted: string) => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) skipTest('mounting takes root');
  await withTemporaryDirectory(async (temporary) => {
    const mounted = join(realpathSync(temporary), 'a mount');
    mkdirSync(mounted);
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'noatime,size=1m', 'none', mounted], {
      encoding: 'utf8',
    });
    if (status !== 0) skipTest(`tmpfs cannot be mounted here: ${stderr.trim()}`);
    try {
      await work(mounted);
    } finally {
      spawnSync('umount', [mounted]);
    }
  });
}

const failureOf = (path: string): Promise<string> =>
  remount(path, new AbortController().signal).then(
    () => 'it succeeded',
    (thrown: unknown) => (thrown as FeedrateError).message,
  );

test('a mount that is in use stays as it is, and its users are named', () =>
  withTmpfs(async (mounted) => {
    const before = mountOf(mounted);
    await withChild('true', mounted, async () => {
      const failure = await failureOf(mounted);
      assert.match(
        failure,
        /^cannot unmount \/.*\/a mount: .*busy; it is used by \S+ \(process \d+, working directory\); it/,
      );
    });
    assert.equal(mountOf(mounted), before);
    assert.not.match(await failureOf(mounted), /busy|it is used by/, 'once nobody uses it, it is let go');
  }));

test('a mount that does not come back is told with the line that brings it back', () =>
  withTmpfs(async (mounted) => {
    const before = mountOf(mounted) as Mount;
    const failure = await failureOf(mounted);
    assert.match(
      failure,
      /^\/.*\/a mount IS NO LONGER MOUNTED: mounting it again failed \(.+\); .* run: mount -t tmpfs /,
    );
    assert.is.not(mountOf(mounted)?.mountPoint, mounted);
    const line = failure.slice(failure.indexOf('mount -t '));
    assert.is(spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stderr, '');
    assert.is(mergedOptions(mountOf(mounted) as Mount), mergedOptions(before));
  }));

test.run();
