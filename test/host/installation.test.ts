import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkedOutCommit } from '../../src/host/system/installation.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('installation');

/** Runs git in a directory, apart from the user's settings; returns what it printed. */
function git(directory: string, ...parameters: string[]): string {
  needTool('git');
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const result = spawnSync('git', ['-C', directory, ...identity, ...parameters], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

function withRepository(work: (root: string) => void): void {
  withTemporaryDirectory((directory) => {
    const root = join(directory, 'repository');
    mkdirSync(root);
    git(root, 'init', '-q', '-b', 'topic/one');
    work(root);
  });
}

test('reads a branch, loose and packed, and a detached HEAD', () => {
  withRepository((root) => {
    assert.is(checkedOutCommit(root), null, 'no commit yet');
    git(root, 'commit', '-q', '--allow-empty', '-m', 'first');
    const first = git(root, 'rev-parse', 'HEAD');
    assert.is(checkedOutCommit(root), first);
    git(root, 'tag', '-a', 'v1', '-m', 'annotated');
    git(root, 'branch', 'one');
    git(root, 'pack-refs', '--all');
    assert.is(checkedOutCommit(root), first);
    git(root, 'commit', '-q', '--allow-empty', '-m', 'second');
    assert.is(checkedOutCommit(root), git(root, 'rev-parse', 'HEAD'), 'loose wins over packed');
    git(root, 'checkout', '-q', '--detach', first);
    assert.is(checkedOutCommit(root), first);
  });
});

test('reads the branch of a worktree', () => {
  withRepository((root) => {
    git(root, 'commit', '-q', '--allow-empty', '-m', 'first');
    const tree = join(root, '..', 'tree');
    git(root, 'worktree', 'add', '-q', '-b', 'side', tree);
    git(tree, 'commit', '-q', '--allow-empty', '-m', 'on the side');
    assert.is(checkedOutCommit(tree), git(tree, 'rev-parse', 'HEAD'));
    assert.is.not(checkedOutCommit(tree), checkedOutCommit(root));
    git(root, 'pack-refs', '--all');
    assert.is(checkedOutCommit(tree), git(tree, 'rev-parse', 'HEAD'));
  });
});

test('is null outside a repository, below its root and with nonsense', () => {
  withTemporaryDirectory((directory) => {
    assert.is(checkedOutCommit(directory), null);
    writeFileSync(join(directory, '.git'), 'nonsense');
    assert.is(checkedOutCommit(directory), null);
    mkdirSync(join(directory, 'r/.git'), { recursive: true });
    writeFileSync(join(directory, 'r/.git/HEAD'), 'nonsense\n');
    assert.is(checkedOutCommit(join(directory, 'r')), null);
  });
});

test.run();
