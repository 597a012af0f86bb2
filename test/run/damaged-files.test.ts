// ci

/** Files that are damaged, cut or removed before a run reads them, or while it does. */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withLiveRun } from '../support/live-run.js';
import { trialsOf } from '../support/run-directory.js';
import { dataFilesIn, withBarePlace, withPlace } from './place.js';

const test = suite('run/damaged-files');

const READS = `
name: reads
trials: {rounds: 1}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB}
`;

const LONG_READ = `
name: long-read
trials: {rounds: 1}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB, runtime: 10m, time_based: true, rate_iops: 1000}
  write: {rw: write, bs: 64KiB, size: 1MiB}
`;

test('a file that is truncated under its reader fails the trial; the next run writes it anew', () =>
  withPlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(LONG_READ), { cwd: directory }, async (run) => {
      await run.untilMeasuring('read');
      const [path = ''] = dataFilesIn(target);
      truncateSync(path, 100_000);
      const { status } = await run.outcome();
      assert.is(status, 5);
      const trials = trialsOf(results);
      const read = trials.find(({ arm }) => arm === 'read');
      assert.is(read?.status, 'failed');
      const { code, syscall, offsetBytes = 0, path: named } = read?.fault ?? {};
      assert.equal({ code, syscall, named }, { code: 'EOF', syscall: 'pread', named: path });
      // The reader may have been beyond the new end already.
      assert.ok(offsetBytes !== null && offsetBytes >= 100_000 && offsetBytes < 2 ** 20, `${offsetBytes}`);
      assert.is(trials.find(({ arm }) => arm === 'write')?.status, 'ok');
      rmSync(results, { recursive: true });
      assert.is(feedrate(runWords(LONG_READ, '--set', 'read.runtime=50ms'), directory).status, 0);
      assert.is(statSync(path).size, 2 ** 20);
    }),
  ));

test('a target that is removed in the middle of a run fails its trials', () =>
  withBarePlace(({ directory, target, results, runWords }) =>
    withLiveRun(runWords(LONG_READ, '--set', 'read.runtime=2s'), { cwd: directory }, async (run) => {
      await run.untilMeasuring('read');
      rmSync(target, { recursive: true });
      const { status, stdout, stderr } = await run.outcome();
      assert.is(status, 5);
      assert.not.match(stderr, /defect/);
      assert.match(stdout, /2 of 2 trials/);
      // An open file outlives its name; what must be made anew has no place.
      const write = trialsOf(results).find(({ arm }) => arm === 'write');
      if (write?.place === 2) assert.is(write.fault?.code, 'ENOENT');
      assert.not(existsSync(target), 'it is not made again');
    }),
  ));

test('a data file of the right size with other content is written anew', () =>
  withPlace(({ directory, target, runWords }) => {
    assert.is(feedrate(runWords(READS), directory).status, 0);
    const [path = ''] = dataFilesIn(target);
    const content = readFileSync(path);
    writeFileSync(path, Buffer.alloc(content.length));
    const again = feedrate(runWords(READS), directory);
    assert.is(again.status, 0);
    assert.match(again.stderr, /"type":"layout"/);
    assert.ok(readFileSync(path).equals(content));
    assert.not.match(feedrate(runWords(READS), directory).stderr, /"type":"layout"/);
  }));

test('verify finds damage in the middle of a file, where no probe looks', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const workload = READS.replace('size: 1MiB', 'size: 1MiB, verify: true');
    assert.is(feedrate(runWords(workload), directory).status, 0);
    rmSync(results, { recursive: true });
    const [path = ''] = dataFilesIn(target);
    const fd = openSync(path, 'r+');
    writeSync(fd, 'damage', 500_000);
    closeSync(fd);
    assert.is(feedrate(runWords(workload), directory).status, 5);
    const [trial] = trialsOf(results);
    assert.is(trial?.status, 'failed');
    assert.is(trial?.fault?.code, 'EBADDATA');
    assert.is(trial?.fault?.path, path);
    const offset = trial?.fault?.offsetBytes ?? 0;
    assert.ok(offset <= 500_000 && offset > 500_000 - 65_536, `${offset}`);
  }));

test.run();
