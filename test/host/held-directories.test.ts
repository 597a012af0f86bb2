import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError, systemFaultOf } from '../../src/base/errors.js';
import { localStore } from '../../src/host/files/local-store.js';
import { HeldTarget, mountIdsOf } from '../../src/host/held-target.js';
import { libc } from '../../src/host/system/libc.js';
import { PLANTED, stateOfFile } from '../support/planted.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('held directories');
const READ = { write: false, create: false, direct: false };
const CREATE = { write: true, create: true, direct: false };

/** A target that is held, with a directory of feedrate's in it, beside a user's file. */
function withHeld(work: (place: { target: string; own: string; mine: string }) => void): void {
  withTemporaryDirectory((directory) => {
    const target = join(directory, 'target');
    const own = join(target, '.feedrate-data');
    const mine = join(directory, 'mine');
    mkdirSync(own, { recursive: true });
    writeFileSync(mine, 'precious');
    const before = stateOfFile(mine);
    const held = localStore.hold(target);
    try {
      work({ target, own, mine });
    } finally {
      held.close();
    }
    assert.equal(stateOfFile(mine), before, 'the file of the user is as it was');
  });
}

function refusal(call: () => unknown): FeedrateError {
  try {
    call();
  } catch (thrown) {
    assert.instance(thrown, FeedrateError, String(thrown));
    return thrown as FeedrateError;
  }
  throw new Error('nothing was thrown');
}

function openFilesBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const to = readlinkSync(`/proc/self/fd/${fd}`);
      return to.startsWith(path) ? [to] : [];
    } catch {
      return [];
    }
  });
}

for (const how of ['step by step', 'with one system call']) {
  for (const { kind, words, plant } of PLANTED) {
    test(`${how}: a ${kind} in the place of a file is refused, and neither opened for long nor emptied`, () =>
      withHeld(({ own, mine }) => {
        if (how === 'with one system call') libc();
        const path = join(own, 'file');
        plant(path, mine);
        for (const flags of [READ, CREATE, { ...READ, write: true }]) {
          const error = refusal(() => localStore.open(path, flags));
          assert.match(error.message, words);
          assert.ok(error.message.startsWith(`${path} `), error.message);
          assert.not(error.message.includes('\n'));
          assert.is(systemFaultOf(error).path, path);
        }
        assert.is(localStore.readText(path) === null, kind !== 'hard link');
        assert.equal(openFilesBelow(path), []);
      }));
  }

  test(`${how}: a link in the place of a directory is followed by nothing`, () =>
    withHeld(({ target, own, mine }) => {
      const elsewhere = join(target, '..', 'elsewhere');
      mkdirSync(join(elsewhere, 'sub'), { recursive: true });
      writeFileSync(join(elsewhere, 'file'), 'precious, too');
      symlinkSync('../../elsewhere', join(own, 'way'));
      const path = join(own, 'way', 'file');
      const calls: (() => unknown)[] = [
        () => localStore.open(path, READ),
        () => localStore.open(join(own, 'way', 'new'), CREATE),
        () => localStore.status(path),
        () => localStore.writeNew(join(own, 'way', 'new'), 'x', 0o600),
        () => localStore.unlink(path),
        () => localStore.rename(path, join(own, 'stolen')),
        () => localStore.makeDirectories(own, join(own, 'way', 'new')),
        () => localStore.removeDirectory(join(own, 'way', 'sub')),
        () => localStore.removeTree(join(own, 'way', 'sub')),
        () => localStore.syncDirectory(join(own, 'way', 'sub')),
        () => localStore.names(join(own, 'way', 'sub')),
        () => localStore.hold(join(own, 'way', 'sub')),
      ];
      for (const call of calls) assert.match(refusal(call).message, `${join(own, 'way')} is a symbolic link`);
      writeFileSync(join(own, 'new'), 'x');
      assert.match(
        refusal(() => localStore.rename(join(own, 'new'), join(own, 'way', 'file'))).message,
        'is a symbolic link',
      );
      localStore.removeTree(join(own, 'way'));
      assert.not(existsSync(join(own, 'way')), 'the link itself is removed');
      assert.equal(readdirSync(elsewhere).sort(), ['file', 'sub']);
      assert.is(readFileSync(join(elsewhere, 'file'), 'utf8'), 'precious, too');
      assert.ok(existsSync(mine));
    }));
}

test('a relative path of one part means the entry, not the directory around it', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'here'));
    writeFileSync(join(directory, 'here', 'file'), 'x');
    const before = process.cwd();
    process.chdir(directory);
    try {
      assert.equal(localStore.names('here'), ['file']);
      assert.is(localStore.status('here')?.kind, 'directory');
      assert.is(localStore.readText('./here/file'), 'x');
    } finally {
      process.chdir(before);
    }
  }));

test('what takes the place of a held directory is never touched', () =>
  withHeld(({ target, own }) => {
    renameSync(target, `${target}-moved`);
    mkdirSync(own, { recursive: true });
    localStore.makeDirectories(own, join(own, 'a', 'b'));
    localStore.writeNew(join(own, 'a', 'b', 'file'), 'x', 0o600);
    assert.is(localStore.status(join(own, 'a', 'b', 'file'))?.bytes, 1);
    localStore.rename(join(own, 'a', 'b', 'file'), join(own, 'a', 'file'));
    assert.equal(readdirSync(own), []);
    assert.equal(readdirSync(join(`${target}-moved`, '.feedrate-data', 'a')).sort(), ['b', 'file']);
    localStore.removeTree(join(own, 'a'));
    assert.equal(readdirSync(join(`${target}-moved`, '.feedrate-data')), []);
  }));

test('nothing comes into being where a held directory was removed', () =>
  withHeld(({ target, own }) => {
    rmSync(target, { recursive: true });
    const isMissing = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code === 'ENOENT';
    for (const call of [
      () => localStore.makeDirectory(own),
      () => localStore.makeDirectories(own, join(own, 'a', 'b')),
      () => localStore.open(join(own, 'file'), CREATE),
      () => localStore.writeNew(join(target, '.feedrate-probe'), 'x', 0o600),
    ])
      assert.throws(call, isMissing);
    assert.not(existsSync(target));
  }));

test('directories that are made, removed and made again are found each time', () =>
  withHeld(({ own }) => {
    const path = join(own, 'a', 'b', 'file');
    for (let round = 0; round < 3; round++) {
      assert.is(localStore.status(path), null);
      localStore.makeDirectories(own, join(own, 'a', 'b'));
      assert.is(localStore.status(path), null);
      localStore.close(localStore.open(path, CREATE));
      assert.is(localStore.status(path)?.kind, 'file');
      localStore.rename(join(own, 'a'), join(own, 'c'));
      assert.is(localStore.status(path), null);
      assert.is(localStore.status(join(own, 'c', 'b', 'file'))?.kind, 'file');
      localStore.removeTree(join(own, 'c'));
    }
    assert.equal(readdirSync(own), []);
  }));

test('an existing file is emptied, and one in a directory that is not held needs no check', () =>
  withHeld(({ own, mine }) => {
    const path = join(own, 'file');
    writeFileSync(path, 'old content');
    localStore.close(localStore.open(path, CREATE));
    assert.is(readFileSync(path, 'utf8'), '');
    linkSync(mine, `${mine}-2`);
    localStore.close(localStore.open(mine, READ));
    localStore.close(localStore.open('/dev/zero', READ));
    rmSync(`${mine}-2`);
  }));

test('a file that feedrate opens is in blocking mode again, as io_uring needs it', () =>
  withHeld(({ own }) => {
    if (libc() === null) return;
    const fd = localStore.open(join(own, 'file'), CREATE);
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    localStore.close(fd);
    assert.is(Number.parseInt(flags ?? '', 8) & 0o4000, 0);
  }));

test('a mount in the place of a directory is no part of the target', () =>
  withHeld(({ own }) => {
    mkdirSync(join(own, 'mounted'));
    if (spawnSync('mount', ['-t', 'tmpfs', 'feedrate-test', join(own, 'mounted')]).status !== 0) return;
    try {
      writeFileSync(join(own, 'mounted', 'file'), 'x');
      assert.match(refusal(() => localStore.open(join(own, 'mounted', 'file'), READ)).message, 'is on another mount');
      assert.throws(() => localStore.removeTree(own));
      assert.equal(readdirSync(join(own, 'mounted')), ['file']);
    } finally {
      spawnSync('umount', [join(own, 'mounted')]);
    }
  }));

test('a target on another mount than when the run began is not held', () =>
  withTemporaryDirectory((directory) => {
    const target = { name: 't', path: directory };
    const { t = 0 } = mountIdsOf([target]);
    new HeldTarget(target, true, t).release();
    new HeldTarget(target, true, undefined).release();
    assert.match(
      refusal(() => new HeldTarget(target, true, t + 100_000)).message,
      `target t changed during the run: ${directory} is now on another mount than when the run began; `,
    );
    const gone = { name: 't', path: join(directory, 'gone') };
    assert.match(refusal(() => new HeldTarget(gone, true, t)).message, 'target t changed during the run: ');
    assert.equal(openFilesBelow(directory), []);
  }));

test('a target that is held again must show the same source', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'target');
    mkdirSync(path);
    const mount = (source: string) => spawnSync('mount', ['-t', 'tmpfs', source, path]).status === 0;
    if (!mount('one')) return;
    try {
      const held = new HeldTarget({ name: 't', path }, true, undefined);
      const anew = (source: string) => {
        held.release();
        assert.is(spawnSync('umount', [path]).status, 0, 'nothing keeps it busy');
        assert.ok(mount(source));
        held.holdAgain();
        held.requireUnchanged();
      };
      anew('one');
      assert.match(refusal(() => anew('two')).message, `${path} is now on two, and was on one`);
      held.release();
    } finally {
      spawnSync('umount', [path]);
    }
  }));

test.run();
