/** Results that a user may not read or change: each command names the owner and what helps, and that helps. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { passingName } from '../../src/host/files/own-names.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { ALICE, BOB, feedrateAs, shellAs } from '../support/other-users.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { skipTest } from '../support/skip.js';
import { startOfDay, storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/closed-results');

/** A directory with the results of Alice in `r`: two runs. */
function withResults(use: (directory: string, runs: readonly string[]) => void): Promise<void> {
  if (process.getuid?.() !== 0) skipTest('becoming another user needs root');
  return withTemporaryDirectory((directory) => {
    chmodSync(directory, 0o755);
    const runs = [1, 2].map((day) => {
      const run = makeRun([makeArm('read')], 1, startOfDay(day));
      return storeRun(join(directory, 'r'), run, [makeTrial(makeArm('read'), 1, 100)]);
    });
    give(join(directory, 'r'), ALICE);
    use(directory, runs);
  });
}

function give(path: string, user: number): void {
  spawnSync('chown', ['-R', `${user}:${user}`, path]);
}

const AS_OWNER = 'run the same command as that user or as root';

/** Commands that only need to read results. */
const READING = [
  'list -o r',
  'show -o r',
  'compare 0001 0002 -o r',
  'history -o r',
  'baseline list -o r',
  'report -o page.html --results r',
  'export --format csv -o page.csv --results r',
  'fsx tiering --restore -o r',
  'clean -o r --yes',
];

test('a closed results directory is named with its owner, who gets an answer from the same command', () =>
  withResults((directory) => {
    chmodSync(directory, 0o777);
    chmodSync(join(directory, 'r'), 0o700);
    for (const line of [...READING, 'baseline save main -o r', 'baseline remove main -o r']) {
      const refused = feedrateAs(BOB, line.split(' '), directory);
      assert.is(refused.status, 2, `${line}: ${refused.stdout}`);
      assert.match(refused.stderr, /EACCES/, line);
      assert.match(refused.stderr, new RegExp(`(^|[ /])r belongs to uid ${ALICE}; ${AS_OWNER}\n$`), line);
      assert.is(refused.stderr.split('\n').length, 2, refused.stderr);
      const followed = feedrateAs(ALICE, line.split(' '), directory);
      assert.is(followed.status, 0, `${line}: ${followed.stderr}`);
    }
  }));

test('the advice of an own directory without rights is a line that gives them', () =>
  withResults((directory, [run = '']) => {
    const name = basename(run);
    for (const closed of ['r', `r/${name}`, `r/${name}/run.json`]) {
      chmodSync(join(directory, closed), 0o000);
      const line = `compare ${name} 0002 -o r`;
      const refused = feedrateAs(ALICE, line.split(' '), directory);
      assert.is(refused.status, 2, `${closed}: ${refused.stdout}`);
      const [, advised = ''] = /; give this user permission with: (chmod u\+rwX [^;\n]+)/.exec(refused.stderr) ?? [];
      assert.match(advised, closed, refused.stderr);
      const followed = shellAs(ALICE, `${advised} && feedrate ${line}`, directory);
      assert.is(followed.status, 0, `${closed}: ${followed.stderr}`);
    }
  }));

test('a closed run is not called no run, and the other runs are used', () =>
  withResults((directory, [, closed = '']) => {
    chmodSync(closed, 0o700);
    const name = basename(closed);
    const listed = feedrateAs(BOB, ['list', '-o', 'r'], directory);
    assert.is(listed.status, 0, listed.stderr);
    assert.match(listed.stdout, /\b0001\b/);
    const told = `r: passed over ${name}, which cannot be read; r/${name} belongs to uid ${ALICE}; ${AS_OWNER}\n`;
    assert.is(listed.stderr, told);
    const named = feedrateAs(BOB, ['show', name, '-o', 'r'], directory);
    assert.is(named.status, 2);
    assert.match(named.stderr, `${name}: cannot be read; ${closed} belongs to uid ${ALICE}; ${AS_OWNER}`);
    assert.is(feedrateAs(ALICE, ['show', name, '-o', 'r'], directory).status, 0);
  }));

test('clean removes what it may, and names what it may not', () =>
  withResults((directory, [first = '', second = '']) => {
    const results = join(directory, 'r');
    chmodSync(results, 0o1777);
    chmodSync(first, 0o777);
    chmodSync(second, 0o700);
    const [mine, hers] = [first, results].map((place) => join(place, deadName(place === first)));
    writeFileSync(mine as string, '');
    chownSync(mine as string, BOB, BOB);
    mkdirSync(hers as string);
    chownSync(hers as string, ALICE, ALICE);
    const line = ['clean', '-o', 'r', '--yes'];
    const cleaned = feedrateAs(BOB, line, directory);
    assert.is(cleaned.status, 2);
    assert.not(existsSync(mine as string));
    assert.match(cleaned.stdout, /removed 1 file, 0 B/);
    assertBelongs(cleaned, `clean: cannot remove r/${basename(hers as string)}`);
    assertBelongs(cleaned, `clean: cannot read r/${basename(second)}`);
    const followed = feedrateAs(ALICE, line, directory);
    assert.is(followed.status, 0, followed.stderr);
    assert.equal(
      readdirSync(results).sort(),
      [first, second].map((run) => basename(run)),
    );
  }));

function assertBelongs({ stderr }: Outcome, what: string): void {
  const line = stderr.split('\n').find((each) => each.startsWith(what)) ?? '';
  assert.match(line, new RegExp(`belongs to uid ${ALICE}; ${AS_OWNER}$`), stderr);
}

/** The name of what a dead process left: a replaced file, or a run that never began. */
function deadName(isFile: boolean): string {
  const name = isFile ? passingName('replacement', 'run.json') : passingName('new');
  return name.replace(`${process.pid}-`, '4194304-');
}

test('own data files in a directory of somebody else are removed once their owner permits it', () =>
  withResults((directory) => {
    const target = join(directory, 't');
    mkdirSync(target, { mode: 0o777 });
    chmodSync(target, 0o777);
    writeFileSync(join(directory, 'w.yaml'), 'name: w\njobs:\n  read: {rw: read, bs: 4k, size: 4k}\n');
    const prepared = feedrateAs(BOB, ['prepare', 'w.yaml', '-t', 't'], directory);
    assert.is(prepared.status, 0, prepared.stderr);
    chmodSync(target, 0o755);
    give(join(directory, 'r'), BOB);
    chownSync(target, ALICE, ALICE);
    const line = ['clean', '-t', 't', '--data', '--yes'];
    const refused = feedrateAs(BOB, line, directory);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, `${target} belongs to uid ${ALICE}; ${AS_OWNER}`);
    const followed = feedrateAs(0, line, directory);
    assert.is(followed.status, 0, followed.stderr);
    assert.equal(readdirSync(target), []);
  }));

test('a file in the place of a results directory, and the directory that is meant', () =>
  withResults((directory) => {
    writeFileSync(join(directory, 'file'), '');
    const named = feedrateAs(BOB, ['list', '-o', 'file'], directory);
    assert.match(named.stderr, /ENOTDIR.*; name a directory\n$/);
    assert.is(feedrateAs(BOB, ['list', '-o', 'r'], directory).status, 0);
  }));

test.run();
