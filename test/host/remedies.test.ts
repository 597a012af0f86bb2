/** What the messages about targets, mounts and feedrate's own files advise, followed to the letter. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { localStore } from '../../src/host/files/local-store.js';
import { openOwnFile } from '../../src/host/files/own-file.js';
import { parseNfsUrl } from '../../src/host/libnfs/nfs-url.js';
import { remountObstacle } from '../../src/host/remountable.js';
import { findMount, type Mount, parseMountinfo } from '../../src/host/system/mountinfo.js';
import { openTarget } from '../../src/host/target.js';
import { skipTest } from '../support/skip.js';
import { runChild } from './child.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('host/remedies');

/** Opens a target. Returns what is said, or `opened`. */
function opened(path: string, write = true): string {
  try {
    openTarget('t', path, { write });
    return 'opened';
  } catch (error) {
    return (error as Error).message;
  }
}

type Advice = readonly [says: RegExp, mend: (directory: string) => string];

/** A path in a directory, what is said of it, and the paths that follow the advice. */
const TARGETS: readonly (readonly [make: (directory: string) => string, ...advice: Advice])[] = [
  [
    (directory) => join(directory, 'a/b'),
    /create it first \(mkdir -p\), or check that the file system is mounted/,
    (directory) => {
      mkdirSync(join(directory, 'a/b'), { recursive: true });
      return join(directory, 'a/b');
    },
  ],
  [
    (directory) => {
      writeFileSync(join(directory, 'file'), '');
      return join(directory, 'file');
    },
    /is not a directory; name a directory/,
    (directory) => directory,
  ],
  [
    (directory) => {
      symlinkSync('loop', join(directory, 'loop'));
      mkdirSync(join(directory, 'real'));
      return join(directory, 'loop');
    },
    /its symbolic links form a loop; name the directory itself/,
    (directory) => join(directory, 'real'),
  ],
  [() => '/proc', /name a directory on a disk or a mount/, (directory) => directory],
  [
    (directory) => {
      const bad = Buffer.concat([Buffer.from(`${directory}/bad`), Buffer.from([0xff])]);
      mkdirSync(bad);
      symlinkSync(bad, join(directory, 'odd'));
      return join(directory, 'odd');
    },
    /rename that directory, or bind-mount it elsewhere/,
    (directory) => {
      const bad = Buffer.concat([Buffer.from(`${directory}/bad`), Buffer.from([0xff])]);
      renameSync(bad, join(directory, 'good'));
      rmSync(join(directory, 'odd'));
      symlinkSync('good', join(directory, 'odd'));
      return join(directory, 'odd');
    },
  ],
];

test('a target that was refused is opened after the advice', () => {
  for (const [make, says, mend] of TARGETS)
    withTemporaryDirectory((directory) => {
      assert.match(opened(make(directory)), says);
      assert.is(opened(mend(directory)), 'opened', String(says));
    });
});

test('a directory with the attribute that forbids changes is written to once it is gone', () =>
  withTemporaryDirectory((directory) => {
    const attribute = (change: string) => spawnSync('chattr', [change, directory]).status;
    if (attribute('+i') !== 0) skipTest('no test may set attributes of directories here');
    try {
      assert.match(opened(directory), /check attributes \(lsattr\) and the security policy, or name another directory/);
    } finally {
      attribute('-i');
    }
    assert.is(opened(directory), 'opened');
  }));

/** Opens `$D/m` in a mount namespace before and after a command that follows the advice. */
function openedAfter(shell: string, command: string): readonly string[] {
  let said: unknown;
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'm'));
    const text = `
      const { openTarget } = await host('target');
      const { spawnSync } = await import('node:child_process');
      const open = (write) => { try { openTarget('t', D + '/m', { write }); return 'opened'; } catch (error) { return error.message; } };
      const first = [open(true), open(false)];
      spawnSync('sh', ['-c', ${JSON.stringify(command)}], { stdio: 'inherit' });
      answer([...first, open(true)]);`;
    said = runChild(text, { directory, shell });
  });
  return said as string[];
}

test('a read-only file system is read only, or mounted with rw', () => {
  const [first = '', reading, after] = openedAfter('mount -t tmpfs -o ro x $D/m', 'mount -o remount,rw "$D/m"');
  assert.match(first, /remount it with rw, allow writing in its export, or run a workload that only reads/);
  assert.equal([reading, after], ['opened', 'opened']);
});

test('a full file system is written to once space and inodes are free', () => {
  const full = 'mount -t tmpfs -o size=64k x $D/m && { head -c 1M /dev/zero >$D/m/f 2>/dev/null || true; }';
  const crowded = 'mount -t tmpfs -o nr_inodes=3 x $D/m && touch $D/m/f $D/m/g';
  for (const shell of [full, crowded]) {
    const [first = '', , after] = openedAfter(shell, 'rm "$D/m/f"');
    assert.match(first, /free some space or inodes, or name another directory/);
    assert.is(after, 'opened');
  }
});

const ROOT = '20 1 259:1 / / rw - xfs /dev/nvme0n1p1 rw';
const nfs = (id: number, parent: number, at: string, device = '0:40', root = '/') =>
  `${id} ${parent} ${device} ${root} ${at} rw,relatime - nfs4 svm-1:/train rw,vers=4.1,addr=198.19.255.180`;

/** Mounts, what is said of the one at /mnt/a, and the mounts after the advice with the mount point to use then. */
const MOUNTS: readonly (readonly [lines: string[], says: RegExp, after: string[], path: string])[] = [
  [
    [nfs(30, 20, '/mnt/a'), '31 30 0:50 / /mnt/a/x rw - tmpfs none rw'],
    /unmount that first/,
    [nfs(30, 20, '/mnt/a')],
    '/mnt/a',
  ],
  [
    ['29 20 0:50 / /mnt rw - autofs auto rw', nfs(30, 29, '/mnt/a')],
    /mount the export by hand elsewhere/,
    [nfs(30, 20, '/srv/a')],
    '/srv/a',
  ],
  [
    ['29 20 0:50 / /mnt/a rw - tmpfs none rw', nfs(30, 29, '/mnt/a')],
    /unmount one of the two/,
    [nfs(30, 20, '/mnt/a')],
    '/mnt/a',
  ],
  [
    [nfs(29, 20, '/mnt'), nfs(30, 29, '/mnt/a', '0:41')],
    /mount it elsewhere/,
    [nfs(29, 20, '/mnt'), nfs(30, 20, '/srv/a', '0:41')],
    '/srv/a',
  ],
  [
    [nfs(30, 20, '/mnt/a', '0:40', '/shards')],
    /use the original mount instead/,
    [nfs(30, 20, '/mnt/o'), nfs(31, 20, '/mnt/b', '0:41', '/x')],
    '/mnt/o',
  ],
];

test('a mount that could not be remounted can be after the advice', () => {
  const obstacle = (lines: readonly string[], path: string) => {
    const mounts = parseMountinfo([ROOT, ...lines].join('\n'));
    return remountObstacle(mounts, findMount(mounts, path) as Mount);
  };
  for (const [lines, says, after, path] of MOUNTS) {
    assert.match(obstacle(lines, '/mnt/a') ?? 'nothing', says);
    assert.is(obstacle(after, path), null, String(says));
  }
});

test('what is in the place of a file of feedrate is removed, or its second name is', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'own');
    const open = () => {
      try {
        localStore.close(openOwnFile(path));
        return 'opened';
      } catch (error) {
        return (error as Error).message;
      }
    };
    mkdirSync(path);
    assert.match(open(), /does not touch it; remove it/);
    rmSync(path, { recursive: true });
    writeFileSync(path, 'x');
    assert.is(open(), 'opened');
    linkSync(path, join(directory, 'users'));
    assert.match(open(), /feedrate does not touch it; remove this name of it/);
    rmSync(path);
    writeFileSync(path, 'x');
    assert.is(open(), 'opened');
  }));

test('a URL with a path that climbs names the directory itself', () => {
  assert.throws(() => parseNfsUrl('nfs://fs1/data/../train'), /name the directory itself/);
  assert.is(parseNfsUrl('nfs://fs1/train').directory, '/train');
});

test.run();
