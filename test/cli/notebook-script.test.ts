/** `feedrate notebook script`: what is printed, written and refused. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/notebook-script');
const TARGET = ['-t', 'svm-1.fs-1.fsx.us-east-1.amazonaws.com:/train'];

test('the script on stdout, in a file and as base64 is the same, and a stub has its hash', () =>
  withTemporaryDirectory((directory) => {
    const script = (...words: readonly string[]) => {
      const answer = feedrate(['notebook', 'script', ...TARGET, ...words], directory);
      assert.equal([answer.status, answer.stderr], [0, '']);
      return answer.stdout;
    };
    const printed = script();
    assert.match(printed, /^#!\/bin\/bash\n/);
    assert.match(printed, /\nexit 0\n$/);
    assert.is(script('--out', 'deep/on-start.sh'), '');
    assert.is(readFileSync(join(directory, 'deep/on-start.sh'), 'utf8'), printed);
    assert.is(Buffer.from(script('--base64'), 'base64').toString(), printed);
    assert.is(statSync(join(directory, 'deep/on-start.sh')).isFile(), true);
    const hash = createHash('sha256').update(printed).digest('hex');
    assert.ok(script('--stub', 's3://bucket/on-start.sh').includes(` s3://bucket/on-start.sh ${hash} `));
    for (const kind of ['fstab', 'systemd']) assert.match(script('--as', kind), /nofail/);
    assert.match(script('--for', 'hyperpod-on-init-complete'), /ubuntu/);
  }));

test('a script that SageMaker would refuse is refused as base64 and warned of otherwise, with its size', () =>
  withTemporaryDirectory((directory) => {
    const many = Array.from({ length: 60 }, (_, index) => ['-t', `svm:/volume_${index}`]).flat();
    const words = ['notebook', 'script', ...many];
    const warned = feedrate(words, directory);
    assert.is(warned.status, 0);
    const [, count] =
      /^feedrate: the script has (\d+) characters as base64, and SageMaker accepts 16384; .*--stub s3/.exec(
        warned.stderr,
      ) ?? [];
    assert.is(Number(count), Buffer.from(warned.stdout).toString('base64').length);
    const refused = feedrate([...words, '--base64'], directory);
    assert.equal([refused.status, refused.stdout], [2, '']);
    assert.match(refused.stderr, new RegExp(`has ${count} characters`));
    assert.is(feedrate([...words, '--for', 'hyperpod-on-create'], directory).stderr, '');
    assert.is(feedrate([...words, '--base64', '--stub', 's3://bucket/on-start.sh'], directory).status, 0);
  }));

test('wrong options are one line with what is expected', () =>
  withTemporaryDirectory((directory) => {
    const cases: readonly (readonly [words: readonly string[], message: RegExp])[] = [
      [['--tries', '0'], /--tries 0: expected a number from 1 to 10/],
      [['--mount-timeout', '1h'], /--mount-timeout 1h: expected a duration from 1s to 300s/],
      [['--read-ahead', 'much'], /--read-ahead much: expected a size from 4KiB to 1GiB, or none/],
      [['--user', 'a;b'], /--user a;b: expected the name of a user/],
      [['--feedrate', 'relative'], /--feedrate relative: expected s3:\/\/bucket\/key or an absolute path/],
      [['--feedrate', '/dir', '--feedrate-hash', 'a'.repeat(64)], /expected the 64 hexadecimal digits of an archive/],
      [['--feedrate-hash', 'ab'], /there is no --feedrate to check/],
      [['--stub', 'https://example.com/x'], /--stub https:\/\/example\.com\/x: expected s3/],
      [['--as', 'fstab', '--base64'], /--as fstab: --stub, --base64 and --feedrate belong to a script/],
    ];
    for (const [words, message] of cases) {
      const { status, stdout, stderr } = feedrate(['notebook', 'script', ...TARGET, ...words], directory);
      assert.equal([status, stdout], [2, ''], stderr);
      assert.match(stderr, message);
      assert.match(stderr, /^feedrate: .*\n$/);
    }
  }));

test.run();
