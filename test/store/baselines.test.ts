import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  baselineDirectory,
  baselineNames,
  isBaseline,
  removeBaseline,
  requireBaseline,
  requireBaselineName,
  saveBaseline,
} from '../../src/store/baselines.js';
import { readRun } from '../../src/store/read-run.js';
import { feedrateError } from '../support/feedrate-error.js';
import { measuredRun, storeRun } from '../support/measured-runs.js';
import { makeArm } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/baselines');
const PROGRAM = fileURLToPath(new URL('./save-baseline.js', import.meta.url));
const arm = makeArm('read');

interface Place {
  readonly results: string;
  /** Directories of two runs that are told apart by how many trials they have. */
  readonly first: string;
  readonly second: string;
  /** The entries of the directory of baselines. */
  readonly entries: () => string[];
}

const TRIALS = { first: 300, second: 5 };

function withRuns(use: (place: Place) => Promise<void> | void): Promise<void> {
  return withTemporaryDirectory((results) => {
    const [first = '', second = ''] = (['first', 'second'] as const).map((name) =>
      storeRun(results, measuredRun(name, [{ arm, levels: Array<number>(TRIALS[name]).fill(100) }])),
    );
    return use({ results, first, second, entries: () => readdirSync(join(results, 'baselines')).sort() });
  });
}

/** The run that a baseline is; fails unless it is whole. */
function wholeRun(results: string, name = 'main'): string {
  const { run, trials, problems } = readRun(baselineDirectory(results, name));
  assert.equal(problems, []);
  assert.ok(run);
  assert.is(trials.length, TRIALS[run.id as keyof typeof TRIALS], `the trials are those of ${run.id}`);
  return run.id;
}

function saving(results: string, times: number, ...runs: string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, results, 'main', String(times), ...runs], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('a baseline is a copy of what a comparison reads of a run', () =>
  withRuns(({ results, first, entries }) => {
    writeFileSync(join(first, 'summary.csv'), 'made from the rest');
    saveBaseline(results, 'main', first);
    assert.equal(entries(), ['main']);
    assert.equal(readdirSync(join(results, 'baselines', 'main')).sort(), ['command.txt', 'run.json', 'trials.jsonl']);
    rmSync(first, { recursive: true });
    assert.is(wholeRun(results), 'first');
    assert.is(
      readFileSync(join(baselineDirectory(results, 'main'), 'command.txt'), 'utf8'),
      'feedrate run workloads/quick.yaml -t /mnt/data\n',
    );
  }));

test('names are listed in order; what is no baseline is not among them', () =>
  withRuns(({ results, first }) => {
    assert.equal(baselineNames(results), []);
    for (const name of ['b', 'a.2', 'größe', 'a', 'main.12-1.old']) saveBaseline(results, name, first);
    mkdirSync(join(results, 'baselines', 'empty'));
    mkdirSync(join(results, 'baselines', '.main~0123456789ab'));
    writeFileSync(join(results, 'baselines', 'file'), '');
    assert.equal(baselineNames(results), ['a', 'a.2', 'b', 'größe', 'main.12-1.old']);
    assert.not(isBaseline(results, 'empty'));
    assert.not(isBaseline(results, '../first'), 'no way out of the directory');
    assert.throws(
      () => requireBaseline(results, 'x'),
      feedrateError('store', /: no baseline 'x'; available: a, a\.2, b, /),
    );
  }));

test('a name is no path, no option and no name of a run', () =>
  withRuns(({ results, first }) => {
    for (const name of ['', '../x', 'a/b', '-x', '.hidden', '.', '..', 'a b', 'a\n', 'x'.repeat(101), 'a~b', 'a\0']) {
      assert.throws(
        () => saveBaseline(results, name, first),
        feedrateError('usage', /a name has 1 to 100 letters, digits, dots, - and _/s),
      );
    }
    for (const name of ['latest', '20261123T191203Z_quick_a1f3']) {
      assert.throws(() => requireBaselineName(name), feedrateError('usage', /this names a run; choose another name/));
    }
    assert.not(existsSync(join(results, 'baselines')), 'nothing is written for a wrong name');
  }));

test('a new one takes the place of the old one, and leaves nothing else behind', () =>
  withRuns(({ results, first, second, entries }) => {
    saveBaseline(results, 'main', first);
    saveBaseline(results, 'main', second);
    assert.is(wholeRun(results), 'second');
    assert.equal(entries(), ['main']);
  }));

test('where a save was killed between the two renames, the old one is the baseline until the next save or remove', () =>
  withRuns(({ results, first, second, entries }) => {
    const directory = join(results, 'baselines');
    const killed = () => {
      saveBaseline(results, 'main', first);
      renameSync(join(directory, 'main'), join(directory, '.main~0123456789ab-1.old'));
    };
    killed();
    assert.ok(isBaseline(results, 'main'));
    assert.equal(baselineNames(results), ['main']);
    assert.is(wholeRun(results), 'first');
    saveBaseline(results, 'main', second);
    assert.is(wholeRun(results), 'second');
    rmSync(directory, { recursive: true });
    killed();
    saveBaseline(results, 'main.x', second);
    removeBaseline(results, 'main');
    assert.not(isBaseline(results, 'main'));
    assert.equal(entries(), ['main.x']);
  }));

test('what a killed save left is removed by a later one, when no save can still be at it', () =>
  withRuns(({ results, first, entries }) => {
    saveBaseline(results, 'main', first);
    mkdirSync(join(results, 'baselines', '.main~0123456789ab'));
    saveBaseline(results, 'main', first);
    assert.equal(entries(), ['.main~0123456789ab', 'main'], 'it may be one that is under way');
    saveBaseline(results, 'main', first, Date.now() + 2 * 3_600_000);
    assert.equal(entries(), ['main']);
  }));

test('kill -9 at any moment of a save leaves the old or the new baseline, whole', () =>
  withRuns(async ({ results, first, second }) => {
    saveBaseline(results, 'main', first);
    const seen = new Set<string>();
    for (let kill = 0; kill < 8; kill++) {
      const child = saving(results, 1e6, second, first);
      assert.ok(child.stdout);
      await once(child.stdout, 'data');
      await setTimeout(kill);
      child.kill('SIGKILL');
      await once(child, 'exit');
      seen.add(wholeRun(results));
      assert.equal(baselineNames(results), ['main']);
    }
    saveBaseline(results, 'main', first);
    assert.is(wholeRun(results), 'first');
    assert.equal(
      [...seen].every((id) => id in TRIALS),
      true,
    );
  }));

test('of saves at the same time one is the baseline, whole, and all succeed', () =>
  withRuns(async ({ results, first, second, entries }) => {
    const children = [first, second, first].map((run) => saving(results, 15, run));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
    assert.equal(codes, [0, 0, 0]);
    wholeRun(results);
    assert.equal(entries(), ['main']);
  }));

test('where it cannot be written or removed that is one line', () =>
  withRuns(({ results, first }) => {
    writeFileSync(join(results, 'baselines'), 'a file');
    assert.throws(
      () => saveBaseline(results, 'main', first),
      feedrateError(
        'store',
        /baselines\/main: cannot write \(E(?:EXIST|NOTDIR).*save it elsewhere with: feedrate baseline save main \S+ -o DIRECTORY$/,
      ),
    );
    assert.throws(
      () => baselineNames(results),
      feedrateError('store', /baselines: cannot be read \(ENOTDIR.*; name a directory$/),
    );
    rmSync(join(results, 'baselines'));
    assert.throws(
      () => removeBaseline(results, 'main'),
      feedrateError('store', /no baseline 'main'; none yet: feedrate baseline save NAME -o \S+$/),
    );
    mkdirSync(join(results, 'baselines', 'main'), { recursive: true });
    saveBaseline(results, 'main', first);
    assert.is(wholeRun(results), 'first', 'an empty directory of the name is no hindrance');
    rmSync(join(results, 'baselines', 'main'), { recursive: true });
    writeFileSync(join(results, 'baselines', 'main'), 'a file');
    assert.throws(() => saveBaseline(results, 'main', first), feedrateError('store', /main: cannot write \(ENOTDIR/));
    assert.equal(readdirSync(join(results, 'baselines')), ['main'], 'no copy is left');
  }));

test.run();
