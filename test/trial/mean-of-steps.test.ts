import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { meanNs } from '../../src/trial/mean-of-steps.js';

const test = suite('trial/mean-of-steps');

test('other work goes on between two steps, as the signs of life of a group must', async () => {
  let turns = 0;
  let isOver = false;
  const others = (): void => {
    turns++;
    if (!isOver) setImmediate(others);
  };
  setImmediate(others);
  const seen: number[] = [];
  assert.ok((await meanNs([1, 2, 3, 4], () => seen.push(turns))) > 0);
  isOver = true;
  assert.is(seen.length, 4);
  for (const [place, turn] of seen.entries())
    if (place > 0) assert.ok(turn > (seen[place - 1] as number), String(seen));
});

test('no step begins when the time is spent, but one is always taken', async () => {
  const taken: number[] = [];
  await meanNs([1, 2, 3], (item) => taken.push(item), -1);
  assert.equal(taken, [1]);
});

test('a step that fails ends it', async () => {
  const failing = meanNs([1, 2], () => {
    throw new Error('no');
  });
  await failing.then(
    () => assert.unreachable(),
    (thrown: Error) => assert.is(thrown.message, 'no'),
  );
});

test.run();
