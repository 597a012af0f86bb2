// ci

/** What killed processes leave: the next run names it, `clean` removes it, and a user's things stay. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PassingKind, passingName, passingOf } from '../../src/host/files/own-names.js';
import { listRuns } from '../../src/store/find-runs.js';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { withLiveRun } from '../support/live-run.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { SHORT_THEN_LONG } from './place.js';

const test = suite('run/leftovers');

interface Places {
  /** Commands run here; its results are `results`. */
  readonly directory: string;
  readonly target: string;
  readonly results: string;
  /** The system's temporary directory of the commands. */
  readonly temporary: string;
  readonly command: (...words: string[]) => Outcome;
}

function withPlaces(use: (places: Places) => Promise<void> | void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const [target = '', results = '', temporary = ''] = ['t', 'results', 'tmp'].map((name) => join(directory, name));
    for (const path of [target, results, temporary]) mkdirSync(path);
    const command = (...words: string[]) => feedrate(words, directory, { TMPDIR: temporary });
    return use({ directory, target, results, temporary, command });
  });
}

/** Names of each kind that a process made which has ended. */
function namesOfDead(kinds: readonly PassingKind[], replaced = 'x'): string[] {
  const module = new URL('../../src/host/files/own-names.js', import.meta.url).href;
  const text = `const { passingName } = await import(${JSON.stringify(module)});
    for (const kind of ${JSON.stringify(kinds)}) console.log(passingName(kind, ${JSON.stringify(replaced)}));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' });
  return stdout.trimEnd().split('\n');
}

const QUICK = `
name: quick
trials: {rounds: 1}
jobs: {read: {rw: read, bs: 64KiB, size: 1MiB, ioengine: 'null'}}
`;

test('a name tells what it is for, and whether its process runs', () => {
  for (const kind of [
    'probe',
    'new',
    'exported',
    'target',
    'mounts',
    'recording',
    'replacement',
    'baseline',
  ] as const) {
    const [dead = ''] = namesOfDead([kind], 'run.json');
    assert.equal(passingOf(passingName(kind, 'run.json')), { kind, state: 'alive' }, dead);
    assert.equal(passingOf(dead), { kind, state: 'dead' }, dead);
    const elsewhere = dead.replace(/-[0-9a-f]{8}(?=-[0-9a-f]{8})/, '-00000000');
    assert.equal(passingOf(elsewhere), { kind, state: 'unknown' }, elsewhere);
    for (const other of [`${dead}x`, `x${dead}`, dead.replace(/-[0-9a-f]{8}(?!-)/, ''), dead.toUpperCase()])
      if (!other.startsWith('xrun.json')) assert.is(passingOf(other), null, other);
  }
});

test('clean removes what the dead left in every place, and nothing else', () =>
  withPlaces(({ target, results, temporary, command }) => {
    const [probe = '', fresh = '', exported = ''] = namesOfDead(['probe', 'new', 'exported']);
    writeFileSync(join(target, probe), 'x');
    mkdirSync(join(target, fresh));
    writeFileSync(join(target, fresh, 'FEEDRATE'), '{}');
    mkdirSync(join(target, exported));
    const next = join(results, namesOfDead(['new'])[0] ?? '');
    const run = join(results, '20261123T191203Z_quick_a1f3');
    for (const path of [next, run, join(results, 'baselines'), join(results, 'calibrations')]) mkdirSync(path);
    writeFileSync(join(next, 'run.json'), '{');
    for (const [place, name] of [
      [run, 'run.json'],
      [join(results, 'calibrations'), 'x.json'],
    ] as const)
      writeFileSync(join(place, namesOfDead(['replacement'], name)[0] ?? ''), '{');
    mkdirSync(join(results, 'baselines', namesOfDead(['baseline'], 'main')[0] ?? ''));
    for (const name of namesOfDead(['target', 'mounts'])) mkdirSync(join(temporary, name));
    const alive = join(temporary, passingName('target'));
    mkdirSync(alive);

    const refused = command('clean');
    assert.is(refused.status, 2);
    assert.is(refused.stdout.split('\n').filter((line) => line.endsWith('left by a killed process')).length, 6);
    assert.match(refused.stdout, new RegExp(`^${alive} .* in use by a run; not removed$`, 'm'));
    assert.match(refused.stderr, /nothing was removed: .*--yes\n$/);
    assert.match(command('clean', '--yes').stdout, /removed 6 files and directories, /);
    assert.equal(readdirSync(temporary), [alive.slice(temporary.length + 1)]);
    assert.equal(readdirSync(results, { recursive: true }).sort(), [
      '20261123T191203Z_quick_a1f3',
      'baselines',
      'calibrations',
    ]);
    assert.is(readdirSync(target).length, 3, 'targets are cleaned when they are named');
    assert.is(command('clean', '-t', 't', '--yes').status, 0);
    assert.equal(readdirSync(target), []);
    assert.match(command('clean', '-o', 'nowhere').stdout, new RegExp(`^${alive} .*\n`));
  }));

test('what a user has under such a name stays, and is named', () =>
  withPlaces(({ directory, target, temporary, command }) => {
    const mine = join(directory, 'mine');
    mkdirSync(mine);
    writeFileSync(join(mine, 'precious'), 'precious');
    const names = ['.feedrate-new-mine', '.feedrate-probe-1-abcdef', '.feedrate-notes'];
    for (const name of names) writeFileSync(join(target, name), 'mine');
    const [link = '', fresh = ''] = namesOfDead(['new', 'new']);
    symlinkSync(mine, join(target, link));
    mkdirSync(join(target, fresh, 'deep'), { recursive: true });
    const cleaned = command('clean', '-t', 't', '--yes', '--data', '--elsewhere');
    assert.is(cleaned.status, 2);
    for (const name of [...names, link])
      assert.match(cleaned.stdout, new RegExp(`^${join(target, name)} .* not made by feedrate; not removed$`, 'm'));
    assert.is(
      cleaned.stderr,
      `clean: cannot remove ${join(target, fresh)}: deep in it was not made by feedrate; move it away\n`,
    );
    assert.equal(readdirSync(target).sort(), [...names, link, fresh].sort());
    assert.equal(readdirSync(mine), ['precious']);
    renameSync(join(target, fresh, 'deep'), join(directory, 'deep'));
    assert.is(command('clean', '-t', 't', '--yes').status, 0);
    assert.equal(readdirSync(target).sort(), [...names, link].sort());

    const [made = ''] = namesOfDead(['target']);
    mkdirSync(join(temporary, made));
    writeFileSync(join(temporary, made, 'mine'), 'mine');
    assert.is(command('clean', '--yes').status, 2);
    assert.equal(readdirSync(join(temporary, made)), ['mine']);
  }));

test('a mount that fails leaves no directory', () =>
  withPlaces(({ directory, temporary, command }) => {
    if (process.getuid?.() !== 0) skipTest('only root may mount');
    writeFileSync(join(directory, 'quick.yaml'), QUICK);
    const sets = ['--mount', 'vers=3,port=1', '--mount', 'vers=4.1,port=1'];
    const { status, stderr } = command('mount-matrix', 'quick.yaml', '--export', '127.0.0.1:/x', ...sets);
    assert.is(status, 2, stderr);
    assert.match(stderr, /^feedrate: cannot mount 127\.0\.0\.1:\/x with [^\n]*\n$/);
    assert.equal(readdirSync(temporary), []);
  }));

test('mount points of a killed mount-matrix are unmounted and removed', () =>
  withPlaces(({ temporary, command }) => {
    const [mounts = '', exported = ''] = namesOfDead(['mounts', 'exported']);
    const place = join(temporary, mounts, 'v3');
    mkdirSync(place, { recursive: true });
    mkdirSync(join(temporary, mounts, 'v41'));
    if (spawnSync('mount', ['-t', 'tmpfs', 'feedrate-test', place]).status !== 0) skipTest('no test may mount here');
    try {
      mkdirSync(join(place, exported));
      writeFileSync(join(place, 'mine'), 'mine');
      const { status, stderr } = command('clean', '--yes');
      assert.is(status, 0, stderr);
      assert.equal(readdirSync(temporary), []);
    } finally {
      spawnSync('umount', [place]);
    }
  }));

test('the target of a killed run that named none is named by the next run, and removed by clean alone', () =>
  withPlaces(async ({ directory, temporary, results, command }) => {
    writeFileSync(join(directory, 'long.yaml'), SHORT_THEN_LONG);
    writeFileSync(join(directory, 'quick.yaml'), QUICK);
    const options = { cwd: directory, environment: { TMPDIR: temporary } };
    await withLiveRun(['run', 'long.yaml', '--progress', 'json'], options, async (run) => {
      await run.untilMeasuring('long');
      const [used = ''] = readdirSync(temporary);
      assert.match(command('clean', '--yes').stdout, new RegExp(`${used} .* in use by a run; not removed\n`));
      run.signalGroup('SIGKILL');
      await run.outcome();
    });
    const [left = ''] = readdirSync(temporary);
    const killed = command('show');
    assert.match(
      killed.stdout,
      /the run was killed: 1 of 2 trials are recorded; remove its leftovers with:\s+feedrate clean$/m,
    );
    const next = command('run', 'quick.yaml', '--progress', 'none');
    assert.is(next.status, 0, next.stderr);
    assert.match(
      next.stderr,
      new RegExp(`^a killed process left \\S+ MiB in ${temporary}/${left}; remove it with: feedrate clean\n$`),
    );
    assert.match(command('clean', '--yes').stdout, /\nremoved 1 directory, \S+ MiB\n$/);
    assert.equal(readdirSync(temporary), []);
    assert.is(listRuns(results).length, 2, 'saved runs stay');
  }));

test('kill -9 at any moment leaves whole runs, and nothing that clean does not remove', () =>
  withPlaces(async ({ target, results, temporary, command }) => {
    const program = fileURLToPath(new URL('./make-until-killed.js', import.meta.url));
    for (let kill = 0; kill < 20; kill++) {
      const child = spawn(process.execPath, [program, target, results], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, TMPDIR: temporary },
      });
      await once(child.stdout, 'data');
      await wait(Math.random() * 20);
      child.kill('SIGKILL');
      await once(child, 'exit');
      for (const { directory } of listRuns(results, assert.unreachable)) assert.ok(readRun(directory).run !== null);
    }
    assert.is(command('list').stderr, '');
    for (const words of [['show'], ['clean', '--yes'], ['clean', '-t', 't', '--yes', '--data']]) {
      const { status, stderr } = command(...words);
      assert.is(status, 0, `${words}: ${stderr}`);
    }
    assert.equal(readdirSync(target), []);
    assert.equal(readdirSync(temporary), []);
    // The next save removes what is next to the file, and the baseline that a save replaced.
    const known = /^(?:\d{8}T\d{6}Z_quick_[0-9a-f]{4}|baselines|summary\.txt)$/;
    const unknown = readdirSync(results).filter((name) => !known.test(name) && passingOf(name)?.kind !== 'replacement');
    assert.equal(unknown, []);
    const files = [
      'command.txt',
      'evidence.csv',
      'latency.hlog',
      'run.json',
      'summary.csv',
      'timeseries.csv',
      'trials.jsonl',
    ];
    for (const { directory } of listRuns(results)) {
      // A killed run ended before its arms were written.
      const found = readdirSync(directory).filter((name) => name !== 'arms.csv');
      assert.equal(found.sort(), files);
    }
    rmSync(results, { recursive: true });
    assert.not(existsSync(results));
  }));

test.run();
