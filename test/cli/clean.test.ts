/** `feedrate clean`: what it lists, asks, removes and leaves alone. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOwnDirectory, releaseOwnDirectory } from '../../src/host/files/own-directory.js';
import { withReadOnly } from '../run/place.js';
import { feedrate } from '../support/command-thread.js';
import { onTerminal } from '../support/feedrate-cli.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/clean');

/** A target with the scratch directory of a dead run (its holder is removed) and a data directory. */
function leaveBehind(target: string): void {
  for (const [run, kind] of [
    ['20261123T191203Z_quick_a1f3', 'scratch'],
    ['20261123T191203Z_quick_a1f3', 'data'],
  ] as const) {
    const path = createOwnDirectory({ path: target }, run, kind);
    releaseOwnDirectory(path, run);
    writeFileSync(join(path, 'file'), 'x'.repeat(8192));
  }
}

function withLeftovers(use: (target: string) => void): Promise<void> {
  return withTemporaryDirectory((target) => {
    leaveBehind(target);
    writeFileSync(join(target, 'mine.txt'), 'mine');
    use(target);
  });
}

const SCRATCH = '.feedrate-20261123T191203Z_quick_a1f3';
const ALL = ['.feedrate-20261123T191203Z_quick_a1f3', '.feedrate-data', 'mine.txt'];

test('clean lists, and without a terminal refuses to remove unless --yes says so', () =>
  withLeftovers((target) => {
    const refused = feedrate(['clean', '-t', target]);
    assert.is(refused.status, 2);
    assert.match(refused.stdout, new RegExp(`^${target}/${SCRATCH} .* left by run 20261123T191203Z_quick_a1f3$`, 'm'));
    assert.match(refused.stdout, new RegExp(`^${target}/.feedrate-data .* data files; later runs reuse them$`, 'm'));
    assert.match(refused.stderr, /^feedrate: clean: nothing was removed: .*--yes\n$/);
    assert.equal(readdirSync(target), ALL);
    const scratch = feedrate(['clean', '-t', target, '--yes']);
    assert.is(scratch.status, 0);
    assert.match(
      scratch.stdout,
      /\nremoved 1 directory, .*\ndata files were not removed; use --data to remove them\n$/,
    );
    assert.equal(readdirSync(target), ['.feedrate-data', 'mine.txt']);
    const data = feedrate(['clean', '-t', target, '--yes', '--data']);
    assert.match(data.stdout, /\nremoved 1 directory, [^\n]*\n$/);
    assert.equal(readdirSync(target), ['mine.txt']);
    assert.is(feedrate(['clean', '-t', target]).stdout, `no files of feedrate in ${target}\n`);
  }));

test('what a read-only file system keeps is removed by the commands that are printed', () =>
  withTemporaryDirectory(async (target) => {
    leaveBehind(target);
    writeFileSync(join(target, 'one.yaml'), 'name: one\njobs:\n  read: {rw: read, bs: 4KiB, size: 4KiB}\n');
    assert.is(feedrate(['prepare', join(target, 'one.yaml'), '-t', target, '--dataset-id', 'kept']).status, 0);
    const all = ['--data', '--dataset-id', 'kept', '--yes'];
    let refused = '';
    await withReadOnly(target, () => {
      refused = feedrate(['clean', '-t', target, ...all]).stderr;
    });
    const advice =
      /fix the cause \(its file system is read-only, [^()]*\), then remove the rest with: feedrate (clean .*)/g;
    const commands = [...refused.matchAll(advice)].map(([, words = '']) => words);
    assert.equal(
      commands,
      ['', ' --data', ' --dataset-id kept'].map((more) => `clean -t ${target}${more}`),
      refused,
    );
    for (const command of commands) assert.is(feedrate([...command.split(' '), '--yes']).status, 0);
    assert.equal(readdirSync(target), ['one.yaml']);
  }));

test('clean asks for leftovers and data apart', () => {
  needTool('python3');
  return withLeftovers((target) => {
    const answers = [
      ['runs that were killed', 'y\n'],
      ['data files, which later runs would', 'n\n'],
    ] as const;
    const { status, stdout } = onTerminal(['clean', '-t', target], { answers, columns: 160 });
    assert.is(status, 0, stdout);
    assert.match(stdout, /\r\nremoved 1 directory, /);
    assert.equal(readdirSync(target), ['.feedrate-data', 'mine.txt']);
  });
});

for (const [key, typed, expected] of [
  ['no answer', '\n', 0],
  ['Ctrl-C', '\x03', 130],
  ['Ctrl-D', '\x04', 130],
] as const) {
  test(`clean removes nothing on ${key}`, () => {
    needTool('python3');
    return withLeftovers((target) => {
      const answers = [
        ['runs that were killed', typed],
        ['data files, which later runs would', typed],
      ] as const;
      const { status, stdout } = onTerminal(['clean', '-t', target], { answers, columns: 160 });
      assert.is(status, expected, stdout);
      assert.equal(readdirSync(target), ALL);
    });
  });
}

test('clean leaves alone what a live run uses', () =>
  withTemporaryDirectory((target) => {
    createOwnDirectory({ path: target }, 'live', 'scratch');
    createOwnDirectory({ path: target }, 'live', 'data');
    const { status, stdout } = feedrate(['clean', '-t', target, '--yes', '--data', '--elsewhere']);
    assert.is(status, 0);
    assert.is(stdout.split('\n').filter((line) => line.endsWith('in use by a run; not removed')).length, 2, stdout);
    assert.match(stdout, /\nnothing was removed\n$/);
    assert.equal(readdirSync(target), ['.feedrate-data', '.feedrate-live']);
  }));

test('clean removes what cannot be judged only when told to', () =>
  withTemporaryDirectory((target) => {
    const path = createOwnDirectory({ path: target }, 'other', 'scratch');
    for (const name of readdirSync(path)) {
      const marker = JSON.parse(readFileSync(join(path, name), 'utf8'));
      writeFileSync(join(path, name), JSON.stringify({ ...marker, process: { ...marker.process, bootId: 'another' } }));
    }
    const kept = feedrate(['clean', '-t', target, '--yes', '--data']);
    assert.match(kept.stdout, /may still be in use\nnothing was removed\nfiles of other machines were not removed;/);
    assert.equal(readdirSync(target), ['.feedrate-other']);
    assert.is(feedrate(['clean', '-t', target, '--yes', '--elsewhere']).status, 0);
    assert.equal(readdirSync(target), []);
  }));

test.run();
