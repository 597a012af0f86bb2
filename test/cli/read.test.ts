import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { UserDataRecord } from '../../src/record/user-data-record.js';
import { feedrate } from '../support/command-thread.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/read');

/** One pass over the files, so that a run takes no time. */
const ONE_PASS = [
  '--set',
  'time_based=false',
  '--set',
  'numjobs=1',
  '--runtime',
  '1s',
  '--progress',
  'none',
  '-o',
  'r',
];

/** `a`, with 20 small files, and a FIFO. */
function withData(use: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'a', 'set'), { recursive: true });
    for (let i = 0; i < 20; i++) writeFileSync(join(directory, 'a', 'set', `${i}.jpeg`), Buffer.alloc(1000 + i, i));
    spawnSync('mkfifo', [join(directory, 'a', 'pipe')]);
    use(directory);
  });
}

interface Report {
  readonly environment: { readonly targets: readonly { readonly name: string; readonly userData?: UserDataRecord }[] };
  readonly arms: readonly { readonly arm: string }[];
}

const dataOf = (stdout: string) => (JSON.parse(stdout) as Report).environment.targets.map(({ userData }) => userData);

test('a directory: one line about the data, jobs that suit it, and a record of what was read', () =>
  withData((directory) => {
    const { status, stdout, stderr } = feedrate(['read', 'a', ...ONE_PASS, '--format', 'json'], directory);
    assert.is(status, 0, stderr);
    assert.match(
      stderr,
      '20 files, 19.7 KiB, half of them below 1 KiB: small files; reading them whole. One pass is too short',
    );
    const jobs = new Set((JSON.parse(stdout) as Report).arms.map(({ arm }) => arm.split('/')[0]));
    assert.equal([...jobs], ['whole-files', 'in-order']);
    const [data] = dataOf(stdout);
    assert.equal(
      [data?.path, data?.files, data?.bytes, data?.smallestBytes, data?.largestBytes, data?.notRead],
      ['.', 20, 20_190, 1000, 1019, [{ why: 'special', entries: 1, first: ['pipe'] }]],
    );
    assert.match(data?.digest ?? '', /^[0-9a-f]{64}$/);
    assert.equal(readdirSync(join(directory, 'a')).sort(), ['pipe', 'set'], 'nothing is left there');
    const shown = feedrate(['show', '-o', 'r'], directory).stdout;
    assert.match(shown, /data of a: 20 files, 19\.7 KiB \(1,?000 B to .*digest [0-9a-f]{8}\n/);
    assert.match(shown, 'not read of a: 1 FIFO, socket or device (pipe)');
  }));

test('the workload can be printed, changed and run as any other', () =>
  withData((directory) => {
    const options = ['--include', '**/1?.jpeg', '--include', '*.png', '--exclude', 'x y/*', '--limit', '5', '--follow'];
    const { status, stdout } = feedrate(['read', 'a', ...options, '--print-workload'], directory);
    assert.is(status, 0);
    assert.match(stdout, '# 5 files, ');
    assert.match(
      stdout,
      'dataset: {path: ".", include: ["**/1?.jpeg", "*.png"], exclude: ["x y/*"], follow: true, limit: 5}',
    );
    writeFileSync(join(directory, 'w.yaml'), stdout);
    const again = feedrate(['run', 'w.yaml', '-t', 'a', '--dry-run'], directory);
    assert.match(again.stderr, 'target a: reads .: 5 of 10 files');
    const dry = feedrate(['read', 'a', '--dry-run', '--set', 'whole-files.numjobs=2'], directory);
    assert.match(dry.stdout, /read: 2 arms[\s\S]*Nothing was written\./);
  }));

test('copies are compared file by file, and what not all of them have is told', () =>
  withData((directory) => {
    cpSync(join(directory, 'a', 'set'), join(directory, 'b', 'set'), { recursive: true });
    writeFileSync(join(directory, 'b', 'set', 'later\u001b[31m.jpeg'), 'x');
    writeFileSync(join(directory, 'b', 'set', '0.jpeg'), 'shorter');
    const { status, stdout, stderr } = feedrate(['read', 'a', 'copy=b', ...ONE_PASS, '--format', 'json'], directory);
    assert.is(status, 0, stderr);
    assert.match(stderr, 'target a: not read, because not every target has the same: 1 file, such as set/0.jpeg');
    assert.match(
      stderr,
      'target copy: not read, because not every target has the same: 2 files, such as set/0.jpeg, set/later\\u001b[31m.jpeg',
    );
    const [a, b] = dataOf(stdout);
    assert.equal([a?.files, b?.files], [19, 19]);
    assert.is(a?.digest, b?.digest);
    for (let i = 0; i < 11; i++) rmSync(join(directory, 'b', 'set', `${i}.jpeg`));
    const other = feedrate(['read', 'a', 'b', ...ONE_PASS], directory);
    assert.is(other.status, 2);
    assert.match(
      other.stderr,
      'targets a and b hold different data: of 20 files, 9 have the same path and size in all of them (not set/0.jpeg)',
    );
  }));

const ONE_JOB = 'name: one\ntrials: {rounds: 1}\ndataset: {path: set}\njobs: {files: {kind: small-files}}\n';

test('a run over other files is not compared: status 4, with what differs', () =>
  withData((directory) => {
    writeFileSync(join(directory, 'w.yaml'), ONE_JOB);
    const run = () =>
      assert.is(feedrate(['run', 'w.yaml', '-t', 'a', '-o', 'r', '--progress', 'none'], directory).status, 0);
    run();
    assert.is(feedrate(['baseline', 'save', 'main', '-o', 'r'], directory).status, 0);
    writeFileSync(join(directory, 'a', 'set', 'new'), Buffer.alloc(2000));
    run();
    const differs =
      /data differs \(20 files, 19\.7 KiB \([0-9a-f]{8}\) → 21 files, 21\.7 KiB \([0-9a-f]{8}\): 1 file more, 1\.95 KiB more\)/;
    for (const words of [
      ['gate', '--baseline', 'main'],
      ['compare', 'main', 'latest'],
    ]) {
      const { status, stdout } = feedrate([...words, '-o', 'r'], directory);
      assert.is(status, 4, words.join(' '));
      assert.match(stdout.replace(/\s+/g, ' '), differs);
    }
    assert.is.not(feedrate(['gate', '--baseline', 'main', '--ignore', 'data', '-o', 'r'], directory).status, 4);
  }));

test('what cannot be read is refused in one line', () =>
  withData((directory) => {
    mkdirSync(join(directory, 'empty'));
    writeFileSync(join(directory, 'nothing'), '');
    writeFileSync(join(directory, 'other'), 'x');
    for (const [words, message] of [
      [['missing'], /^feedrate: cannot read .*\/missing: ENOENT; name a directory, a file or a block device\n$/],
      [['a/pipe'], /^feedrate: .*\/a\/pipe: is no directory, file or block device/],
      [['empty'], /^feedrate: target empty: there is no file below .*\/empty/],
      [['nothing'], /^feedrate: nothing to read in .*\/nothing: the file is empty/],
      [
        ['other', 'nothing'],
        /^feedrate: other and nothing cannot be compared: one is the file other and one is the file nothing; name directories, or files with the same name/,
      ],
      [['a', '--include', '*.png'], /there is no file that include and exclude choose below .*\/a;/],
      [['a', '--limit', '0'], /^--limit: limit: 0 is too small; at least 1/],
      [[], /missing required argument 'path'/],
    ] as const) {
      const { status, stderr } = feedrate(['read', ...words, '-o', 'r', '--progress', 'none'], directory);
      assert.is(status, 2, `${words.join(' ')}: ${stderr}`);
      assert.match(stderr, message);
      assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
    }
  }));

test.run();
