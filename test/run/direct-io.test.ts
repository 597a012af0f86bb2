/** Whole runs with direct I/O: what the file system allows, and what is refused before anything is measured. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directAlignment } from '../../src/host/files/direct-io.js';
import { feedrate } from '../support/command-thread.js';
import type { Outcome } from '../support/feedrate-cli.js';
import { withExt4 } from '../support/loop-device.js';
import { trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { dataFilesIn, type Place, withBarePlace, withPlace, withReadOnly, withTmpfs } from './place.js';

const test = suite('run/direct-io');

/** Every kind of job, in blocks and files that suit sectors of 512 bytes. */
const SECTORS = `
name: sectors
trials: {rounds: 1}
defaults: {direct: true}
jobs:
  random: {rw: randread, bs: "512", size: 64KiB, verify: true}
  mix: {rw: read, bs: "512/50:1536/50", size: 64KiB, verify: true}
  write: {rw: randwrite, bs: "512", size: 64KiB, verify: true}
  queue: {rw: randread, bs: "512", size: 64KiB, iodepth: 8, verify: true}
  save: {kind: checkpoint-write, bs: 4KiB, shard_size: "10752", read_back: true}
  restore: {kind: checkpoint-restore, bs: 4KiB, shard_size: "10752", verify: true}
  images: {kind: small-files, bs: 4KiB, nrfiles: 5, filesize: "4608", verify: true}
`;

function assertAllWell(outcome: Outcome, results: string): void {
  assert.is(outcome.status, 0, outcome.stderr + outcome.stdout);
  const trials = trialsOf(results);
  assert.equal(
    trials.map(({ fault }) => fault),
    trials.map(() => null),
  );
  assert.ok(trials.length > 0 && trials.every(({ engine }) => engine.direct));
}

/** One line on stderr, exit status 2, nothing measured, nothing kept. */
function assertRefused(
  outcome: Outcome,
  pattern: RegExp,
  { results, target }: Place,
  left: readonly string[] = [],
): void {
  assert.match(outcome.stderr, pattern);
  assert.is(outcome.stderr.trimEnd().split('\n').length, 1, outcome.stderr);
  assert.is(outcome.status, 2);
  assert.not(existsSync(results), 'no run is kept');
  assert.equal(
    readdirSync(target).filter((name) => name.startsWith('.feedrate-') && name !== '.feedrate-notes'),
    left,
  );
}

test('blocks of single sectors run where the device has sectors of 512 bytes, in every kind of job', () =>
  withPlace(({ directory, target, results, runWords }) => {
    const unitBytes = directAlignment(join(target, 'model', 'weights.bin'))?.offsetBytes;
    if (unitBytes !== 512) skipTest(`direct I/O on the temporary directory moves ${unitBytes} bytes, not 512`);
    assertAllWell(feedrate(runWords(SECTORS), directory), results);
  }));

test('file systems in memory take any block, or are refused by name', () =>
  withBarePlace((place) =>
    withTmpfs(place.target, 'size=16m', () => {
      const outcome = feedrate(place.runWords(SECTORS), place.directory);
      if (outcome.status === 0) assertAllWell(outcome, place.results);
      else
        assertRefused(
          outcome,
          /^feedrate: target t: \S+ does not support direct I\/O: .* uses; remove direct .*\n$/,
          place,
        );
    }),
  ));

const MISFITS: readonly (readonly [job: string, blame: string])[] = [
  ['random: {rw: randread, bs: "512", size: 64KiB, direct: true}', 'random has blocks of 512 bytes; set bs'],
  ['mix: {rw: read, bs: "4096/50:6144/50", size: 64KiB, cache: direct}', 'mix has blocks of 6144 bytes; set bs'],
  [
    'write: {rw: write, bs: [8KiB, "2560"], size: 64KiB, direct: true}',
    'write/bs=2560B has blocks of 2560 bytes; set bs',
  ],
  [
    'save: {kind: checkpoint-write, bs: 4KiB, shard_size: "10752", direct: true}',
    'save has shards of 10752 bytes; set shard_size',
  ],
  [
    'images: {kind: small-files, bs: 4KiB, nrfiles: 5, filesize: "5000", direct: true}',
    'images has a file of 5000 bytes; set filesize',
  ],
];

test('blocks that the device cannot move are refused by name before anything is laid out', () =>
  withTemporaryDirectory((directory) =>
    withExt4(directory, { sectorBytes: 4096 }, (mounted) => {
      for (const [job, blame] of MISFITS) {
        const place = placeOn(directory, mounted);
        const outcome = feedrate(place.runWords(`name: w\njobs:\n  ${job}\n`), directory);
        const shown = `feedrate: target t: direct I/O on ${mounted} requires multiples of 4096 bytes, but ${blame} to a multiple, or remove direct and cache: direct\n`;
        assert.is(outcome.stderr, shown);
        assertRefused(outcome, /./, place);
        const buffered = job.replace(/, (?:direct: true|cache: direct)/, '');
        const words = place.runWords(`name: w\njobs:\n  ${buffered}\n`);
        assert.is(feedrate([...words, '--dry-run'], directory).status, 0, buffered);
      }
    }),
  ));

/** Commands run in `directory`, on a target elsewhere. */
function placeOn(directory: string, target: string): Place {
  const runWords = (workload: string): string[] => {
    writeFileSync(join(directory, 'workload.yaml'), workload);
    return ['run', 'workload.yaml', '-t', `t=${target}`, '-o', 'r', '--progress', 'json'];
  };
  return { directory, target, results: join(directory, 'r'), runWords };
}

test('blocks that suit run on sectors of 4096 bytes', () =>
  withTemporaryDirectory((directory) =>
    withExt4(directory, { sectorBytes: 4096 }, (mounted) => {
      const { results, runWords } = placeOn(directory, mounted);
      const words = runWords(SECTORS.replace(/\b(512|1536|10752|4608)\b/g, (bytes) => String(Number(bytes) * 8)));
      assertAllWell(feedrate(words, directory), results);
    }),
  ));

test('a target that is only read is asked by its data files', () =>
  withTemporaryDirectory((directory) =>
    withExt4(directory, { sectorBytes: 4096 }, async (mounted) => {
      const place = placeOn(directory, mounted);
      const buffered = 'name: w\njobs:\n  r: {rw: read, bs: "512", size: 64KiB}\n';
      place.runWords(buffered);
      assert.is(feedrate(['prepare', 'workload.yaml', '-t', `t=${mounted}`], directory).status, 0);
      assert.is(dataFilesIn(mounted).length, 1);
      const direct = buffered.replace('64KiB', '64KiB, direct: true');
      await withReadOnly(mounted, () => {
        const outcome = feedrate(place.runWords(direct), directory);
        assertRefused(outcome, /requires multiples of 4096 bytes, but r has blocks of 512 bytes/, place, [
          '.feedrate-data',
        ]);
        assert.is(feedrate(place.runWords(direct.replace('"512"', '4KiB')), directory).status, 0);
      });
    }),
  ));

test('engines without I/O are asked for no alignment', () =>
  withTemporaryDirectory((directory) =>
    withExt4(directory, { sectorBytes: 4096 }, (mounted) => {
      const { runWords } = placeOn(directory, mounted);
      const words = runWords(
        'name: w\njobs:\n  r: {rw: read, bs: "512", size: 64KiB, direct: true, ioengine: simulated}\n',
      );
      assert.is(feedrate(words, directory).status, 0);
    }),
  ));

test.run();
