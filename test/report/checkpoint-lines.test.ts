/** What the report says of checkpoints that several machines save together. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeRanks } from '../../src/record/merge-ranks.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { checkpointLines } from '../../src/report/run/checkpoint-lines.js';
import { viewRun } from '../../src/report/run/run-view.js';
import { writeJobOf } from '../support/checkpoint-job.js';
import { latencies, makeArm, makeRun, makeTrial, withSpec } from '../support/records.js';

const test = suite('report/checkpoint-lines');
const arm = withSpec(
  makeArm('save'),
  writeJobOf('model: llama3-8b, numjobs: 2, scale: 1%, checkpoints: 3, every: 10m'),
);

/** One rank's part of a trial. */
function part(rank: number, round: number, writesNs: readonly number[], isTimed = true): TrialRecord {
  const none = writesNs.map(() => 0);
  return makeTrial(arm, round, 1e9, {
    rank,
    latency: { checkpoint: latencies(...writesNs) },
    ...(isTimed && { checkpoints: { mode: 'sync', pausesNs: none, copiesNs: none, writesNs, removalsNs: none } }),
  });
}

const linesOf = (trials: readonly TrialRecord[]): string[] =>
  checkpointLines(viewRun(makeRun([arm], trials.length), trials, [])).map(({ text }) => text);

test('the times are those of the slowest machine, and the report says that', () => {
  const merged = [1, 2].map((round) => mergeRanks([part(0, round, [1e9, 6e9, 2e9]), part(1, round, [6e9, 1e9, 6e9])]));
  const lines = linesOf(merged);
  assert.is(
    lines.at(-1),
    'the slowest machine decides the time of each checkpoint, as if all began it together (computed from their times)',
  );
  // 6 s at 1 % of the state; 600 s of writing per 600 s of training.
  assert.ok(
    lines.some((line) => /a checkpoint takes about (?:9 min 5\d s|10 min)/.test(line)),
    lines.join('\n'),
  );
});

test('checkpoints that not all machines completed are counted, and times without a barrier are told', () => {
  const uneven = mergeRanks([part(0, 1, [1e9, 6e9, 2e9]), part(1, 1, [6e9])]);
  assert.is(linesOf([uneven]).at(-1), 'not all machines completed 2 more checkpoints, which do not count');
  const untimed = mergeRanks([part(0, 1, [1e9]), part(1, 1, [6e9], false)]);
  assert.is(linesOf([untimed]).at(-1), 'times of checkpoints are those of each machine by itself');
  assert.not.match(linesOf([part(0, 1, [1e9])]).join('\n'), /machine/);
});

test.run();
