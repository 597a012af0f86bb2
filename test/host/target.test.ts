import { mkdirSync, readdirSync, realpathSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { createOwnDirectory } from '../../src/host/files/own-directory.js';
import { openTarget, statTarget } from '../../src/host/target.js';
import { runChild } from './child.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('target');

const refusal =
  (part: string) =>
  (error: unknown): boolean => {
    assert.instance(error, FeedrateError);
    assert.is((error as FeedrateError).code, 'target');
    assert.match((error as FeedrateError).message, part);
    return true;
  };

test('resolves links and relative paths, and leaves nothing behind', () => {
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'real'));
    symlinkSync('real', join(directory, 'link'));
    const real = realpathSync(join(directory, 'real'));
    assert.equal(openTarget('t', join(directory, 'link'), { write: true }), { name: 't', path: real });
    assert.is(openTarget('t', relative(process.cwd(), join(directory, 'link')), { write: false }).path, real);
    assert.equal(readdirSync(real), []);
  });
});

test('refuses what is no directory', () => {
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'file'), '');
    symlinkSync('loop', join(directory, 'loop'));
    const open = (path: string) => () => openTarget('fast', join(directory, path), { write: true });
    assert.throws(open('file'), refusal('target fast: '));
    assert.throws(open('file'), refusal('is not a directory; name a directory'));
    assert.throws(open('gone'), refusal('(ENOENT): it does not exist; create it first'));
    assert.throws(open('file/below'), refusal('(ENOTDIR)'));
    assert.throws(open('loop'), refusal('(ELOOP)'));
  });
});

test("refuses feedrate's own directories and what is in them", () => {
  withTemporaryDirectory((directory) => {
    const own = createOwnDirectory({ path: directory }, 'r', 'scratch');
    mkdirSync(join(own, 'deep/er'), { recursive: true });
    symlinkSync(join(own, 'deep'), join(directory, 'link'));
    for (const path of [own, join(own, 'deep/er'), join(directory, 'link')]) {
      assert.throws(
        () => openTarget('t', path, { write: false }),
        refusal(`is inside feedrate's directory ${own}: feedrate may remove its files; name ${directory}`),
      );
    }
    assert.is(openTarget('t', directory, { write: true }).path, directory);
  });
});

/** Opens `$D/m` in a child, as the user `uid`, and returns the message of the refusal, or `opened`. */
function openInChild(directory: string, shell: string | null, write = true, uid: number | null = null): string {
  const text = `
    const { openTarget } = await host('target');
    if (${uid} !== null && process.geteuid() === 0) process.setuid(${uid});
    try { openTarget('t', D + '/m', { write: ${write} }); answer('opened'); } catch (error) { answer(error.message); }`;
  return runChild(text, { directory, ...(shell === null ? {} : { shell }) }) as string;
}

test('a read-only file system can be read only', () => {
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'm'));
    const shell = 'mount -t tmpfs -o ro x $D/m';
    assert.is(openInChild(directory, shell, false), 'opened');
    assert.match(openInChild(directory, shell), 'cannot write in');
    assert.match(openInChild(directory, shell), '(EROFS): its file system is read-only');
  });
});

test('a full file system is told as such, and keeps no probe', () => {
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'm'));
    const fill = 'mount -t tmpfs -o size=64k x $D/m && { head -c 1M /dev/zero > $D/m/f 2>/dev/null || true; }';
    assert.match(openInChild(directory, fill), '(ENOSPC): its file system is full');
    const inodes = 'mount -t tmpfs -o nr_inodes=1 x $D/m';
    assert.match(openInChild(directory, inodes), '(ENOSPC): its file system is full');
  });
});

test("someone else's directory is told as such", () => {
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'm'), { mode: 0o555 });
    runChild(`(await import('node:fs')).chmodSync(D, 0o755); answer(1)`, { directory });
    assert.match(
      openInChild(directory, null, true, 65534),
      '(EACCES): permission denied; give this user write permission',
    );
    runChild(`(await import('node:fs')).chmodSync(D + '/m', 0o777); answer(1)`, { directory });
    assert.is(openInChild(directory, null, true, 65534), 'opened');
    runChild(`(await import('node:fs')).chmodSync(D + '/m', 0o700); answer(1)`, { directory });
    assert.match(
      openInChild(directory, null, false, 65534),
      '(EACCES): permission denied; give this user read and search permission',
    );
    runChild(`(await import('node:fs')).chmodSync(D + '/m', 0o755); answer(1)`, { directory });
    assert.is(openInChild(directory, null, false, 65534), 'opened');
  });
});

test('tells the size of the file system and what may be filled of it', () => {
  withTemporaryDirectory((directory) => {
    const { totalBytes, freeBytes } = statTarget({ path: directory });
    const { blocks, bsize } = statfsSync(directory);
    assert.is(totalBytes, blocks * bsize);
    assert.ok(freeBytes > 0 && freeBytes <= totalBytes);
  });
});

test.run();
