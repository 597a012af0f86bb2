import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { findOwnDirectories } from '../../src/host/files/found-directories.js';
import {
  currentProcess,
  type Marker,
  type ProcessIdentity,
  processState,
  readMarker,
} from '../../src/host/files/marker.js';
import { createOwnDirectory, releaseOwnDirectory, removeOwnDirectory } from '../../src/host/files/own-directory.js';
import { runChild } from './child.js';
import { withTemporaryDirectory } from './temporary.js';

const test = suite('own directory');

/** A predicate: a target error whose message holds this. */
const refusal =
  (part: string) =>
  (error: unknown): boolean => {
    assert.instance(error, FeedrateError);
    assert.is((error as FeedrateError).code, 'target');
    assert.match((error as FeedrateError).message, part);
    assert.not((error as FeedrateError).message.includes('\n'));
    return true;
  };

/** A user's directory with a file that must survive. */
function userDirectory(parent: string, name = 'user'): string {
  const path = join(parent, name);
  mkdirSync(path);
  writeFileSync(join(path, 'precious'), 'do not lose me');
  return path;
}

const survives = (path: string): void => assert.is(readFileSync(join(path, 'precious'), 'utf8'), 'do not lose me');

/** Rewrites a marker or holder file as if another process had written it. */
function forge(path: string, change: Partial<ProcessIdentity>): void {
  const marker = JSON.parse(readFileSync(path, 'utf8')) as Marker;
  writeFileSync(path, JSON.stringify({ ...marker, process: { ...marker.process, ...change } }));
}

const holderOf = (path: string): string =>
  join(path, readdirSync(path).find((name) => name.startsWith('FEEDRATE.')) as string);

test('makes scratch and data directories with a marker, and removes them', () => {
  withTemporaryDirectory((directory) => {
    const target = { path: directory };
    const scratch = createOwnDirectory(target, 'run-1', 'scratch');
    const data = createOwnDirectory(target, 'run-1', 'data');
    assert.is(scratch, join(directory, '.feedrate-run-1'));
    assert.is(data, join(directory, '.feedrate-data'));
    assert.is(readMarker(scratch)?.kind, 'scratch');
    assert.is(readMarker(data)?.runId, 'run-1');
    assert.is(readMarker(data)?.process.pid, process.pid);
    mkdirSync(join(scratch, 'deep/er'), { recursive: true });
    writeFileSync(join(scratch, 'deep/er/file'), new Uint8Array(10000));
    const found = findOwnDirectories(target);
    assert.equal(
      found.map(({ path, kind, runId, state }) => ({ path, kind, runId, state })),
      [
        { path: data, kind: 'data', runId: 'run-1', state: 'alive' },
        { path: scratch, kind: 'scratch', runId: 'run-1', state: 'alive' },
      ],
    );
    removeOwnDirectory(scratch, 'run-1');
    removeOwnDirectory(data, 'run-1');
    removeOwnDirectory(data, 'run-1');
    assert.equal(readdirSync(directory), []);
  });
});

test('says how much space a directory takes up, as du does', () => {
  withTemporaryDirectory((directory) => {
    const path = createOwnDirectory({ path: directory }, 'r', 'scratch');
    mkdirSync(join(path, 'a'));
    writeFileSync(join(path, 'a/f'), new Uint8Array(123456), { flush: true });
    writeFileSync(join(path, 'sparse'), 'x', { flush: true });
    truncateSync(join(path, 'sparse'), 1e9);
    const du = spawnSync('du', ['-s', '-B1', path], { encoding: 'utf8' });
    assert.is(findOwnDirectories({ path: directory })[0]?.size.allocatedBytes, Number(du.stdout.split('\t')[0]));
  });
});

test('takes up what exists: the data directory of any run, the scratch of the same run only', () => {
  withTemporaryDirectory((directory) => {
    const target = { path: directory };
    const data = createOwnDirectory(target, 'first', 'data');
    writeFileSync(join(data, 'kept'), 'content');
    assert.is(createOwnDirectory(target, 'second', 'data'), data);
    assert.is(readFileSync(join(data, 'kept'), 'utf8'), 'content');
    assert.is(readMarker(data)?.runId, 'first');
    const scratch = createOwnDirectory(target, 'first', 'scratch');
    assert.is(createOwnDirectory(target, 'first', 'scratch'), scratch);
    writeFileSync(join(scratch, 'FEEDRATE'), readFileSync(join(data, 'FEEDRATE'), 'utf8'));
    assert.throws(
      () => createOwnDirectory(target, 'first', 'scratch'),
      refusal('belongs to another run (first); start the run again, which gives it another id'),
    );
    assert.is(createOwnDirectory(target, 'another', 'scratch'), join(directory, '.feedrate-another'));
  });
});

test('a name that is taken by a user is refused, and left alone', () => {
  withTemporaryDirectory((directory) => {
    const target = { path: directory };
    const elsewhere = userDirectory(directory);
    const taken = userDirectory(directory, '.feedrate-plain');
    mkdirSync(join(directory, '.feedrate-empty'));
    symlinkSync(elsewhere, join(directory, '.feedrate-link'));
    symlinkSync('/nowhere', join(directory, '.feedrate-dangling'));
    writeFileSync(join(directory, '.feedrate-file'), 'text');
    for (const [id, why] of [
      ['plain', 'has no marker file FEEDRATE'],
      ['empty', 'has no marker file FEEDRATE'],
      ['link', 'is a symbolic link'],
      ['dangling', 'is a symbolic link'],
      ['file', 'is not a directory'],
    ] as const) {
      assert.throws(() => createOwnDirectory(target, id, 'scratch'), refusal(why), id);
      assert.throws(() => removeOwnDirectory(join(directory, `.feedrate-${id}`)), refusal(why), id);
    }
    survives(elsewhere);
    survives(taken);
    assert.equal(findOwnDirectories(target), []);
    assert.is(readdirSync(directory).length, 6, 'nothing passing is left behind');
  });
});

test('a link to a real own directory is refused, too', () => {
  withTemporaryDirectory((directory) => {
    const own = createOwnDirectory({ path: directory }, 'real', 'scratch');
    symlinkSync(own, join(directory, '.feedrate-alias'));
    assert.throws(() => removeOwnDirectory(join(directory, '.feedrate-alias')), refusal('is a symbolic link'));
    assert.ok(existsSync(join(own, 'FEEDRATE')));
    assert.is(findOwnDirectories({ path: directory }).length, 1);
  });
});

test('a forged marker proves nothing when it is a link, a directory or not JSON', () => {
  withTemporaryDirectory((directory) => {
    const own = createOwnDirectory({ path: directory }, 'real', 'scratch');
    const cases: [string, (marker: string) => void][] = [
      ['link', (marker) => symlinkSync(join(own, 'FEEDRATE'), marker)],
      ['directory', (marker) => mkdirSync(marker)],
      ['text', (marker) => writeFileSync(marker, 'feedrate')],
      ['null', (marker) => writeFileSync(marker, 'null')],
      ['object', (marker) => writeFileSync(marker, '{"kind":"scratch"}')],
      ['cut', (marker) => writeFileSync(marker, readFileSync(join(own, 'FEEDRATE'), 'utf8').slice(0, 50))],
      ['pipe', (marker) => spawnSync('mkfifo', [marker])],
    ];
    for (const [name, write] of cases) {
      const path = userDirectory(directory, `.feedrate-${name}`);
      write(join(path, 'FEEDRATE'));
      assert.throws(() => removeOwnDirectory(path), refusal('has no marker file'), name);
      survives(path);
    }
  });
});

test('a directory that is not named as feedrate names its own is never removed', () => {
  withTemporaryDirectory((directory) => {
    const own = createOwnDirectory({ path: directory }, 'r', 'scratch');
    const path = userDirectory(directory);
    writeFileSync(join(path, 'FEEDRATE'), readFileSync(join(own, 'FEEDRATE')));
    assert.throws(() => removeOwnDirectory(path), refusal('is not named .feedrate-'));
    survives(path);
  });
});

test('links inside are removed, what they lead to stays', () => {
  withTemporaryDirectory((directory) => {
    const outside = userDirectory(directory);
    const own = createOwnDirectory({ path: directory }, 'r', 'scratch');
    mkdirSync(join(own, 'sub'));
    symlinkSync(outside, join(own, 'out'));
    symlinkSync(join(outside, 'precious'), join(own, 'sub/file'));
    symlinkSync('../..', join(own, 'sub/up'));
    symlinkSync('/', join(own, 'sub/root'));
    symlinkSync('loop', join(own, 'loop'));
    removeOwnDirectory(own, 'r');
    assert.not(existsSync(own));
    survives(outside);
  });
});

test('what is mounted inside stays, also a bind mount of the same device', () => {
  withTemporaryDirectory((directory) => {
    const outside = userDirectory(directory);
    const own = createOwnDirectory({ path: directory }, 'r', 'scratch');
    for (const name of ['bind', 'deep/other']) mkdirSync(join(own, name), { recursive: true });
    releaseOwnDirectory(own, 'r');
    const shell = `mount --bind $D/user $D/.feedrate-r/bind && mount -t tmpfs x $D/.feedrate-r/deep/other &&
      touch $D/.feedrate-r/deep/other/f $D/.feedrate-r/file`;
    const text = `
      const { removeOwnDirectory } = await host('files/own-directory');
      const { existsSync } = await import('node:fs');
      let message = '';
      try { removeOwnDirectory(D + '/.feedrate-r'); } catch (error) { message = error.message; }
      answer([message, ...['bind/precious', 'deep/other/f', 'FEEDRATE', 'file'].map((name) => existsSync(D + '/.feedrate-r/' + name))]);`;
    const [message, ...exist] = runChild(text, { shell, directory }) as [string, ...boolean[]];
    assert.match(message, /(bind|deep\/other) is a mount point; unmount it first$/);
    assert.equal(exist, [true, true, true, false]);
    survives(outside);
    removeOwnDirectory(own);
    assert.not(existsSync(own));
    survives(outside);
  });
});

test('an own directory that something is mounted on is refused', () => {
  withTemporaryDirectory((directory) => {
    const own = createOwnDirectory({ path: directory }, 'r', 'scratch');
    releaseOwnDirectory(own, 'r');
    const shell = `mkdir $D/.feedrate-user && cp $D/.feedrate-r/FEEDRATE $D/.feedrate-user && touch $D/.feedrate-user/precious &&
      mount --bind $D/.feedrate-user $D/.feedrate-r`;
    const text = `
      const { removeOwnDirectory } = await host('files/own-directory');
      try { removeOwnDirectory(D + '/.feedrate-r'); answer('removed'); } catch (error) { answer(error.message); }`;
    assert.match(runChild(text, { shell, directory }) as string, /is a mount point; unmount it before removing it$/);
    assert.ok(existsSync(join(directory, '.feedrate-user/precious')));
    // Nothing is mounted outside the child's namespace.
    removeOwnDirectory(own);
    assert.not(existsSync(own));
  });
});

test('a live run of another id is not disturbed; a dead one is cleaned', () => {
  withTemporaryDirectory((directory) => {
    const target = { path: directory };
    const data = createOwnDirectory(target, 'mine', 'data');
    assert.throws(() => removeOwnDirectory(data), refusal('is in use by run mine (process'));
    assert.throws(() => removeOwnDirectory(data, 'other'), refusal('wait until it ends'));
    forge(holderOf(data), { startTicks: 1 });
    assert.is(findOwnDirectories(target)[0]?.state, 'dead');
    forge(holderOf(data), { bootId: 'another start' });
    assert.is(findOwnDirectories(target)[0]?.state, 'unknown');
    releaseOwnDirectory(data, 'mine');
    releaseOwnDirectory(data, 'mine');
    assert.is(findOwnDirectories(target)[0]?.state, 'dead');
    removeOwnDirectory(data);
    assert.equal(readdirSync(directory), []);
  });
});

test('taking up the data directory sweeps the holders of dead processes', () => {
  withTemporaryDirectory((directory) => {
    const target = { path: directory };
    const data = createOwnDirectory(target, 'killed', 'data');
    forge(holderOf(data), { startTicks: 1 });
    createOwnDirectory(target, 'next', 'data');
    const holders = readdirSync(data).filter((name) => name.startsWith('FEEDRATE.'));
    assert.equal(holders, [`FEEDRATE.next.${process.pid}`]);
  });
});

test('a process that was killed leaves a directory that is found dead', async () => {
  const directory = withTemporaryDirectory((path) => path);
  mkdirSync(directory);
  try {
    const module = new URL('../../src/host/files/own-directory.js', import.meta.url).href;
    const text = `
      const { createOwnDirectory } = await import(${JSON.stringify(module)});
      createOwnDirectory({ path: process.env.D }, 'killed', 'scratch');
      console.log('made');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
      env: { ...process.env, D: directory },
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    assert.is(findOwnDirectories({ path: directory })[0]?.state, 'alive');
    assert.throws(() => removeOwnDirectory(join(directory, '.feedrate-killed')), refusal('is in use by run killed'));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const [left] = findOwnDirectories({ path: directory });
    assert.equal([left?.state, left?.runId, left?.pid], ['dead', 'killed', child.pid]);
    removeOwnDirectory(left?.path as string);
    assert.equal(readdirSync(directory), []);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test('processes that start at once share one data directory', () => {
  withTemporaryDirectory((directory) => {
    const module = new URL('../../src/host/files/own-directory.js', import.meta.url).href;
    const text = `
      import { existsSync, writeFileSync } from 'node:fs';
      const { createOwnDirectory } = await import(${JSON.stringify(module)});
      writeFileSync(process.env.READY + '/' + process.pid, '');
      while (!existsSync(process.env.READY + '/go')) {}
      createOwnDirectory({ path: process.env.D }, 'run-' + process.pid, 'data');`;
    writeFileSync(join(directory, 'child.mjs'), text);
    const ready = join(directory, 'ready');
    mkdirSync(ready);
    const shell = `for i in 1 2 3 4 5 6; do "$NODE" ${join(directory, 'child.mjs')} & p="$p $!"; done
      until [ "$(ls "$READY" | wc -l)" = 6 ]; do sleep 0.01; done
      touch "$READY/go"
      for i in $p; do wait $i || exit 1; done`;
    const env = { ...process.env, D: directory, NODE: process.execPath, READY: ready };
    const result = spawnSync('sh', ['-c', shell], { env, encoding: 'utf8' });
    assert.is(result.status, 0, result.stderr);
    rmSync(join(directory, 'child.mjs'));
    rmSync(ready, { recursive: true });
    assert.equal(readdirSync(directory), ['.feedrate-data']);
    assert.not(lstatSync(join(directory, '.feedrate-data')).isSymbolicLink());
    assert.is(readMarker(join(directory, '.feedrate-data'))?.kind, 'data');
  });
});

test('whether a process lives is known on this start of this machine only', () => {
  const here = currentProcess();
  assert.is(processState(here), 'alive');
  assert.is(processState({ ...here, startTicks: 1 }), 'dead');
  assert.is(processState({ ...here, pid: 2 ** 22 + 1 }), 'dead');
  assert.is(processState({ ...here, bootId: 'other' }), 'unknown');
  assert.is(processState({ ...here, pidNamespace: 'pid:[1]' }), 'unknown');
  assert.is(processState({ ...here, startTicks: null }), 'unknown');
  assert.is(processState(here, { ...here, bootId: null }), 'unknown');
});

test('run ids that would lead elsewhere are a programming error', () => {
  for (const id of ['', '..', '../x', 'a/b', '.hidden', 'data']) {
    const failed = (error: unknown): boolean => /^assertion failed: run id/.test((error as Error).message);
    assert.throws(() => createOwnDirectory({ path: '/nowhere' }, id, 'scratch'), failed, id);
  }
});

test('a target that went away is told', () => {
  assert.throws(
    () => createOwnDirectory({ path: '/nowhere' }, 'r', 'data'),
    refusal("cannot create feedrate's directory"),
  );
  removeOwnDirectory('/nowhere/.feedrate-r');
});

test.run();
