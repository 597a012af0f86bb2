/** The space that ranks need together. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuseBeyondShared } from '../../src/run/rank-space.js';

const test = suite('run/rank-space');
const MIB = 2 ** 20;
const TARGETS = [{ name: 'data', path: '/fsx' }];

/** What a rank says of its only target, in MiB. */
const rank = (storage: string, ownMib: number, sharedMib: number, scratchMib: number, freeMib = 100) => ({
  storage: [storage],
  needs: [
    {
      ownBytes: ownMib * MIB,
      sharedBytes: sharedMib * MIB,
      scratchBytes: scratchMib * MIB,
      totalBytes: 200 * MIB,
      freeBytes: freeMib * MIB,
    },
  ],
});

test('ranks that fit alone but not together are refused with the sum', () => {
  assert.throws(
    () => refuseBeyondShared([rank('a', 30, 0, 5), rank('a', 30, 0, 5), rank('a', 30, 0, 5)], TARGETS),
    /^target data \(\/fsx\): the 3 ranks together need 105 MiB and a margin of 10(\.0)? MiB, but 100 MiB are free; free some space, or use fewer ranks$/,
  );
  refuseBeyondShared([rank('a', 30, 0, 5), rank('a', 30, 0, 5)], TARGETS);
  refuseBeyondShared(
    Array.from({ length: 3 }, () => rank('a', 30, 0, 5, 120)),
    TARGETS,
  );
});

test('files that all ranks read are needed once, and storage of one rank alone is its own matter', () => {
  refuseBeyondShared([rank('a', 0, 80, 2), rank('a', 0, 80, 2), rank('a', 0, 80, 2)], TARGETS);
  refuseBeyondShared([rank('a', 80, 0, 2), rank('b', 80, 0, 2)], TARGETS);
  refuseBeyondShared([rank('a', 0, 0, 0, 1), rank('a', 0, 0, 0, 1)], TARGETS);
});

test.run();
