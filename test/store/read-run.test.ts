import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { processStat } from '../../src/host/system/process-stat.js';
import type { RunRecord } from '../../src/record/run-record.js';
import { isProcessOf } from '../../src/store/process-alive.js';
import { readRun } from '../../src/store/read-run.js';
import { statusOf } from '../../src/store/run-content.js';
import { createRun } from '../../src/store/run-store.js';
import { feedrateError } from '../support/feedrate-error.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/read-run');
const arm = makeArm('randread');

/** A finished run of three trials. */
async function withRun(use: (directory: string) => void): Promise<void> {
  await withTemporaryDirectory((results) => {
    const store = createRun(results, makeRun([arm], 3, { status: 'running' }));
    for (const round of [1, 2, 3]) store.appendTrial(makeTrial(arm, round, 100 * round));
    store.finish('complete');
    use(store.directory);
  });
}

test('trials.jsonl cut at every byte keeps all whole lines', () =>
  withRun((directory) => {
    const path = join(directory, 'trials.jsonl');
    const bytes = readFileSync(path);
    for (let length = bytes.length; length >= 0; length--) {
      truncateSync(path, length);
      const kept = bytes.subarray(0, length).toString('latin1');
      // The last line may lack its line break: it is whole all the same.
      const whole = kept.split('\n').filter((line) => line.endsWith('}]}') || line.endsWith('"warnings":[]}')).length;
      const torn = kept !== '' && !kept.endsWith('\n') && !kept.endsWith('"warnings":[]}');
      const { trials, problems } = readRun(directory);
      assert.is(trials.length, whole, `${length} bytes`);
      assert.is(problems.length, torn ? 1 : 0, `${length} bytes: ${problems.join('; ')}`);
      if (torn) assert.match(problems[0] ?? '', /^trials\.jsonl:[123]: cut off or damaged: .*; this trial is lost$/);
    }
  }));

test('a damaged byte anywhere costs at most its own line', () =>
  withRun((directory) => {
    const path = join(directory, 'trials.jsonl');
    const bytes = readFileSync(path);
    for (let place = 0; place < bytes.length; place += 7) {
      for (const value of [0, 0x7b, 0xff]) {
        const damaged = Buffer.from(bytes);
        damaged[place] = value;
        writeFileSync(path, damaged);
        const { trials, problems } = readRun(directory);
        // A damaged line break joins two lines.
        const least = bytes[place] === 0x0a ? 1 : 2;
        assert.ok(trials.length >= least, `byte ${place}: ${problems.join('; ')}`);
        assert.ok(trials.length === 3 || problems.length > 0, `byte ${place}: a trial is lost silently`);
      }
    }
  }));

test('run.json cut at every byte is a problem, and the trials are read', () =>
  withRun((directory) => {
    const path = join(directory, 'run.json');
    const text = readFileSync(path, 'utf8');
    for (let length = 0; length < text.length - 1; length += 31) {
      writeFileSync(path, text.slice(0, length));
      const { run, status, trials, problems } = readRun(directory);
      assert.is(run, null);
      assert.is(status, 'unknown');
      assert.is(trials.length, 3);
      assert.match(problems[0] ?? '', /^run\.json: (empty|cut off).*; plan, environment and thresholds are lost$/);
    }
  }));

test('missing files are named', () =>
  withRun((directory) => {
    rmSync(join(directory, 'run.json'));
    rmSync(join(directory, 'trials.jsonl'));
    assert.equal(readRun(directory).problems, [
      'run.json: missing; plan, environment and thresholds are lost',
      'trials.jsonl: missing; no trial is recorded',
    ]);
    mkdirSync(join(directory, 'run.json'));
    assert.match(
      readRun(directory).problems[0] ?? '',
      /^run\.json: cannot be read \(it is a directory, expected a regular file/,
    );
  }));

test('after ten problems the others are counted', () =>
  withRun((directory) => {
    writeFileSync(join(directory, 'trials.jsonl'), 'x\n'.repeat(1000));
    const { problems } = readRun(directory);
    assert.is(problems.length, 11);
    assert.match(problems[9] ?? '', /^trials\.jsonl:10: cut off or damaged/);
    assert.is(problems[10], 'trials.jsonl: 990 more such problems');
  }));

test('a trial that is recorded twice counts once', () =>
  withRun((directory) => {
    const path = join(directory, 'trials.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').repeat(2));
    const { trials, problems } = readRun(directory);
    assert.is(trials.length, 3);
    assert.match(problems[0] ?? '', /^trials\.jsonl:4: trial s1r1t1 of rank 0 is recorded twice/);
  }));

test('no directory is an error', async () => {
  await withTemporaryDirectory((parent) => {
    assert.throws(() => readRun(join(parent, 'x')), feedrateError('store', /no such run directory/));
  });
});

test('a running run whose process is gone was killed', async () => {
  const gone = spawnSync('true').pid;
  const here = { status: 'running', hostname: hostname(), startedAt: new Date().toISOString() } as const;
  const statusFor = (changes: Partial<RunRecord>): string => statusOf(makeRun([arm], 1, { ...here, ...changes }));
  assert.is(statusFor({ pid: process.pid }), 'running');
  assert.is(statusFor({ pid: gone }), 'killed');
  assert.is(statusFor({ pid: gone, hostname: `not-${hostname()}` }), 'running');
  assert.is(statusFor({ pid: gone, status: 'aborted' }), 'aborted');
  await withTemporaryDirectory((results) => {
    const { directory } = createRun(results, makeRun([arm], 3, { ...here, pid: gone }));
    const { status, problems } = readRun(directory);
    assert.is(status, 'killed');
    assert.match(problems[0] ?? '', /^the run was killed: 0 of 3 trials are recorded/);
  });
});

test('a process that was born after the run is another one', () => {
  assert.is(isProcessOf(process.pid, Date.now()), true);
  assert.is(isProcessOf(process.pid, Date.now() - 3600e3), false);
});

test('a process that has ended, and whose parent does not ask for its status, does not run', async () => {
  needTool('python3');
  const script = 'import os, time\npid = os.fork()\nif pid == 0: os._exit(0)\nprint(pid, flush=True)\ntime.sleep(60)';
  const parent = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(text.toString());
  try {
    while (processStat(pid)?.state !== 'Z') await sleep(10);
    assert.is(isProcessOf(pid, Date.now()), false);
  } finally {
    parent.kill();
  }
});

test.run();
