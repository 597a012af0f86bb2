// ci

/** Runs whose target goes away, or is tampered with, before or while they measure. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { withLiveRun } from '../support/live-run.js';
import { withExt4 } from '../support/loop-device.js';
import { PLANTED, stateOfFile } from '../support/planted.js';
import { runFile, statusOf, trialsOf } from '../support/run-directory.js';
import { dataFilesIn, ownNamesIn, type Place, withBarePlace, withTmpfs } from './place.js';

const test = suite('run/held');

/** Eight rounds of half a second. The read has data files, which stay. */
const ROUNDS = `
name: rounds
seed: 1
trials: {rounds: 8}
jobs:
  save: {kind: checkpoint-write, shard_size: 64KiB, bs: 64KiB, checkpoints: 3, interval: 250ms}
  read: {rw: read, bs: 64KiB, size: 64KiB, ioengine: psync}
`;

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  assert.is(status, 0, stderr);
}

/** Runs the rounds, disturbs them after three trials, and checks that the run ends as it should. Returns its note. */
async function disturbed({ directory, results, runWords }: Place, disturb: () => void): Promise<string> {
  let told = '';
  await withLiveRun(runWords(ROUNDS), { cwd: directory }, async (run) => {
    await run.until(() => run.events.filter(({ type }) => type === 'trial').length >= 3);
    disturb();
    const { status, stdout } = await run.outcome();
    assert.is(status, 5);
    assert.match(stdout, /failed, \d+ of 16 trials/);
    const notes = run.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    const changes = notes.filter((text) => text.includes('changed during the run'));
    assert.is(changes.length, 1, notes.join('\n'));
    told = changes[0] as string;
  });
  const trials = trialsOf(results);
  const last = trials.at(-1);
  assert.is(last?.status, 'failed');
  assert.is(last?.fault?.code, 'ECHANGED');
  assert.is(last?.fault?.message, told);
  assert.ok(trials.slice(0, 3).every(({ status }) => status === 'ok'));
  assert.ok(trials.length < 16);
  assert.is(statusOf(results), 'failed');
  return told;
}

test('a disk that is unmounted in the middle ends the run, and nothing is written where it was', () =>
  withBarePlace(async (place) => {
    const { directory, target } = place;
    rmSync(target, { recursive: true });
    await withExt4(directory, { sectorBytes: 512 }, async (mounted) => {
      symlinkSync(mounted, target);
      const source = spawnSync('findmnt', ['-no', 'SOURCE', mounted], { encoding: 'utf8' }).stdout.trim();
      const told = await disturbed(place, () => spawnSync('umount', ['-l', mounted]));
      assert.match(told, `target t changed during the run: ${mounted} (ext4 on ${source}) was unmounted; `);
      assert.match(told, `data files stay in .feedrate-data on ${source}; `);
      assert.match(told, `run: feedrate clean -t ${mounted} --data`);
      assert.equal(readdirSync(mounted), [], 'the bare mount point');
      assert.match(runFile(place.results, 'run.json'), `"fileSystem": "ext4"`);
      const none = feedrate(['clean', '-t', mounted, '--data', '--yes'], directory);
      assert.is(none.status, 0, none.stderr);
      mount(source, mounted);
      assert.equal(ownNamesIn(mounted), [], 'the run removed its scratch files where they were');
      const cleaned = feedrate(['clean', '-t', mounted, '--data', '--yes'], directory);
      assert.is(cleaned.status, 0, cleaned.stderr);
      assert.equal(readdirSync(mounted), ['lost+found']);
    });
  }));

test('a file system that is mounted over the target in the middle is not measured', () =>
  withBarePlace((place) =>
    withTmpfs(place.target, 'size=16m', async () => {
      try {
        const told = await disturbed(place, () => mount('-t', 'tmpfs', 'other', place.target));
        assert.match(told, `tmpfs on other was mounted over ${place.target}; `);
        assert.match(told, 'data files stay in .feedrate-data on feedrate-test, below that mount; ');
        assert.equal(readdirSync(place.target), []);
      } finally {
        spawnSync('umount', [place.target]);
      }
      assert.equal(ownNamesIn(place.target), []);
      assert.is(dataFilesIn(place.target).length, 1);
    }),
  ));

test('a target that is removed in the middle ends the run, and is not made again', () =>
  withBarePlace(async (place) => {
    const { directory, target, results, runWords } = place;
    await withLiveRun(runWords(ROUNDS), { cwd: directory }, async (run) => {
      await run.until(() => run.events.filter(({ type }) => type === 'trial').length >= 3);
      // The run makes files in it meanwhile.
      while (existsSync(target)) rmSync(target, { recursive: true, force: true, maxRetries: 10 });
      const { status } = await run.outcome();
      assert.is(status, 5);
      assert.ok(
        run.events.some(
          (event) => event.type === 'note' && /changed during the run: .* was removed; /.test(event.text),
        ),
      );
    });
    assert.not(existsSync(target));
    assert.is(trialsOf(results).at(-1)?.fault?.code, 'ECHANGED');
  }));

test('a target that another directory replaces in the middle ends the run, and the other one is left alone', () =>
  withBarePlace(async (place) => {
    const { target } = place;
    const told = await disturbed(place, () => {
      renameSync(target, `${target}-moved`);
      mkdirSync(target);
    });
    assert.match(told, `another directory took the place of ${target}; `);
    assert.equal(readdirSync(target), []);
    assert.equal(readdirSync(`${target}-moved`), ['.feedrate-data']);
  }));

test('a target that changes between two sessions is not measured by the second', () =>
  withBarePlace(({ directory, target, results, runWords }) =>
    withTmpfs(target, 'size=16m', async () => {
      const words = runWords(ROUNDS.replace('{rounds: 8}', '{rounds: 1, sessions: 3}'));
      await withLiveRun(words, { cwd: directory }, async (run) => {
        await run.until(() => run.events.filter(({ type }) => type === 'trial').length >= 2);
        mount('-t', 'tmpfs', 'other', target);
        try {
          const { status } = await run.outcome();
          assert.is(status, 5);
          assert.ok(run.events.some((event) => event.type === 'note' && /changed during the run/.test(event.text)));
          assert.equal(readdirSync(target), []);
        } finally {
          spawnSync('umount', [target]);
        }
      });
      assert.ok(trialsOf(results).length < 6);
      assert.equal(ownNamesIn(target), []);
    }),
  ));

const READS = `
name: reads
seed: 1
trials: {rounds: 2}
jobs:
  read: {rw: read, bs: 64KiB, size: 256KiB, cache: [cold, warm, as-is], ioengine: [psync, io_uring, mmap], verify: true}
  small: {kind: small-files, nrfiles: 2, filesize: 4KiB}
`;

/** Leaves a user's file beside the target, and checks at the end that it is as it was. */
async function withMine(work: (place: Place & { readonly mine: string }) => Promise<void> | void): Promise<void> {
  await withBarePlace(async (place) => {
    const mine = join(place.directory, 'mine');
    writeFileSync(mine, Buffer.alloc(262_144, 7));
    const before = stateOfFile(mine);
    await work(Object.assign(place, { mine }));
    assert.equal(stateOfFile(mine), before, 'the file of the user is as it was');
  });
}

test('what was put in the place of a data file is refused by name before anything is measured', () =>
  withMine(({ directory, target, results, mine, runWords }) => {
    const words = runWords(READS);
    const prepare = ['prepare', 'workload.yaml', '-t', 't', '--progress', 'none'];
    assert.is(feedrate(prepare, directory).status, 0);
    const [path = ''] = dataFilesIn(target);
    for (const { kind, words: said, plant } of PLANTED) {
      rmSync(path, { recursive: true, force: true });
      plant(path, mine);
      for (const command of kind === 'FIFO' ? [words, prepare] : [words]) {
        const { status, stdout, stderr } = feedrate(command, directory);
        assert.is(status, 2, kind);
        assert.is(stdout, '');
        assert.match(stderr, said);
        assert.ok(stderr.startsWith(`feedrate: ${path} `), stderr);
        assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
      }
      assert.not(existsSync(results), 'no run is kept');
      assert.equal(ownNamesIn(target), []);
    }
    for (const [index, { plant }] of PLANTED.entries()) plant(join(path, '..', `planted-${index}`), mine);
    const cleaned = feedrate(['clean', '-t', 't', '--data', '--yes'], directory);
    assert.is(cleaned.status, 0, cleaned.stderr);
    assert.equal(readdirSync(target), [], 'clean removes the names, and nothing behind them');
  }));

test('a link in the place of a directory of data files leads nowhere', () =>
  withMine(({ directory, target, results, runWords }) => {
    const words = runWords(READS);
    assert.is(feedrate(['prepare', 'workload.yaml', '-t', 't'], directory).status, 0);
    const [file = ''] = dataFilesIn(target);
    const inside = file.slice(join(target, '.feedrate-data').length + 1).split('/');
    // A user's directory that has all the names which feedrate would use.
    const mine = join(directory, 'mine.d');
    mkdirSync(join(mine, inside[1] as string), { recursive: true });
    const precious = join(mine, ...inside.slice(1));
    writeFileSync(precious, 'precious');
    const before = stateOfFile(precious);
    const way = join(target, '.feedrate-data', inside[0] as string);
    rmSync(way, { recursive: true });
    symlinkSync('../../mine.d', way);
    for (const command of [words, ['prepare', 'workload.yaml', '-t', 't', '--progress', 'none']]) {
      const { status, stderr } = feedrate(command, directory);
      assert.is(status, 2);
      assert.match(stderr, `feedrate: ${way} is a symbolic link, so feedrate did not create it`);
    }
    assert.not(existsSync(results));
    assert.is(feedrate(['clean', '-t', 't', '--data', '--yes'], directory).status, 0);
    assert.equal(readdirSync(target), []);
    assert.equal(stateOfFile(precious), before);
  }));

const SWAPPED = `
name: swapped
seed: 1
trials: {rounds: 2}
jobs:
  small: {kind: small-files, nrfiles: 2, filesize: 4KiB, runtime: 1s, time_based: true}
  read: {rw: read, bs: 64KiB, size: 256KiB, ioengine: [psync, io_uring, mmap]}
`;

// Opens of the other kinds are tested without a run: host/held-directories.
const SWAPPED_KINDS = ['hard link', 'link to a device', 'FIFO'];
for (const { kind, words: said, plant } of PLANTED.filter(({ kind: name }) => SWAPPED_KINDS.includes(name))) {
  test(`a ${kind} that is swapped in during the run fails its trials, and neither blocks nor harms`, () =>
    withMine(({ directory, target, results, mine, runWords }) => {
      const words = runWords(SWAPPED);
      assert.is(feedrate(['prepare', 'workload.yaml', '-t', 't', '--progress', 'none'], directory).status, 0);
      const paths = dataFilesIn(target);
      // Made beforehand, because some take a process each.
      for (const path of paths) plant(`${path}.planted`, mine);
      return withLiveRun(words, { cwd: directory }, async (run) => {
        await run.untilMeasuring('small');
        for (const path of paths) {
          rmSync(path);
          renameSync(`${path}.planted`, path);
        }
        const { status, stderr } = await run.outcome();
        assert.is(status, 5);
        assert.not.match(stderr, /this is a bug| at .*\.js:/);
        assert.equal(ownNamesIn(target), []);
        const trials = trialsOf(results);
        const failed = trials.filter((trial) => trial.status === 'failed');
        assert.is(trials.length, 8);
        for (const job of ['small', 'read'])
          assert.ok(
            failed.some((trial) => trial.job === job && said.test(trial.fault?.message ?? '')),
            job,
          );
      });
    }));
}

test.run();
