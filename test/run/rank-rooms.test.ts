/** What each rank of `feedrate feed` can count on. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ASSUMED_RATES } from '../../src/plan/assumed-rate.js';
import type { FeedRoom } from '../../src/plan/feed-data.js';
import { commonRoom, type RankRoom } from '../../src/run/rank-rooms.js';
import { feedrateError } from '../support/feedrate-error.js';

const test = suite('run/rank-rooms');

const GIB = 2 ** 30;
const ROOM: RankRoom & { readonly room: FeedRoom } = {
  ...{ host: 'n1', asked: 'a', storage: 'shared', threads: 200, cores: 8 },
  room: { totalBytes: 100 * GIB, freeBytes: 50 * GIB, memoryBytes: null, rates: ASSUMED_RATES, budgetNs: 60e9 },
  network: { linkBytesPerSecond: 1.25e9, connectionBytesPerSecond: 0.6e9, connections: 4 },
};
const { layout } = ASSUMED_RATES;

test('one process has all that its machine has', () => {
  const { ranks, hosts, ...own } = commonRoom([ROOM]);
  assert.equal([ranks, hosts], [1, 1]);
  const { host: _, asked: __, storage: ___, ...given } = ROOM;
  assert.equal(own, given);
});

test('ranks of one host share its threads, processors and network, and the rank that has least decides', () => {
  const small: RankRoom = { ...ROOM, host: 'n2', cores: 3, threads: 90 };
  const { ranks, hosts, threads, cores, network } = commonRoom([ROOM, ROOM, ROOM, small]);
  assert.equal([ranks, hosts, threads, cores], [4, 2, 66, 8 / 3]);
  assert.equal(network, { linkBytesPerSecond: 1.25e9 / 3, connectionBytesPerSecond: 0.6e9, connections: 4 / 3 });
  const unknown = { ...small, network: { linkBytesPerSecond: null, connectionBytesPerSecond: 0.6e9, connections: 1 } };
  assert.is(commonRoom([ROOM, unknown]).network?.linkBytesPerSecond, null);
  assert.is(commonRoom([ROOM, { ...ROOM, network: null }]).network, null);
});

test('the data fits everywhere, and ranks lay it out together where they share the storage', () => {
  const less: RankRoom = {
    ...ROOM,
    host: 'n2',
    room: { ...ROOM.room, freeBytes: GIB, memoryBytes: 2 * GIB },
  };
  const shared = commonRoom([ROOM, less]).room;
  assert.equal([shared?.freeBytes, shared?.memoryBytes], [GIB, 2 * GIB]);
  assert.is(shared?.rates?.layout.bytesPerSecond, 2 * layout.bytesPerSecond);
  assert.is(shared?.rates?.layout.fileNs, layout.fileNs / 2);
  const apart = commonRoom([ROOM, { ...less, storage: 'own' }]).room;
  assert.is(apart?.rates?.layout.bytesPerSecond, layout.bytesPerSecond);
  assert.is(commonRoom([{ ...ROOM, room: null }]).room, null);
});

test('ranks that were asked something else are refused', () => {
  const message = /^rank 1 \(n2\) and rank 0 \(n1\) have other options; start them all with the same command$/;
  assert.throws(() => commonRoom([ROOM, { ...ROOM, host: 'n2', asked: 'b' }]), feedrateError('usage', message));
});

test.run();
