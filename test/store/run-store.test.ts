import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun, readTrials } from '../../src/store/read-run.js';
import { createRun, moveToFreeName, openRun } from '../../src/store/run-store.js';
import { feedrateError } from '../support/feedrate-error.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/run-store');
const arm = makeArm('randread', [{ name: 'bs', label: '4KiB' }]);
const running = makeRun([arm], 4, { status: 'running', endedAt: null, pid: process.pid, hostname: hostname() });

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

test('a run directory has its name, its files, and nothing else', async () => {
  await withTemporaryDirectory((parent) => {
    const results = join(parent, 'not', 'yet', 'there');
    const store = createRun(results, running, '/home/me');
    assert.match(basename(store.directory), /^20261123T191203Z_quick_[0-9a-f]{4}$/);
    assert.is(store.run.id, basename(store.directory));
    store.appendTrial(makeTrial(arm, 1, 100));
    store.finish('complete');
    const files = [
      'command.txt',
      'evidence.csv',
      'latency.hlog',
      'run.json',
      'summary.csv',
      'timeseries.csv',
      'trials.jsonl',
    ];
    assert.equal(readdirSync(store.directory).sort(), files);
    const read = readRun(store.directory);
    assert.is(read.status, 'complete');
    assert.equal(read.trials, [makeTrial(arm, 1, 100)]);
    assert.equal(read.problems, []);
    assert.ok(read.run?.endedAt);
  });
});

test('a workload cannot name its way out of the results', async () => {
  await withTemporaryDirectory((results) => {
    const plan = { ...running.plan, workload: '../../etc/x y' };
    const { directory } = createRun(results, { ...running, plan });
    assert.equal(readdirSync(results), [basename(directory)]);
    assert.match(basename(directory), /^20261123T191203Z_\.\.-\.\.-etc-x-y_[0-9a-f]{4}$/);
  });
});

test('runs of the same second have different names', async () => {
  await withTemporaryDirectory((results) => {
    for (let i = 0; i < 30; i++) createRun(results, running);
    assert.is(readdirSync(results).length, 30);
    const names = ['a', 'a', 'b'];
    const filled: string[] = [];
    mkdirSync(join(results, 'a'));
    const move = (nextName: () => string) => {
      mkdirSync(join(results, 'new'), { recursive: true });
      return moveToFreeName(join(results, 'new'), results, nextName, (name) => filled.push(name));
    };
    assert.is(basename(move(() => names.shift() ?? 'c')), 'b');
    assert.equal(filled, ['b'], 'nothing is written for a name that is taken, even by an empty directory');
    assert.throws(() => move(() => 'a'), feedrateError('store', /no free name/));
  });
});

test('a results directory that cannot be written is refused clearly', async () => {
  await withTemporaryDirectory((parent) => {
    const file = join(parent, 'file');
    writeFileSync(file, '');
    const pattern = /file\/results: cannot write \(.*(ENOTDIR|EEXIST).*\); choose another directory with -o$/;
    assert.throws(() => createRun(join(file, 'results'), running), feedrateError('store', pattern));
    assert.throws(() => openRun(parent), feedrateError('store', /run\.json: cannot be read/));
  });
});

test('the summary follows the trials of all sessions', async () => {
  await withTemporaryDirectory((results) => {
    const { directory, finish } = createRun(results, running);
    for (const session of [1, 2]) {
      const store = openRun(directory);
      for (const round of [1, 2]) {
        const id = `s${session}r${round}t1`;
        store.appendTrial(makeTrial(arm, round, 100, { id, session }));
        const trials = readRun(directory).trials.length;
        assert.is(linesOf(join(directory, 'summary.csv')).length, 1 + trials);
      }
    }
    finish('aborted');
    assert.is(readRun(directory).status, 'aborted');
    assert.is(linesOf(join(directory, 'timeseries.csv')).length, 5);
    assert.is(linesOf(join(directory, 'trials.jsonl')).length, 4);
  });
});

test('after a torn line the next trial stands on a line of its own', async () => {
  await withTemporaryDirectory((results) => {
    const { directory } = createRun(results, running);
    openRun(directory).appendTrial(makeTrial(arm, 1, 100));
    for (const name of ['trials.jsonl', 'timeseries.csv', 'latency.hlog']) {
      appendFileSync(join(directory, name), '{"recordVersion":1,"id":"s1');
    }
    openRun(directory).appendTrial(makeTrial(arm, 3, 300));
    const { trials, problems } = readTrials(directory);
    assert.equal(
      trials.map(({ id }) => id),
      ['s1r1t1', 's1r3t1'],
    );
    assert.is(problems.length, 1);
    assert.match(problems[0] ?? '', /^trials\.jsonl:2: cut off or damaged/);
    assert.is(linesOf(join(directory, 'summary.csv')).length, 3);
    assert.match(linesOf(join(directory, 'timeseries.csv')).at(-1) ?? '', /,s1r3t1,/);
  });
});

test('command.txt is a script that repeats the run', async () => {
  await withTemporaryDirectory((parent) => {
    const command = ['run', "it's", '-t', 'a b', '--label', 'x=$(touch y)'];
    const { directory } = createRun(join(parent, 'r'), { ...running, command }, parent);
    const path = join(directory, 'command.txt');
    const script = `feedrate() { pwd; for word; do printf '<%s>\\n' "$word"; done; }\n. '${path}'`;
    const output = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    const words = [...command, '--seed', '42'].map((word) => `<${word}>`);
    assert.equal(output.trimEnd().split('\n'), [
      execFileSync('pwd', ['-P'], { cwd: parent, encoding: 'utf8' }).trim(),
      ...words,
    ]);
    const seeded = createRun(join(parent, 'r'), { ...running, command: ['run', '--seed=7'] });
    assert.match(readFileSync(join(seeded.directory, 'command.txt'), 'utf8'), /\nfeedrate run --seed=7\n$/);
  });
});

test('kill -9 loses at most the trial under way', async () => {
  await withTemporaryDirectory(async (results) => {
    const plan = { ...running.plan, arms: [makeArm('randread')] };
    const { directory } = createRun(results, { ...running, plan });
    const program = fileURLToPath(new URL('./append-until-killed.js', import.meta.url));
    const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged === 25) child.kill('SIGKILL');
    }
    await ended;
    const { trials, problems } = readTrials(directory);
    assert.ok(acknowledged >= 25);
    assert.ok(
      trials.length === acknowledged || trials.length === acknowledged + 1,
      `${trials.length}, ${acknowledged}`,
    );
    assert.ok(problems.length <= 1, problems.join('; '));
    assert.equal(
      trials.map(({ round }) => round),
      trials.map((_trial, index) => index + 1),
    );
    openRun(directory).appendTrial(makeTrial(arm, trials.length + 1, 1));
    assert.is(readRun(directory).trials.length, trials.length + 1);
  });
});

test.run();
