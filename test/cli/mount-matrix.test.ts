/** `feedrate mount-matrix` where nothing can be mounted. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/mount-matrix');

test('a mount that fails is one line, and leaves no directory', () =>
  withTemporaryDirectory((directory) => {
    const temporary = join(directory, 'tmp');
    mkdirSync(temporary);
    writeFileSync(join(directory, 'w.yaml'), 'name: w\njobs: {a: {rw: read, size: 1MiB}}\n');
    const mounts = ['--mount', 'vers=4.2,retry=0', '--mount', 'vers=4.1,retry=0'];
    const words = ['mount-matrix', 'w.yaml', '--export', '127.0.0.1:/none', ...mounts, '--dry-run'];
    const { status, stdout, stderr } = feedrate(words, directory, { TMPDIR: temporary });
    assert.equal([status, stdout], [2, '']);
    assert.match(stderr, /^feedrate: cannot mount 127\.0\.0\.1:\/none with vers=4\.2,retry=0: \S.*\n$/);
    assert.not.match(stderr, 'dmesg');
    assert.equal(readdirSync(temporary), []);
    assert.equal(readdirSync(directory).sort(), ['tmp', 'w.yaml']);
  }));

test.run();
