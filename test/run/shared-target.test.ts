/** Several users share a target: in a sticky directory such as /tmp, only the owner may change what somebody has made. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outcome } from '../support/feedrate-cli.js';
import { ALICE, BOB, feedrateAs } from '../support/other-users.js';
import { skipTest } from '../support/skip.js';
import { temporaryForCommands, withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/shared-target');

const DATA = '.feedrate-data';

const workload = (nrfiles: number) => `
name: shared
trials: {rounds: 1}
dataset: {nrfiles: ${nrfiles}, filesize: 4KiB}
jobs:
  read: {rw: read, bs: 4KiB}
`;

/** Where Alice has prepared two files, once for all tests. */
let prepared: string | null = null;

/** A sticky directory `t` that everybody may write to, with two files of Alice, and workloads of so many files beside it. */
function shared(use: (directory: string) => void): Promise<void> {
  if (process.getuid?.() !== 0) skipTest('becoming another user needs root');
  return withTemporaryDirectory((directory) => {
    chmodSync(directory, 0o755);
    for (const files of [2, 3, 1001]) writeFileSync(join(directory, `${files}.yaml`), workload(files));
    for (const name of ['t', 'r', 'another']) mkdirSync(join(directory, name));
    for (const name of ['t', 'r', 'another']) chmodSync(join(directory, name), 0o1777);
    if (prepared === null) {
      if (prepare(ALICE, 2, directory).status !== 0) skipTest('another user cannot run the built command');
      prepared = join(temporaryForCommands(), DATA);
      spawnSync('cp', ['-a', join(directory, 't', DATA), prepared]);
    } else spawnSync('cp', ['-a', prepared, join(directory, 't')]);
    use(directory);
  });
}

function prepare(user: number, files: number, directory: string, target = 't'): Outcome {
  return feedrateAs(user, ['prepare', `${files}.yaml`, '-t', target], directory);
}

test("another user's files are read if they suffice, and otherwise each user has a place", () =>
  shared((directory) => {
    const target = join(directory, 't');
    assert.match(prepare(BOB, 2, directory).stdout, /0 B written .* 8 KiB reused/);
    const run = feedrateAs(BOB, ['run', '3.yaml', '-t', 't', '-o', 'r', '--progress', 'none'], directory);
    assert.is(run.status, 0, run.stderr);
    assert.match(run.stderr, `belongs to uid ${ALICE} and lacks files of this plan; using ${DATA}-${BOB} instead`);
    assert.equal(readdirSync(target).sort(), [DATA, `${DATA}-${BOB}`]);
    assert.is(lstatSync(join(target, `${DATA}-${BOB}`)).uid, BOB);
    const cleaned = feedrateAs(BOB, ['clean', '-t', 't', '--data', '--yes'], directory);
    assert.is(cleaned.status, 0, cleaned.stderr);
    assert.match(cleaned.stdout, `data files of uid ${ALICE}; not removed`);
    assert.match(cleaned.stdout, /removed 1 directory, [1-9]/);
    assert.equal(readdirSync(target), [DATA]);
  }));

test("a folder that root has made in a user's directory does not stop the user", () =>
  shared((directory) => {
    // A second folder begins with the thousandth file.
    const second = join(directory, 't', DATA, 's42', '001');
    mkdirSync(second);
    assert.match(prepare(ALICE, 1001, directory).stderr, `${second} belongs to user root (uid 0) and lacks files`);
    assert.equal(readdirSync(second), []);
    assert.ok(existsSync(join(directory, 't', `${DATA}-${ALICE}`, 's42', '001', '001000-4096')));
  }));

test('what cannot be read is not called foreign, and clean says so', () =>
  shared((directory) => {
    chmodSync(join(directory, 't', DATA), 0o700);
    const cleaned = feedrateAs(BOB, ['clean', '-t', 't', '--yes'], directory);
    assert.is(cleaned.status, 2);
    assert.match(cleaned.stdout, `cannot be read, belongs to uid ${ALICE}; not removed`);
    assert.match(cleaned.stderr, `t/${DATA} belongs to uid ${ALICE}; run the same command as that user or as root`);
    assert.match(prepare(BOB, 2, directory).stderr, `belongs to uid ${ALICE} and cannot be read; using`);
    const hers = feedrateAs(ALICE, ['clean', '-t', 't', '--yes'], directory);
    assert.is(hers.status, 0, hers.stderr);
    mkdirSync(join(directory, 'closed'), { mode: 0o700 });
    chownSync(join(directory, 'closed'), ALICE, ALICE);
    const closed = feedrateAs(BOB, ['clean', '--yes'], directory, { TMPDIR: join(directory, 'closed') });
    assert.is(closed.status, 2);
    assert.match(closed.stderr, /closed belongs to uid \d+; run the same command as that user or as root\n$/);
    assert.is(feedrateAs(ALICE, ['clean', '--yes'], directory, { TMPDIR: join(directory, 'closed') }).status, 0);
  }));

test('a file of somebody else is read once the user has permission', () =>
  shared((directory) => {
    const file = join(directory, 't', 'data.bin');
    writeFileSync(file, Buffer.alloc(65_536, 1), { mode: 0o600 });
    const refused = feedrateAs(BOB, ['read', file, '--dry-run'], directory);
    assert.match(refused.stderr, /permission denied; give this user read permission on it\n$/);
    chmodSync(file, 0o644);
    assert.is(feedrateAs(BOB, ['read', file, '--dry-run'], directory).status, 0);
  }));

test('an immutable file is nobody else’s: its attribute is named, and without it the file is laid out and removed', () =>
  shared((directory) => {
    assert.is(prepare(BOB, 3, directory).status, 0);
    const file = join(directory, 't', `${DATA}-${BOB}`, 's42', '000', '000000-4096');
    writeFileSync(file, 'shorter');
    if (spawnSync('chattr', ['+i', file]).status !== 0) skipTest('files here have no attributes');
    const clean = ['clean', '-t', 't', '--data', '--yes'];
    try {
      const refused = prepare(BOB, 3, directory);
      assert.is(refused.status, 5);
      const advice = 'check attributes (lsattr) and the security policy';
      assert.match(refused.stderr, `${file} is this user's; ${advice}, or name another directory`);
      const cleaned = feedrateAs(BOB, clean, directory);
      assert.is(cleaned.status, 2);
      assert.match(cleaned.stderr, advice);
      assert.is(prepare(BOB, 3, directory, 'another').status, 0);
    } finally {
      spawnSync('chattr', ['-i', file]);
    }
    const followed = prepare(BOB, 3, directory);
    assert.is(followed.status, 0, followed.stderr);
    assert.is(feedrateAs(BOB, clean, directory).status, 0);
  }));

test('a link, or a directory of somebody else, in the place of a user is refused with its owner', () =>
  shared((directory) => {
    const place = join(directory, 't', `${DATA}-${BOB}`);
    symlinkSync(directory, place);
    const linked = feedrateAs(BOB, ['prepare', '3.yaml', '-t', 't'], directory);
    assert.is(linked.status, 2);
    assert.match(
      linked.stderr,
      /is a symbolic link.*belongs to user root \(uid 0\): have it moved away, or name another/,
    );
    spawnSync('rm', [place]);
    mkdirSync(place, { mode: 0o700 });
    const closed = feedrateAs(BOB, ['prepare', '3.yaml', '-t', 't'], directory);
    assert.is(closed.status, 2);
    assert.match(
      closed.stderr,
      new RegExp(`uid ${ALICE} and lacks.*user root \\(uid 0\\) and cannot be read; have them`),
    );
    assert.is(closed.stderr.trimEnd().split('\n').length, 1, closed.stderr);
    const elsewhere = feedrateAs(BOB, ['prepare', '3.yaml', '-t', 'another'], directory);
    assert.is(elsewhere.status, 0, elsewhere.stderr);
    // The owner of the files runs the command. Root's directory stays.
    const [, clean = ''] = /have them removed by their owners \(feedrate (.*)\), or/.exec(closed.stderr) ?? [];
    assert.match(feedrateAs(ALICE, [...clean.split(' '), '--yes'], directory).stdout, /^removed 1 directory, /m);
    assert.is(prepare(BOB, 3, directory).status, 0);
  }));

test.run();
