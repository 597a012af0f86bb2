// ci

/** Runs whose results directory is lost while they measure: their trials are saved, and the status is 5. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../src/store/read-run.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { withLiveRun } from '../support/live-run.js';
import { latestRun } from '../support/run-directory.js';
import { ownNamesIn, type Place, withPlace, withTmpfs } from './place.js';

const test = suite('run/lost-results');

/** Trials of half a second, so that something can happen in the middle of one. */
const SIX = `
name: six
trials: {sessions: 2, rounds: 3}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB, runtime: 500ms, time_based: true, rate_iops: 100}
`;

interface Lost {
  readonly outcome: Outcome;
  /** What the run says of it, and where its trials are. */
  readonly note: string;
  readonly saved: string;
  /** Trials that the run reported as done. */
  readonly reported: readonly string[];
  /** The run's directory before it was lost. */
  readonly directory: string;
}

/** Runs `SIX` with a fallback directory of its own, and calls `lose` after the second trial. */
async function loseAfterTwo(
  place: Place,
  lose: (runDirectory: string) => void,
  workload = SIX,
  temporary = join(place.directory, 'temporary'),
): Promise<Lost> {
  mkdirSync(temporary);
  const options = { cwd: place.directory, environment: { TMPDIR: temporary } };
  let lost: Lost | null = null;
  await withLiveRun(place.runWords(workload), options, async (run) => {
    const done = () => run.events.filter((event) => event.type === 'trial');
    await run.until(() => done().length >= 2);
    const directory = latestRun(place.results);
    lose(directory);
    const outcome = await run.outcome();
    const reported = done().flatMap((event) => (event.type === 'trial' ? event.record.id : []));
    const notes = run.events.flatMap((event) => (event.type === 'note' ? event.text : []));
    assert.is(notes.length, 1, notes.join('\n'));
    const saved = /Its \d+ trials are saved; print the report with: feedrate show (\S+)$/.exec(notes[0] ?? '')?.[1];
    assert.ok(saved !== undefined, notes[0]);
    lost = { outcome, note: notes[0] ?? '', saved, reported, directory };
  });
  return lost as unknown as Lost;
}

/** The words of a run whose workload and target are in the directory above the current one. */
function fromAbove([command = '', workload = '', ...words]: string[]): string[] {
  return [command, `../${workload}`, ...words.map((word) => (word === 't' ? '../t' : word))];
}

/** The status is 5 with a line, and the directory that it names has every trial that was reported, and files to use. */
function assertSaved({ outcome, saved, reported }: Lost, { target }: Place): void {
  assert.is(outcome.status, 5, outcome.stderr);
  assert.not.match(outcome.stderr, /\n {4}at /);
  assert.match(outcome.stdout, /failed, \d of 6 trials/);
  assert.equal(ownNamesIn(target), []);
  const { status, trials, problems } = readRun(saved);
  assert.equal(problems, []);
  assert.is(status, 'failed');
  assert.equal(
    trials.slice(0, reported.length).map(({ id }) => id),
    reported,
  );
  assert.ok(trials.length < 6, 'the run ended early');
  const files = [
    'arms.csv',
    'command.txt',
    'evidence.csv',
    'latency.hlog',
    'run.json',
    'summary.csv',
    'timeseries.csv',
    'trials.jsonl',
  ];
  assert.equal(readdirSync(saved).sort(), files);
}

const removals: [string, (run: string) => void][] = [
  ['the run directory was removed or unmounted', (run) => rmSync(run, { recursive: true })],
  ['trials.jsonl was removed', (run) => rmSync(join(run, 'trials.jsonl'))],
  [
    'trials.jsonl was replaced',
    (run) => {
      rmSync(join(run, 'trials.jsonl'));
      writeFileSync(join(run, 'trials.jsonl'), '');
    },
  ],
];

for (const [what, lose] of removals) {
  test(`${what}: the trials are saved in the temporary directory`, () =>
    withPlace(async (place) => {
      const lost = await loseAfterTwo(place, lose);
      assert.ok(lost.note.startsWith(`${lost.directory}: ${what} while the run measured. `), lost.note);
      assert.ok(lost.saved.startsWith(join(place.directory, 'temporary', 'feedrate-results-')), lost.saved);
      assertSaved(lost, place);
    }));
}

test('the directory that the command runs in was deleted between two sessions, with the results in it', () =>
  withPlace(async (place) => {
    const cwd = join(place.directory, 'here');
    mkdirSync(cwd);
    const inside = { ...place, results: join(cwd, 'r') };
    const lost = await loseAfterTwo(
      { ...inside, directory: cwd, runWords: (workload) => fromAbove(place.runWords(workload)) },
      () => rmSync(cwd, { recursive: true }),
      SIX.replace('sessions: 2, rounds: 3', 'sessions: 6, rounds: 1'),
      join(place.directory, 'temporary'),
    );
    assertSaved(lost, place);
  }));

test('run.json was deleted: it is written again', () =>
  withPlace(async (place) => {
    const lost = await loseAfterTwo(place, (run) => rmSync(join(run, 'run.json')));
    assert.is(lost.saved, lost.directory);
    assertSaved(lost, place);
  }));

test('the run directory or its parent was renamed: the trials are in the new place', async () => {
  await withPlace(async (place) => {
    const lost = await loseAfterTwo(place, (run) => renameSync(run, `${run}-moved`));
    assert.is(lost.saved, `${lost.directory}-moved`);
    assert.match(
      lost.note,
      `${lost.directory}: the run directory was renamed to ${lost.saved} while the run measured. `,
    );
    assertSaved(lost, place);
  });
  await withPlace(async (place) => {
    const moved = join(place.directory, 'moved');
    const lost = await loseAfterTwo(place, () => renameSync(place.results, moved));
    assert.is(dirname(lost.saved), moved);
    assertSaved(lost, place);
    assert.not(existsSync(place.results));
  });
});

test('the results became read-only: the trials are saved in the temporary directory', () =>
  withPlace((place) => {
    mkdirSync(place.results);
    return withTmpfs(place.results, 'size=8m', async () => {
      const lost = await loseAfterTwo(place, () => {
        // Lazily, because the run holds its files open for writing.
        spawnSync('mount', ['-o', 'remount,ro', place.results]);
        spawnSync('mount', ['--bind', place.results, place.results]);
        spawnSync('mount', ['-o', 'remount,bind,ro', place.results]);
      });
      spawnSync('umount', [place.results]);
      assertSaved(lost, place);
    });
  }));

test('the file system of the results was unmounted: the trials are saved', () =>
  withPlace((place) => {
    mkdirSync(place.results);
    return withTmpfs(place.results, 'size=8m', async () => {
      const lost = await loseAfterTwo(place, () => spawnSync('umount', ['-l', place.results]));
      assertSaved(lost, place);
      assert.equal(readdirSync(place.results), [], 'nothing is written below the bare mount point');
    });
  }));

test.run();
