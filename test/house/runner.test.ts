import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fixturePath } from '../support/repository.js';

const runnerPath = fileURLToPath(new URL('../run.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'feedrate-runner-'));
const logPath = join(folder, 'order.log');
// The runner puts a package below its root.
for (const root of ['runner', 'runner-long']) cpSync(fixturePath(root), join(folder, root), { recursive: true });

interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly lastLine: string;
}

function runFixtures(filters: string[], env: NodeJS.ProcessEnv = {}, root = 'runner'): Promise<Outcome> {
  const args = [runnerPath, '--root', join(folder, root), '--limit-ms', '2000', ...filters];
  const settings = { ...process.env, CI: '', FEEDRATE_ALLOW_SKIPS: '', RUNNER_LOG: logPath, ...env };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env: settings }, (_error, text) => {
      resolve({ status: child.exitCode ?? -1, text, lastLine: text.trimEnd().split('\n').at(-1) ?? '' });
    });
  });
}

/** Each trap, what its file's line counts, and what is printed below it. */
const TRAPS: readonly (readonly [file: string, counts: string, message: string])[] = [
  ['assertion', '1 passed, 1 failed', '++··"blockBytes":·8192'],
  ['undiffable', '1 passed, 1 failed', 'actual: Symbol(read)'],
  ['forgotten-run', '1 passed, 1 failed', 'suite "second": .run() was forgotten'],
  ['before-throws', '0 passed, 3 failed', 'hooks: before threw Error: no disk to set up'],
  ['before-each-throws', '0 passed, 1 failed', "threw 'no disk to set up', which is not an Error"],
  ['after-throws', '1 passed, 1 failed', 'hooks: after threw Error: cannot clean up'],
  ['after-each-throws', '2 passed, 2 failed', 'hooks: after.each threw Error: cannot clean up'],
  ['non-error', '1 passed, 1 failed', 'threw undefined, which is not an Error'],
  ['only', '2 passed, 1 failed', 'some: alone: .only is left in'],
  ['skip', '1 passed, 1 failed', 'some: left out: .skip is left in'],
  ['never-settles', '0 passed, 1 failed', 'in the midst of: waiting: for nothing'],
  ['held-wait', '1 passed, 1 failed', '"waiting: with an open handle" did not end within 2 s'],
  ['endless-loop', '0 passed, 1 failed', 'hung: looping: never yields'],
  ['early-exit', '0 passed, 1 failed', 'ended (exit 0) in the midst of: leaving: ends the process'],
  ['late-rejection', '1 passed, 1 failed', 'exit status 1 after its tests had passed'],
  ['broken-import', '0 passed, 1 failed', 'ERR_MODULE_NOT_FOUND'],
  ['no-tests', '0 passed, 1 failed', 'no test in this file'],
];

const runner = suite('runner');

runner('good tests pass', async () => {
  const { status, text, lastLine } = await runFixtures(['good']);
  assert.is(lastLine, '2 passed, 0 failed');
  assert.match(text, '✔ good.test.mjs  2 passed');
  assert.is(status, 0);
});

runner('every trap of uvu is a failure that says what happened', async () => {
  const { status, text, lastLine } = await runFixtures(TRAPS.map(([file]) => `${file}.test`));
  for (const [file, counts, message] of TRAPS) {
    const start = text.lastIndexOf(`✘ ${file}.test.mjs  ${counts}  (`);
    assert.ok(start >= 0, `${file}: expected "${counts}" in\n${text}`);
    const block = text.slice(start).split(/\n(?! {2}\|)/)[0] ?? '';
    assert.ok(block.includes(message), `${file}: expected "${message}" in\n${block}`);
  }
  const failed = TRAPS.reduce((sum, [, counts]) => sum + Number(/(\d+) failed/.exec(counts)?.[1]), 0);
  assert.match(lastLine, `, ${failed} failed`);
  assert.is(status, 1);
});

runner('files of pure rooms share a process, and each has its own result whatever another does', async () => {
  const { text, lastLine } = await runFixtures(['shared-']);
  assert.match(text, /✔ base\/shared-a.*1 passed {2}/);
  assert.not.match(text, 'of the first');
  const failures = text.slice(text.lastIndexOf('✘ base/shared-b'));
  const [second = '', third = ''] = failures.split('✘ base/shared-c');
  assert.match(second, 'of the second');
  assert.match(
    second,
    'FAIL  ended (exit 0) in the midst of: second: ends the process (in a process with shared-a.test',
  );
  assert.match(third, '0 passed, 1 failed');
  assert.match(third, 'of the third');
  assert.is(lastLine, '1 passed, 2 failed');
});

runner('finding no test is a failure', async () => {
  const { status, text, lastLine } = await runFixtures(['no-such-file']);
  assert.match(text, 'has no-such-file in its path');
  assert.is(lastLine, '0 passed, 1 failed');
  assert.is(status, 1);
});

runner('skips are counted and say why', async () => {
  const { status, text, lastLine } = await runFixtures(['skipped']);
  assert.match(text, '! skipped  skipping: needs root: not root');
  assert.is(lastLine, '1 passed, 0 failed, 2 skipped');
  assert.is(status, 0);
});

runner('in CI a missing tool is a failure, unless allowed', async () => {
  const strict = await runFixtures(['skipped'], { CI: 'true' });
  assert.match(strict.text, '✘ NOT RUN  skipping: needs fio: fio is not installed');
  assert.is(strict.lastLine, '1 passed, 1 failed, 1 skipped');
  assert.is(strict.status, 1);
  const allowed = await runFixtures(['skipped'], { CI: 'true', FEEDRATE_ALLOW_SKIPS: '1' });
  assert.is(allowed.lastLine, '1 passed, 0 failed, 2 skipped');
  assert.is(allowed.status, 0);
});

runner('long files run only when they are asked for', async () => {
  const usual = await runFixtures([], {}, 'runner-long');
  assert.match(usual.text, '✔ short.test.mjs');
  assert.is(usual.lastLine, '1 passed, 0 failed');
  const asked = await runFixtures(['.test'], {}, 'runner-long');
  assert.is(asked.lastLine, '3 passed, 0 failed');
});

runner('short forms of long suites run in CI and with --all; elsewhere they are named', async () => {
  const usual = await runFixtures([], {}, 'runner-long');
  assert.match(usual.text, 'not run: ci.test.mjs, which CI runs, and --all\n');
  for (const other of [
    await runFixtures([], { CI: 'true' }, 'runner-long'),
    await runFixtures(['--all'], {}, 'runner-long'),
  ])
    assert.is(other.lastLine, '2 passed, 0 failed');
});

runner('files that wait run beside the others, serial ones last and alone', async () => {
  const { status, text } = await runFixtures(['order-']);
  assert.is(status, 0, text);
  const lines = readFileSync(logPath, 'utf8').trimEnd().split('\n');
  assert.is(lines.filter((line) => line.endsWith('parallel')).length, 4);
  assert.is(lines.filter((line) => line.endsWith('waiting')).length, 2);
  assert.equal(lines.slice(6), ['begin serial', 'end serial', 'begin serial', 'end serial']);
});

runner.after(() => rmSync(folder, { recursive: true }));
runner.run();
