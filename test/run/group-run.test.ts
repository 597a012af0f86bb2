// waits

/** Runs of several ranks, all of them in this process. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Group } from '../../src/group/group.js';
import { checkpointShape } from '../../src/plan/jobs/shards.js';
import { conduct } from '../../src/run/conduct.js';
import type { HeadStart } from '../../src/run/head-start.js';
import { rankFilesOf } from '../../src/run/preparation.js';
import { RankMeetings } from '../../src/run/rank-meetings.js';
import type { RunRequest } from '../../src/run/request.js';
import type { Conducted } from '../../src/run/sessions.js';
import { listRuns } from '../../src/store/find-runs.js';
import { readRun } from '../../src/store/read-run.js';
import { filesOfRanks } from '../../src/training/checkpoints/writer-files.js';
import { writeJobOf } from '../support/checkpoint-job.js';
import { localGroup } from '../support/local-group.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/group-run');

const SOURCE = `name: group
jobs:
  read: { rw: randread, bs: 64KiB, size: 4MiB, runtime: 200ms, time_based: true, ioengine: psync, numjobs: 2, cache: as-is }
  save: { kind: checkpoint-write, params: 1M, writer: dcp, ioengine: psync }
trials: { sessions: 1, rounds: 1, warmup: 0 }
`;

type Outcome = PromiseSettledResult<Conducted>;

/** Ranks that are refused before they measure need no process of a session, which takes most of the time. */
const NO_SESSIONS = {
  answered: Promise.resolve(),
  takeSession: () => null,
  discard: () => {},
  startThreads: () => undefined,
} as unknown as HeadStart;

/** Runs the workload with each rank's changes, and returns what came out on each. */
async function runs(
  directory: string,
  size: number,
  change: (rank: number, request: RunRequest) => Partial<RunRequest> = () => ({}),
  headStart?: HeadStart,
) {
  const results = join(directory, 'results');
  const group = localGroup(size);
  const notes: string[][] = group.ranks.map(() => []);
  const outcomes: Outcome[] = await Promise.allSettled(
    group.ranks.map((each, rank) => {
      const request: RunRequest = {
        workload: { source: SOURCE, path: 'group.yaml' },
        targets: [{ name: 'data', path: directory }],
        resultsDirectory: results,
        aws: false,
        group: { meetings: new RankMeetings(each), files: null },
      };
      const own = { ...request, ...change(rank, request) };
      return conduct(own, { note: (text) => notes[rank]?.push(text) }, headStart);
    }),
  );
  return { results, outcomes, notes };
}

test('ranks give one run, in which the counts are the sums of the ranks', () =>
  withTemporaryDirectory(async (directory) => {
    const { results, outcomes, notes } = await runs(directory, 2);
    for (const outcome of outcomes)
      assert.is(outcome.status, 'fulfilled', String((outcome as { reason?: Error }).reason?.stack));
    const [listed, ...others] = listRuns(results);
    assert.equal(others, []);
    const run = readRun(listed?.directory as string);
    assert.is(run.status, 'complete');
    assert.is(run.run?.group?.size, 2);
    assert.is(run.trials.length, 2);
    for (const trial of run.trials) {
      const parts = trial.ranks ?? [];
      assert.equal(
        parts.map(({ rank }) => rank),
        [0, 1],
      );
      assert.is(trial.status, 'ok', JSON.stringify(trial.fault));
      for (const amount of ['totalReadOps', 'totalWriteBytes'] as const)
        assert.is(
          trial.window[amount],
          parts.reduce((total, { window }) => total + window[amount], 0),
        );
      assert.ok(trial.job === 'save' || trial.window.totalReadOps > 0);
    }
    const saved = run.trials.find(({ job }) => job === 'save');
    const ofOne = filesOfRanks(checkpointShape(writeJobOf('params: 1M, writer: dcp, numjobs: 2')));
    assert.is(
      saved?.window.totalWriteBytes,
      ofOne.reduce((sum, { file }) => sum + file.bytes, 0),
      'the checkpoint that one machine with both workers writes',
    );
    for (let rank = 0; rank < 2; rank++) {
      const own = readRun(join(run.directory, `rank-${rank}`));
      assert.is(own.status, 'complete');
      assert.equal(
        own.trials.map((trial) => trial.rank),
        [rank, rank],
      );
      assert.equal(own.problems, []);
    }
    assert.equal(notes.slice(1), [[]]);
    const left = readdirSync(directory).filter((name) => name.startsWith('.feedrate-') && name !== '.feedrate-data');
    assert.equal(left, []);
    assert.ok(existsSync(join(directory, '.feedrate-data', 'set1')), 'each rank has files of its own');
  }));

/** Each rank's end: how its run ended, or why it did not begin. */
const endsOf = (outcomes: readonly Outcome[]) =>
  outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.status : String(outcome.reason.message)));

test('results that ranks do not share are refused, and so are ranks that measure something else', () =>
  withTemporaryDirectory(async (directory) => {
    const apart = await runs(
      directory,
      2,
      (rank) => ({ resultsDirectory: join(directory, `of-${rank}`) }),
      NO_SESSIONS,
    );
    for (const end of endsOf(apart.outcomes)) assert.match(end, /use -o with a directory that all machines share/);
    const other = await runs(directory, 2, (rank) => ({ seed: rank + 1 }), NO_SESSIONS);
    for (const end of endsOf(other.outcomes))
      assert.match(end, /rank 1 \(host-1\) has seed 2, rank 0 \(host-0\) has 1; start them all with the same command/);
    assert.equal(listRuns(other.results), []);
    const asked = (files: 'disjoint' | null, kept: object = {}) =>
      rankFilesOf({
        workload: { source: SOURCE, path: 'group.yaml' },
        targets: [],
        group: { meetings: new RankMeetings(localGroup(2).ranks[0] as Group), files },
        ...kept,
      }).files;
    assert.throws(() => asked('disjoint', { datasetId: 'mine' }), /shared by all ranks; leave one out/);
    assert.equal([asked('disjoint'), asked(null, { datasetId: 'mine' })], ['disjoint', 'shared']);
  }));

test.run();
