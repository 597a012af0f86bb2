import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type MountStats, parseMountstats } from '../../src/host/nfs/mountstats.js';
import { mountDelta } from '../../src/host/nfs/mountstats-delta.js';
import { statsOf } from '../../src/host/nfs/read-nfs.js';
import type { NfsTraffic } from '../../src/record/nfs-traffic.js';
import { fixturePath } from '../support/repository.js';

const test = suite('mountstats delta');

const SECOND_NS = 1e9;
const MOUNT = { source: 'srv:/data', mountPoint: '/mnt/data' };

interface Reading {
  readonly age: number;
  readonly bytes: string;
  readonly xprt: readonly string[];
  readonly read: string;
}

const FIRST: Reading = {
  age: 100,
  bytes: '1000 0 500 0 1500 0 1 0',
  xprt: ['tcp 800 1 1 0 0 100 100 0 200 0 4 0 0'],
  read: '10 10 0 1000 11000 5 20 30 0',
};

function reading(changes: Partial<Reading>): MountStats {
  const { age, bytes, xprt, read } = { ...FIRST, ...changes };
  const text = [
    `device ${MOUNT.source} mounted on ${MOUNT.mountPoint} with fstype nfs4 statvers=1.1`,
    `\tage:\t${age}`,
    `\tbytes:\t${bytes}`,
    ...xprt.map((line) => `\txprt:\t${line}`),
    '\tper-op statistics',
    `\t        READ: ${read}`,
    '\t       WRITE: 0 0 0 0 0 0 0 0 0',
    '',
  ].join('\n');
  return statsOf(parseMountstats(text), MOUNT) as MountStats;
}

function delta(after: Partial<Reading>, elapsedNs = 2 * SECOND_NS, before: Partial<Reading> = {}): NfsTraffic {
  const result = mountDelta(reading(before), reading({ age: 102, ...after }), elapsedNs);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

test('leaves out what did not happen', () => {
  const { bytes, calls } = delta({
    bytes: '5000 7 900 0 5500 0 2 0',
    read: '14 15 1 1400 15400 9 28 46 2',
  });
  assert.is(bytes?.normalReadBytes, 4000);
  assert.is(bytes?.directReadBytes, 400);
  assert.is(bytes?.serverReadBytes, 4000);
  assert.equal(calls, {
    READ: {
      calls: 4,
      retransmissions: 1,
      timeouts: 1,
      sentBytes: 400,
      receivedBytes: 4400,
      errors: 2,
      queueNs: 4e6,
      roundTripNs: 8e6,
      executeNs: 16e6,
    },
  });
});

test('sums connections, and names slots that ran out', () => {
  const more = ['tcp 800 1 2 0 0 110 109 1 240 20 16 0 0', 'tcp 801 1 1 0 0 10 10 0 10 0 2 0 0'];
  assert.equal(delta({ xprt: more }).connections, {
    open: 2,
    reconnects: 1,
    sends: 20,
    receives: 19,
    badXids: 1,
    inFlightSum: 50,
    backlogSum: 20,
    maxSlots: 16,
  });
  assert.is(delta({}).connections.inFlightSum, 0);
});

test('counters below zero, fewer transmissions than calls, and 32-bit wraps', () => {
  const below = delta({ read: '12 11 0 1200 13200 18446744073709551610 24 36 0' }, 2 * SECOND_NS, {
    read: '10 10 0 1000 11000 18446744073709551612 20 30 0',
  }).calls['READ'];
  assert.equal([below?.queueNs, below?.retransmissions, below?.roundTripNs], [0, 0, 4e6]);
  const wrapped = delta({ read: '4 4 0 40 44 5 20 30 0' }, 2 * SECOND_NS, {
    read: '4294967290 4294967290 0 4294967290 4294967290 5 20 30 0',
  }).calls['READ'];
  assert.equal([wrapped?.calls, wrapped?.retransmissions, wrapped?.sentBytes], [10, 0, 46]);
});

test('a mount that began anew in between, or is gone, has no difference', () => {
  const before = reading({});
  assert.is(mountDelta(before, reading({ age: 1 }), 3 * SECOND_NS), 'remounted');
  assert.is(mountDelta(reading({ age: 5 }), reading({ age: 6 }), 10 * SECOND_NS), 'remounted');
  assert.is(mountDelta(before, null, SECOND_NS), 'missing');
  assert.is(mountDelta(null, before, SECOND_NS), 'missing');
});

test('one of the blocks that a superblock has is taken, not their sum', () => {
  const all = parseMountstats(readFileSync(fixturePath('host', 'linux-6.1.mountstats'), 'utf8'));
  const mount = { source: 'fs1:/data', mountPoint: '/mnt/nfs3' };
  const stats = statsOf(all, mount);
  const result = mountDelta(stats, stats, 0);
  assert.ok(typeof result !== 'string');
  assert.is(Object.keys(result.calls).length, 0);
  assert.is(result.bytes?.serverReadBytes, 0);
});

test('differences add up', () => {
  const count = fc.integer({ min: 0, max: 1e9 });
  const check = fc.property(count, count, count, (a, b, c) => {
    const at = (operations: number): Partial<Reading> => ({
      read: `${operations} ${operations} 0 0 ${operations} 0 0 0 0`,
    });
    const grown = (from: number, to: number): number =>
      delta(at(to), SECOND_NS, at(from)).calls['READ']?.receivedBytes ?? 0;
    assert.is(grown(a, a + b) + grown(a + b, a + b + c), grown(a, a + b + c));
  });
  void fc.assert(check);
});

test.run();
