/** What stands in place of a file is named, and nothing waits for it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTextFile } from '../../src/host/system/regular-file.js';
import { forEachLine } from '../../src/store/lines.js';
import { inShell } from '../support/feedrate-cli.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('host/regular-file');

test('a file is read, also through a link', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'f');
    writeFileSync(path, 'text\n');
    symlinkSync('f', join(directory, 'link'));
    assert.is(readTextFile(path), 'text\n');
    assert.is(readTextFile(join(directory, 'link')), 'text\n');
    assert.throws(() => readTextFile(path, 4), 'it is 5 B long, expected at most 4 B');
  }));

test('a directory, a pipe, a socket and a device are refused at once', () =>
  withTemporaryDirectory(async (directory) => {
    const at = (name: string) => join(directory, name);
    mkdirSync(at('directory'));
    execFileSync('mkfifo', [at('pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    symlinkSync('/dev/zero', at('device'));
    symlinkSync('loop', at('loop'));
    for (const name of ['directory', 'pipe', 'socket', 'device'])
      assert.throws(() => readTextFile(at(name)), `it is a ${name}, expected a regular file`);
    assert.throws(() => readTextFile(at('loop')), /^ELOOP/);
    assert.throws(() => readTextFile(at('missing')), /^ENOENT/);
    server.close();
  }));

test('a line that no memory holds is null, and the lines around it are whole', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'lines');
    writeFileSync(path, 'one\ntwo\n');
    truncateSync(path, 200 * 2 ** 20);
    writeFileSync(path, '\nthree\n', { flag: 'a' });
    const lines: (string | null)[] = [];
    forEachLine(path, (line) => lines.push(line));
    assert.equal(lines, ['one', 'two', null, 'three']);
  }));

test('a workload may come from a pipe that the shell opened, but not from a named one', () =>
  withTemporaryDirectory((directory) => {
    const workload = 'name: w\njobs: { r: { rw: read, bs: 4k, size: 1m } }';
    const dryRun = '-t . --dry-run';
    const piped = inShell(`feedrate run <(printf '${workload}') ${dryRun}`, directory);
    assert.is(piped.status, 0, piped.stderr);
    const stdin = inShell(`printf '${workload}' | feedrate run /dev/stdin ${dryRun}`, directory);
    assert.is(stdin.status, 0, stdin.stderr);
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    const named = inShell(`feedrate run pipe ${dryRun}`, directory);
    assert.is(named.status, 2);
    assert.is(
      named.stderr,
      'feedrate: cannot read the workload pipe: it is a pipe, expected a regular file; give the path of a .yaml file, or a name from this list: feedrate workloads\n',
    );
  }));

test.run();
