/** Datasets that are kept for later days: prepared, verified, proven unchanged before and after a run, and cleaned. */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { runOf } from '../support/run-directory.js';
import { type Place, withBarePlace as withPlace } from './place.js';

const test = suite('run/kept-dataset');

const READS = `
name: reads
trials: {sessions: 2, rounds: 1, filesets: 2}
dataset: {nrfiles: 3, filesize: 64KiB-96KiB}
jobs:
  read: {rw: read, bs: 4k, verify: true}
`;

const DATASET = '.feedrate-dataset-november';

function prepared(place: Place, use: (directory: string) => void): void {
  writeFileSync(join(place.directory, 'w.yaml'), READS);
  const { status, stdout, stderr } = prepare(place);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^\d+ KiB written in .*, 0 B reused\n$/);
  use(join(place.target, DATASET));
}

function prepare({ directory }: Place, ...more: string[]) {
  return feedrate(['prepare', 'w.yaml', '-t', 't', '--dataset-id', 'november', ...more], directory);
}

function run({ directory }: Place, ...more: string[]) {
  return feedrate(
    ['run', 'w.yaml', '-t', 't', '-o', 'r', '--dataset-id', 'november', '--progress', 'none', ...more],
    directory,
  );
}

interface Line {
  readonly path: string;
  readonly sha256: string;
  readonly datasetId?: string;
}

function manifestOf(directory: string): Line[] {
  const lines = readFileSync(join(directory, 'manifest.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

test('prepare keeps files with checksums apart from all others, and a run proves them unchanged', () =>
  withPlace((place) => {
    prepared(place, (directory) => {
      const [head, ...files] = manifestOf(directory);
      assert.is(head?.datasetId, 'november');
      assert.is(files.length, 6);
      for (const { path, sha256 } of files)
        assert.is(
          createHash('sha256')
            .update(readFileSync(join(directory, path)))
            .digest('hex'),
          sha256,
        );
      assert.not(existsSync(join(place.target, '.feedrate-data')));
      const { status, stderr } = run(place);
      assert.is(status, 0, stderr);
      assert.match(
        stderr,
        /target t: dataset november of \d{4}-\d\d-\d\d \(6 files, \d+ KiB\) is unchanged: size, inode and times of every file are those of its preparation/,
      );
      assert.not(existsSync(join(place.target, '.feedrate-data')));
      const [{ dataset } = {}] = runOf(place.results).environment.targets;
      assert.equal(Object.keys(dataset ?? {}), ['id', 'preparedAt', 'preparation', 'policy', 'files', 'bytes']);
    });
  }));

for (const [what, change, why] of [
  [
    'a file that was written, with its old time',
    (path: string) => rewritten(path),
    /was changed, or its attributes were, at /,
  ],
  ['a file that was touched', (path: string) => utimesSync(path, 1, 1), /was written at 1970-01-01/],
  ['a shorter file', (path: string) => truncateSync(path, 5), /has 5 bytes instead of /],
  ['other permissions', (path: string) => chmodSync(path, 0o600), /was changed, or its attributes were, at /],
  ['a missing file', (path: string) => renameSync(path, `${path}-x`), /is missing; /],
  ['a copy', (path: string) => copied(path), /was replaced by another file; /],
] as const) {
  test(`${what} is a changed dataset: nothing is measured`, () =>
    withPlace((place) =>
      prepared(place, (directory) => {
        change(join(directory, manifestOf(directory)[1]?.path ?? ''));
        const { status, stderr } = run(place, '--dry-run');
        assert.is(status, 2, stderr);
        assert.match(stderr, why);
        assert.match(stderr, /prepare another dataset; this one cannot be compared with earlier days\n$/);
        assert.not(existsSync(place.results));
      }),
    ));
}

function rewritten(path: string): void {
  const { length } = readFileSync(path);
  const reference = `${path}-reference`;
  spawnSync('touch', ['-r', path, reference]);
  writeFileSync(path, Buffer.alloc(length));
  spawnSync('touch', ['-r', reference, path]);
}

function copied(path: string): void {
  writeFileSync(`${path}-copy`, readFileSync(path));
  renameSync(`${path}-copy`, path);
}

test('prepare again verifies every checksum, and writes nothing', () =>
  withPlace((place) =>
    prepared(place, () => {
      const { status, stdout, stderr } = prepare(place);
      assert.is(status, 0, stderr);
      assert.match(stdout, /^0 B written in .*, \d+ KiB reused\n$/);
    }),
  ));

test('a run without a complete dataset, and a plan with other files, are refused with what to do', () =>
  withPlace((place) => {
    writeFileSync(join(place.directory, 'w.yaml'), READS);
    const absent = run(place, '--dry-run');
    assert.is(absent.status, 2);
    assert.match(
      absent.stderr,
      /target t: there is no complete dataset november; prepare it with: feedrate prepare WORKLOAD -t \S+\/t --dataset-id november\n$/,
    );
    prepared(place, () => {
      const other = run(place, '--dry-run', '--set', 'dataset.nrfiles=4');
      assert.is(other.status, 2);
      assert.match(
        other.stderr,
        /dataset november has no file s42\/.*; use the workload, seed and options of its preparation/,
      );
      assert.is(run(place, '--dry-run').status, 0);
      // A changed dataset stays changed, and another one takes its place.
      const [, { path = '' } = {}] = manifestOf(join(place.target, DATASET));
      utimesSync(join(place.target, DATASET, path), 1, 1);
      assert.match(run(place, '--dry-run').stderr, /prepare another dataset; this one cannot be compared/);
      assert.is(prepare(place, '--dataset-id', 'december').status, 0);
      assert.is(run(place, '--dry-run', '--dataset-id', 'december').status, 0);
    });
    for (const id of ['a/b', '..', '', 'x'.repeat(65)]) {
      const bad = feedrate(['run', 'w.yaml', '-t', 't', '--dry-run', '--dataset-id', id], place.directory);
      assert.is(bad.status, 2);
      assert.match(bad.stderr, /--dataset-id .*: expected letters, digits/);
    }
  }));

test('a damaged manifest is named with its line', () =>
  withPlace((place) =>
    prepared(place, (directory) => {
      const path = join(directory, 'manifest.jsonl');
      truncateSync(path, readFileSync(path).length - 20);
      const { status, stderr } = run(place, '--dry-run');
      assert.is(status, 2);
      assert.match(stderr, /manifest\.jsonl:7: cut off or damaged/);
      truncateSync(path, 0);
      assert.match(run(place, '--dry-run').stderr, /empty; prepare the dataset again under another name\n$/);
      assert.is(prepare(place, '--dataset-id', 'december').status, 0);
      assert.is(run(place, '--dry-run', '--dataset-id', 'december').status, 0);
    }),
  ));

test('clean names a dataset, and removes it only by its name', () =>
  withPlace((place) =>
    prepared(place, () => {
      const clean = (...more: string[]) => feedrate(['clean', '-t', 't', '--yes', ...more], place.directory).stdout;
      assert.match(
        clean('--data'),
        /\/\.feedrate-dataset-november .* dataset november, kept for later days\nnothing was removed\ndatasets were not removed; use --dataset-id november to remove one\n$/,
      );
      assert.match(clean('--dataset-id', 'november'), /\nremoved 1 directory, [^\n]*\n$/);
      assert.equal(readdirSync(place.target), []);
    }),
  ));

test.run();
