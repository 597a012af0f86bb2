import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mergeRanks } from '../../src/record/merge-ranks.js';
import { offsetOf } from '../../src/run/rank-clocks.js';
import { groupUseOf, hostSpread, isSlow } from '../../src/stats/group-use.js';
import { makeArm, makeTrial, makeWindow } from '../support/records.js';

const test = suite('stats/group-use');

test('the interval for other hosts is the prediction interval of a sum, and trials do not count as hosts', () => {
  // numpy: means 10, 12, 14; t(0.975, 2) = 4.302653; sqrt(2·3·4) = 4.898979
  const spread = hostSpread([
    [9, 11],
    [11, 13],
    [13, 15],
  ]);
  assert.is(spread?.hosts, 3);
  assert.is(spread?.varianceShare, 1);
  assert.ok(Math.abs((spread?.high ?? 0) - (36 + 4.302653 * 4.898979)) < 1e-4);
  assert.is(hostSpread([[1], [2]]), null);
});

test('a rank is slow when it is so again and again', () => {
  assert.ok(isSlow([Math.log(0.5), Math.log(0.52), Math.log(0.49)], 4));
  assert.not(isSlow([Math.log(0.5)], 4), 'one trial');
  assert.not(isSlow([Math.log(0.9), Math.log(0.9)], 4), 'not far below');
  assert.not(isSlow([Math.log(0.2), Math.log(1.1)], 4), 'not again');
});

test('a rank without a part in the job does not count for the median', () => {
  const idle = { ...makeWindow(0, 0), endNs: 0, firstDoneNs: 0, lastDoneNs: 0 };
  const ranks = [makeWindow(2e9), makeWindow(1e9), idle, idle].map((window, rank) =>
    makeTrial(makeArm('save'), 1, 1e9, { rank, window }),
  );
  const [fast, slow] = groupUseOf([mergeRanks(ranks)])?.ranks ?? [];
  assert.ok(Math.abs((fast?.ratio ?? 0) - 4 / 3) < 1e-9, String(fast?.ratio));
  assert.ok(Math.abs((slow?.ratio ?? 0) - 2 / 3) < 1e-9, String(slow?.ratio));
});

test('meetings bound the offset of two clocks', () => {
  const times = (enteredNs: number, leftNs: number) => ({ enteredNs, leftNs, wallShiftNs: 0 });
  // Rank 1 is 1000 ahead. It comes first, and then last.
  const rounds = [
    [times(50, 60), times(1000, 1062)],
    [times(100, 160), times(1150, 1161)],
  ];
  const { offsetNs, errorNs } = offsetOf(rounds, 1);
  assert.ok(Math.abs(offsetNs - 1000) <= errorNs + 1, `${offsetNs} ± ${errorNs}`);
  assert.equal(offsetOf(rounds, 0), { offsetNs: 0, errorNs: 0 });
});

test.run();
