/** Ranks of a group that read the same bytes are warned of it, and what the warning advises ends that. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RankFiles } from '../../src/plan/rank-files.js';
import type { GroupPlace } from '../../src/trial/common-start.js';
import { readersOfSame, sharedFiles } from '../../src/trial/shared-files.js';
import { makeArm } from '../support/records.js';

const test = suite('trial/shared-files');

const placeWith = (files: RankFiles | null): GroupPlace => {
  return { rank: 0, size: 4, files, host: 'one', clockShiftNs: 0, sharedTargets: ['data'] };
};

test('ranks that share the files of a target read the same, and with --rank-files disjoint they do not', () => {
  const arm = makeArm('read');
  const told = (place: GroupPlace | null) => sharedFiles({ readers: readersOfSame(arm, place) });
  assert.match(told(placeWith('shared'))?.message ?? '', /^all 4 ranks read the same files/);
  assert.match(told(placeWith('shared'))?.remedy ?? '', /: use --rank-files disjoint to measure its storage$/);
  assert.is(told(placeWith('disjoint')), null);
  assert.is(told(null), null, 'one machine');
  assert.is(told({ ...placeWith('shared'), sharedTargets: [] }), null, 'each rank has storage of its own');
});

test.run();
