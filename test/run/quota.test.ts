// ci

/** A quota that is used up, as real quotas of a file system report it: what is advised helps. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate, type Outcome } from '../support/feedrate-cli.js';
import { withQuotas } from '../support/loop-device.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { withTmpfs } from './place.js';

const test = suite('run/quota');

const WORKLOAD = `
name: w
trials: {rounds: 1}
jobs:
  read: {rw: read, bs: 64KiB, size: 64KiB}
`;
const METADATA = `
name: m
trials: {rounds: 1}
jobs:
  files: {kind: metadata, nrfiles: 20000}
`;

interface Place {
  readonly directory: string;
  readonly mounted: string;
  readonly run: (...args: readonly string[]) => Outcome;
  /** Limits what the target `t` or the results `r` may hold. */
  readonly limit: (name: string, bytes: string) => void;
  /** Writes to one of them until its quota is used up. Returns the file. */
  readonly fill: (name: string) => string;
}

function withPlace(use: (place: Place) => void): Promise<void> {
  return withTemporaryDirectory((directory) =>
    withQuotas(directory, ['t', 'r'], (mounted, limit) => {
      mkdirSync(join(directory, 'own'));
      writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
      writeFileSync(join(directory, 'm.yaml'), METADATA);
      const run = (...args: readonly string[]) => feedrate(args, directory);
      const fill = (name: string): string => {
        const file = join(mounted, name, 'fill');
        spawnSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=4k', 'count=16k']);
        // Until it is written, btrfs reserves more than it takes.
        spawnSync('sync', ['-f', file]);
        spawnSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=4k', 'count=16k', 'oflag=append', 'conv=notrunc']);
        spawnSync('sync', ['-f', file]);
        return file;
      };
      use({ directory, mounted, run, limit, fill });
    }),
  );
}

/** Frees the space that a quota counts. */
function free(file: string): void {
  rmSync(file);
  spawnSync('sync', ['-f', join(file, '..')]);
}

test('a target', () =>
  withPlace(({ run, limit, fill }) => {
    const line = ['run', 'w.yaml', '-t', 'mounted/t', '-o', 'own'];
    const refusal =
      /\(EDQUOT\): this user's quota on its file system is used up; free some space, or have the quota raised/;
    limit('t', '2M');
    const file = fill('t');
    const refused = run(...line);
    assert.is(refused.status, 2, refused.stdout);
    assert.match(refused.stderr, refusal);
    limit('t', 'none');
    assert.is(run(...line).status, 0, 'the quota is raised');
    limit('t', '2M');
    free(file);
    const freed = run(...line);
    assert.is(freed.status, 0, freed.stderr);
  }));

test('files that are laid out', () =>
  withPlace(({ run, limit }) => {
    const line = ['run', 'w.yaml', '-t', 'mounted/t', '-o', 'own', '--set'];
    limit('t', '2M');
    const refused = run(...line, 'size=8MiB');
    assert.is(refused.status, 5, refused.stdout);
    const advice = /: EDQUOT in p?write; free some space, have the quota raised, or use smaller files/;
    assert.match(refused.stderr, advice);
    const smaller = run(...line, 'size=128KiB');
    assert.is(smaller.status, 0, smaller.stderr);
    limit('t', '32M');
    const raised = run(...line, 'size=8MiB');
    assert.is(raised.status, 0, raised.stderr);
  }));

test('files of a metadata job', () =>
  withPlace(({ run, limit }) => {
    const line = ['run', 'm.yaml', '-t', 'mounted/t', '-o', 'own'];
    limit('t', '2M');
    const refused = run(...line);
    assert.is(refused.status, 5, refused.stderr);
    assert.match(refused.stdout, /EDQUOT: a quota of bytes or files is used up; use a smaller nrfiles/);
    const followed = run(...line, '--set', 'nrfiles=20');
    assert.is(followed.status, 0, followed.stderr);
  }));

test('results, and an exported file', () =>
  withPlace(({ run, limit, fill }) => {
    const line = ['run', 'w.yaml', '-t', 'mounted/t', '-o'];
    limit('r', '600K');
    const file = fill('r');
    const advice = 'free some space or have the quota raised; otherwise choose another directory with -o';
    const refused = run(...line, 'mounted/r');
    assert.is(refused.status, 2, refused.stdout);
    assert.match(refused.stderr, new RegExp(`\\(EDQUOT: disk quota exceeded, .*\\); ${advice}\n$`));
    assert.is(run(...line, 'own').status, 0, 'another directory');
    const page = ['export', '--format', 'csv', '--results', 'own', '-o'];
    const unwritten = run(...page, 'mounted/r/a.csv');
    assert.match(
      unwritten.stderr,
      /\(EDQUOT: .*free some space or have the quota raised; otherwise name another file\n$/,
    );
    assert.is(run(...page, 'own/a.csv').status, 0, 'another file');
    free(file);
    const freed = run(...line, 'mounted/r');
    assert.is(freed.status, 0, freed.stderr);
    fill('r');
    limit('r', 'none');
    assert.is(run(...line, 'mounted/r').status, 0, 'the quota is raised');
    assert.is(run(...page, 'mounted/r/a.csv').status, 0);
  }));

test('results on a file system without space', () =>
  withTemporaryDirectory(async (directory) => {
    for (const name of ['t', 'r', 'own']) mkdirSync(join(directory, name));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    await withTmpfs(join(directory, 'r'), 'size=4m', () => {
      spawnSync('dd', ['if=/dev/zero', `of=${join(directory, 'r', 'fill')}`, 'bs=1M']);
      const line = ['run', 'w.yaml', '-t', 't', '-o'];
      const refused = feedrate([...line, 'r'], directory);
      assert.is(refused.status, 2, refused.stdout);
      assert.match(refused.stderr, /\(ENOSPC: .*\); free some space, or choose another directory with -o\n$/);
      assert.is(feedrate([...line, 'own'], directory).status, 0);
      rmSync(join(directory, 'r', 'fill'));
      assert.is(feedrate([...line, 'r'], directory).status, 0);
    });
  }));

test('results while a run measures: the rest is saved elsewhere', () =>
  withPlace(({ run, limit }) => {
    limit('r', '600K');
    const ended = run('run', 'w.yaml', '-t', 'mounted/t', '-o', 'mounted/r', '--set', 'trials.rounds=400');
    assert.is(ended.status, 5, ended.stderr);
    assert.match(ended.stderr, /EDQUOT: disk quota exceeded/);
    const [, saved = ''] = /print the report with: feedrate show (\S+)/.exec(ended.stderr) ?? [];
    assert.is(run('show', saved).status, 0, ended.stderr);
    rmSync(join(saved, '..'), { recursive: true });
  }));

test.run();
