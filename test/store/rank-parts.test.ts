import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeTrial } from '../../src/record/codec.js';
import { mergeTrials } from '../../src/record/merge-ranks.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { forEachLine } from '../../src/store/lines.js';
import { mergedTrials } from '../../src/store/rank-parts.js';
import { RUN_FILES, rankDirectory } from '../../src/store/run-files.js';
import { latencies, makeArm, makeTrial, makeWindow } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('store/rank-parts');
const arm = makeArm('read');
const TRIALS = 3;

/** Latencies on both sides of 2^31 ns, where bins are computed in another way. */
const recordOf = (rank: number, round: number): TrialRecord =>
  makeTrial(arm, round, 1e9 + rank, {
    rank,
    host: `node${rank >> 3}`,
    window: makeWindow(1e9 + rank, 1000 + round),
    latency: { read: latencies(90 + rank, 2 ** 20 + round * 1000, 2 ** 31 + rank * 2 ** 25, 2 ** 40) },
    series: [{ startNs: 0, durationNs: 1e9, readBytes: rank, writeBytes: 0, ops: 1, p50Ns: 1, p99Ns: 1 }],
  });

function writeRanks(directory: string, ranks: number, lacking: readonly number[] = []) {
  return Array.from({ length: ranks }, (_, rank) => {
    const own = join(directory, rankDirectory(rank));
    mkdirSync(own);
    const rounds = Array.from({ length: TRIALS }, (__, index) => index + 1);
    const lines = rounds
      .filter((round) => !(lacking.includes(rank) && round === TRIALS))
      .map((round) => `${encodeTrial(recordOf(rank, round))}\n`);
    writeFileSync(join(own, RUN_FILES.trials), lines.join(''));
    return { rank, directory: own };
  });
}

/** What merging all records in memory gives. */
const inMemory = (ranks: number) =>
  mergeTrials(
    Array.from({ length: TRIALS }, (_, index) =>
      Array.from({ length: ranks }, (__, rank) => recordOf(rank, index + 1)),
    ).flat(),
  ).trials;

test('trials read rank by rank are merged as in memory, to the byte', () =>
  withTemporaryDirectory((directory) => {
    const merged = mergedTrials(writeRanks(directory, 9));
    assert.equal([...merged].map(encodeTrial), inMemory(9).map(encodeTrial));
    assert.equal(merged.problems, []);
  }));

test('of many ranks, only the series of single ranks is left out', () =>
  withTemporaryDirectory((directory) => {
    const trials = [...mergedTrials(writeRanks(directory, 65))];
    const expected = inMemory(65).map((trial) => ({
      ...trial,
      ranks: trial.ranks?.map((part) => ({ ...part, series: [] })),
    }));
    assert.equal(
      trials.map(encodeTrial),
      expected.map((trial) => encodeTrial(trial as TrialRecord)),
    );
    assert.is(trials[0]?.series[0]?.ops, 65);
  }));

test('a trial that a rank lacks is aborted, and the others are not', () =>
  withTemporaryDirectory((directory) => {
    const merged = mergedTrials(writeRanks(directory, 3, [1]));
    assert.equal(
      [...merged].map(({ status }) => status),
      ['ok', 'ok', 'aborted'],
    );
    assert.match(merged.problems.join(), /rank 1 did not record it/);
  }));

test('lines of a file are whole while those of another one are read', () =>
  withTemporaryDirectory((directory) => {
    const paths = ['a', 'b'].map((name) => join(directory, name));
    for (const path of paths) writeFileSync(path, `${path} 1\n${path} 2\n`);
    const [outer, inner] = paths as [string, string];
    const seen: (string | null)[] = [];
    forEachLine(outer, (line) => {
      seen.push(line);
      forEachLine(inner, (other) => seen.push(other));
    });
    const both = [`${inner} 1`, `${inner} 2`];
    assert.equal(seen, [`${outer} 1`, ...both, `${outer} 2`, ...both]);
  }));

test.run();
