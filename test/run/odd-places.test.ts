/** Places where Node or feedrate cannot work: each is named in one line, and nothing is left anywhere. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { environment, mainPath, TIMEOUT_MS } from '../support/feedrate-cli.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/odd-places');

const WORKLOAD = 'name: w\ntrials: {rounds: 1}\njobs: {a: {rw: read, bs: 4KiB, size: 4KiB}}\n';

/** Runs a shell script in which `$RUN` is the start of a run of `w.yaml`, in a directory with an empty target `t`. */
function inPlace(script: string, check: (stderr: string, directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    const RUN = `${process.execPath} ${mainPath} run ${join(directory, 'w.yaml')} --progress none`;
    const { status, stderr } = spawnSync('bash', ['-c', script], {
      ...{ encoding: 'utf8', cwd: directory, env: environment({ RUN }), timeout: TIMEOUT_MS },
    });
    assert.is(status, 2, stderr);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    check(stderr, directory);
    assert.equal(readdirSync(join(directory, 't')), []);
  });
}

test('the working directory has a name that is not UTF-8', () =>
  inPlace("mkdir bad$'\\xff' && cd bad$'\\xff' && exec $RUN -t ../t", (stderr, directory) => {
    assert.match(stderr, /^feedrate: run: the name of the working directory is not valid UTF-8 \(.*\); rename it/);
    assert.is(readdirSync(directory).length, 3);
  }));

test('an argument is not UTF-8', () =>
  inPlace(
    "$RUN -t t -o bad$'\\xff'; status=$?; $RUN -t t -o good --dry-run >/dev/null && exit $status",
    (stderr, directory) => {
      assert.match(stderr, /^feedrate: run: the argument bad\ufffd is not valid UTF-8; rename it, or use another one/);
      assert.is(readdirSync(directory).length, 2);
    },
  ));

test('a target is a link to a name that is not UTF-8', () =>
  inPlace("mkdir bad$'\\xff' && ln -s bad$'\\xff' link && exec $RUN -t link", (stderr) => {
    assert.match(stderr, /link leads to .*bad\ufffd, whose name is not valid UTF-8; rename that directory/);
  }));

test('the temporary directory is on a read-only file system: a run needs a target, and works with one', async () => {
  if (process.getuid?.() !== 0) skipTest('mounting needs root');
  needTool('unshare');
  const readOnly = (words: string) =>
    `mkdir ro && exec unshare -m sh -c 'mount -t tmpfs -o ro none ro && TMPDIR=$PWD/ro exec $RUN ${words}'`;
  await inPlace(readOnly(''), (stderr, directory) => {
    assert.match(stderr, /^feedrate: .*\/ro.*name a target with -t, or set TMPDIR/);
    assert.equal(readdirSync(directory).sort(), ['ro', 't', 'w.yaml']);
  });
  await withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    const { status, stderr } = spawnSync('bash', ['-c', readOnly('-t t -o r')], {
      ...{ encoding: 'utf8', cwd: directory, timeout: TIMEOUT_MS },
      env: environment({ RUN: `${process.execPath} ${mainPath} run w.yaml --progress none` }),
    });
    assert.is(status, 0, stderr);
  });
});

test('/proc is not mounted', () => {
  if (process.getuid?.() !== 0) skipTest('hiding /proc needs root');
  needTool('unshare');
  // The last line follows the advice: 3 is the status if that does not help.
  const script = `exec unshare -m sh -c '
    mount -t tmpfs none /proc
    $RUN -t t; status=$?
    mkdir after; cd after; mkdir t
    mount -t proc proc /proc && $RUN -t t >/dev/null 2>&1 && cd .. && rm -r after && exit $status
    exit 3'`;
  return inPlace(script, (stderr, directory) => {
    assert.match(stderr, /^feedrate: feedrate reaches files through \/proc, which is not mounted here; mount it/);
    assert.equal(readdirSync(directory).sort(), ['t', 'w.yaml']);
  });
});

test.run();
