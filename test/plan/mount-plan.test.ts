import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planMounts } from '../../src/plan/mount-plan.js';

const test = suite('plan/mount-plan');
const [FIRST, SECOND] = ['svm-1:/train', 'svm-1-b:/train'];

const placed = (exports: readonly string[], ...lists: readonly string[]) =>
  planMounts(exports, lists).map(({ name, source }) => `${name} ${source}`);

test('each list has a name that a target can have', () => {
  assert.equal(placed([FIRST], 'vers=3', 'vers=4.1,nconnect=16', 'nfsvers=4.2,rsize=65536,noatime'), [
    `v3 ${FIRST}`,
    `v4.1-nconnect16 ${FIRST}`,
    `v4.2-rsize65536-noatime ${FIRST}`,
  ]);
  assert.equal(placed([FIRST], 'vers=3', 'vers=3', 'vers=3'), [`v3 ${FIRST}`, `v3-2 ${FIRST}`, `v3-3 ${FIRST}`]);
});

test('another number of connections of a version takes another address', () => {
  const lists = ['vers=4.1', 'vers=4.1,nconnect=16', 'vers=4.1,nconnect=16,rsize=262144', 'vers=3,nconnect=4'];
  assert.equal(placed([FIRST, SECOND], ...lists), [
    `v4.1 ${FIRST}`,
    `v4.1-nconnect16 ${SECOND}`,
    `v4.1-nconnect16-rsize262144 ${SECOND}`,
    `v3-nconnect4 ${FIRST}`,
  ]);
  assert.throws(() => placed([FIRST], ...lists), /--mount vers=4\.1,nconnect=16: .* add an --export/);
});

test('what mount(8) cannot be given is refused', () => {
  for (const [exports, lists, message] of [
    [['svm'], ['vers=3', 'vers=4.1'], /--export svm: expected server:\/path/],
    [[], ['vers=3', 'vers=4.1'], /--export is missing/],
    [[FIRST], ['vers=3'], /use --mount at least twice/],
    [[FIRST], ['vers=3', 'rsize=65536'], /version is missing/],
    [[FIRST], ['vers=3', 'vers=3, hard'], /--mount 'vers=3, hard'/],
  ] as const) {
    assert.throws(() => planMounts(exports, lists), message);
  }
});

test.run();
