/** `--remount` where it cannot be had: one line, and nothing was measured. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { confinedFeedrate } from '../support/confined.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/remount');

const workloadOf = (cache: string) => `name: r\njobs: {r: {rw: read, bs: 4k, size: 4k, cache: ${cache}}}\n`;

function refused(message: RegExp, cache: string, ...options: string[]): Promise<void> {
  return withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'w.yaml'), workloadOf(cache));
    const { status, stdout, stderr } = feedrate(['run', 'w.yaml', '-t', '.', '--remount', ...options], directory);
    assert.equal([status, stdout], [2, '']);
    assert.equal(readdirSync(directory), ['w.yaml']);
    assert.match(stderr, message);
  });
}

const needRoot = () => {
  if (process.geteuid?.() !== 0) skipTest('as root only the target is refused');
};

test('a target that is no NFS mount is refused, before anything is written', async () => {
  needRoot();
  const message = /^feedrate: target \S+: \/\S* cannot be remounted: it is \w+, not NFS\n$/;
  for (const options of [[], ['--dry-run']]) await refused(message, 'cold', ...options);
});

test('nothing to remount is an error', async () => {
  needRoot();
  const message = /^feedrate: --remount has no effect: no job reads with cache: cold\n$/;
  await refused(message, 'warm');
  await refused(message, 'cold', '--engine', 'simulated');
});

test('an ordinary user is told what to do instead', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(join(directory, 'w.yaml'), workloadOf('cold'));
    const confinement = { memlockBytes: 8 * 2 ** 20 };
    const { status, stderr } = confinedFeedrate(['run', 'w.yaml', '-t', '.', '--remount'], directory, confinement);
    assert.is(status, 2);
    assert.match(stderr, /^feedrate: --remount requires root\. Remove it, or use cache: direct, [^\n]*\n$/);
  }));

test.run();
