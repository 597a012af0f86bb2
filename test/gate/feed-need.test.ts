/** The exit status of `feedrate feed --need`, for one process and for the ranks of a group. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../../src/base/errors.js';
import { needStatus } from '../../src/gate/feed-need.js';
import type { EmulatedAu, FeedRecord } from '../../src/record/feed-record.js';

const test = suite('gate/feed-need');
const { pass, regression, inconclusive } = EXIT;

type Answer = Parameters<typeof needStatus>[0];

const sideOf = (accelerators: number, side: EmulatedAu['side']): EmulatedAu =>
  ({ accelerators, side }) as unknown as EmulatedAu;
const answerOf = (
  whole: number,
  ranks: number,
  verdict: FeedRecord['verdict'] = 'decided',
  emulated: readonly EmulatedAu[] = [],
): Answer => ({ whole, verdict, emulated, ...(ranks > 1 && { group: { ranks, hosts: ranks } }) });
const statuses = (answer: Answer, asked: readonly (number | null)[]): number[] =>
  asked.map((need) => needStatus(answer, need));

test('one process is asked for exactly as many', () => {
  assert.equal(statuses(answerOf(5, 1), [null, 4, 5, 6]), [pass, pass, pass, regression]);
  const open = answerOf(5, 1, 'open', [sideOf(5, 'above'), sideOf(8, 'below'), sideOf(6, 'open')]);
  assert.equal(statuses(open, [5, 6, 7, 8, 9]), [pass, inconclusive, inconclusive, regression, regression]);
});

test('a group of 8 ranks is asked for the next multiple of 8', () => {
  assert.equal(statuses(answerOf(8, 8), [null, 1, 8, 9, 12, 16]), [
    pass,
    pass,
    pass,
    regression,
    regression,
    regression,
  ]);
  assert.equal(statuses(answerOf(16, 8), [9, 12, 16, 17]), [pass, pass, pass, regression]);
  assert.equal(statuses(answerOf(0, 8), [1]), [regression]);
  // 12 means 16, which fails, although 8 pass and nobody knows of 12.
  const open = answerOf(8, 8, 'open', [sideOf(8, 'above'), sideOf(16, 'below')]);
  assert.equal(statuses(open, [8, 9, 12, 16]), [pass, regression, regression, regression]);
  const wide = answerOf(8, 8, 'open', [sideOf(8, 'above'), sideOf(24, 'below')]);
  assert.equal(statuses(wide, [8, 12, 16, 17]), [pass, inconclusive, inconclusive, regression]);
});

test('a prediction alone decides nothing', () => {
  assert.equal(statuses(answerOf(16, 8, 'predicted'), [null, 1, 24]), [pass, inconclusive, inconclusive]);
});

test.run();
