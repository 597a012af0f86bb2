import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { UserDataRecord } from '../../src/record/user-data-record.js';
import { dataLines } from '../../src/report/run/data-lines.js';
import { makeArm, makeRun } from '../support/records.js';

const test = suite('report/data-lines');

const data: UserDataRecord = {
  path: 'imagenet/train',
  files: 1_281_167,
  bytes: 137 * 2 ** 30,
  smallestBytes: 508,
  largestBytes: 15 * 2 ** 20,
  unallocatedBytes: 0,
  sizes: [
    { fromBytes: 256, files: 7, bytes: 3000 },
    { fromBytes: 65_536, files: 1_281_160, bytes: 137 * 2 ** 30 - 3000 },
  ],
  digest: '3f2a90c1'.repeat(8),
  notRead: [],
};

function linesOf(changes: Partial<UserDataRecord>): readonly string[] {
  const [target] = makeRun([makeArm('read')], 1).environment.targets;
  assert.ok(target);
  return dataLines({ ...target, userData: { ...data, ...changes } });
}

test('what was read', () => {
  assert.equal(linesOf({}), [
    'data of data: imagenet/train, 1,281,167 files, 137 GiB (508 B to 15 MiB, half of them below 128 KiB), digest 3f2a90c1',
  ]);
  const one = { files: 1, bytes: 2 ** 40, smallestBytes: 2 ** 40, largestBytes: 2 ** 40 };
  assert.equal(linesOf({ ...one, path: 'a\u001b[31m\nb' }), [
    'data of data: a\\u001b[31m\\nb, 1 file, 1 TiB, digest 3f2a90c1',
  ]);
});

test('what was left out, and why', () => {
  const notRead: UserDataRecord['notRead'] = [
    { why: 'unreadable', entries: 1, first: ['private\u0007'] },
    { why: 'link', entries: 1203, first: [] },
    { why: 'limit', entries: 1, first: [] },
    { why: 'copies', entries: 5, first: ['a', 'b', 'c', 'd'] },
    { why: 'later' as 'limit', entries: 2, first: [] },
  ];
  assert.equal(linesOf({ notRead }).slice(1), [
    'not read of data: 1 file or directory that cannot be read (private\\u0007), 1,203 symbolic links, ' +
      '1 file beyond limit, 5 files that not every target has (a, b, c), 2 entries (later)',
  ]);
});

test('bytes that take no space do not come from the device', () => {
  const words = 'of the bytes take no space (sparse or compressed files), so they do not come from the device';
  assert.equal(linesOf({ unallocatedBytes: 137 * 2 ** 30 }).slice(1), [`! data of data: 100 % ${words}`]);
  assert.equal(linesOf({ unallocatedBytes: 0.123 * 137 * 2 ** 30 }).slice(1), [`! data of data: 12 % ${words}`]);
  assert.equal(linesOf({ unallocatedBytes: 0.009 * 137 * 2 ** 30 }).slice(1), []);
});

test.run();
