import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type MountStats, parseMountstats, pnfsOf } from '../../src/host/nfs/mountstats.js';
import { mountDelta } from '../../src/host/nfs/mountstats-delta.js';
import { fixturePath } from '../support/repository.js';

const test = suite('mountstats');

const read = (name: string): string => readFileSync(fixturePath('host', `${name}.mountstats`), 'utf8');
const at = (all: readonly MountStats[], mountPoint: string): MountStats =>
  all.find((stats) => stats.mountPoint === mountPoint) as MountStats;
const lab = parseMountstats(read('linux-6.1'));
const others = parseMountstats(read('other-kernels'));
const more = parseMountstats(read('more-kernels'));

test('reads the NFS mounts only, a bind mount of one as a second block', () => {
  const names = lab.map(({ mountPoint, fileSystem }) => `${mountPoint} ${fileSystem}`);
  const expected = ['/mnt/nfs3 nfs', '/mnt/nfs3n4 nfs', '/mnt/nfs40 nfs4', '/mnt/nfs41n4 nfs4', '/mnt/nfs42 nfs4'];
  assert.equal(names, [...expected, '/mnt/nfs3 nfs']);
  assert.equal(lab[0]?.bytes, lab[5]?.bytes);
});

test('reads every line of a version 3 mount', () => {
  const stats = at(lab, '/mnt/nfs3');
  assert.is(stats.source, 'fs1:/data');
  assert.is(stats.statVersion, '1.1');
  assert.is(stats.ageSeconds, 11);
  assert.is(stats.security, 'flavor=1,pseudoflavor=1');
  assert.is(stats.nfsv4, null);
  assert.equal(stats.bytes, {
    normalReadBytes: 4194304,
    normalWriteBytes: 4194304,
    directReadBytes: 5242880,
    directWriteBytes: 0,
    serverReadBytes: 8388608,
    serverWriteBytes: 4194304,
    pagesRead: 1024,
    pagesWritten: 1024,
  });
  assert.is(stats.events.size, 27);
  assert.is(stats.events.get('access'), 12);
  assert.equal(stats.operations.get('READ'), {
    operations: 9,
    transmissions: 9,
    timeouts: 0,
    sentBytes: 972,
    receivedBytes: 8389760,
    queueMs: 0,
    roundTripMs: 15,
    executeMs: 21,
    errors: 0,
  });
  assert.is(stats.operations.size, 22);
});

test('keeps each connection of nconnect', () => {
  const { transports } = at(lab, '/mnt/nfs3n4');
  assert.equal(
    transports.map(({ port, sends }) => [port, sends]),
    [
      [768, 12],
      [765, 10],
      [953, 10],
      [853, 10],
    ],
  );
  assert.is(transports[0]?.maxSlots, 2);
});

test('knows pNFS, and a server that says nothing of itself', () => {
  assert.is(pnfsOf(at(lab, '/mnt/nfs42')), 'not configured');
  assert.is(at(lab, '/mnt/nfs42').implementation, null);
  assert.is(pnfsOf(at(lab, '/mnt/nfs3')), null);
});

test('older kernels: 25 events, 8 columns, UDP, escapes, and a counter that went below zero', () => {
  const stats = at(others, '/mnt/old data');
  assert.is(stats.source, 'filer:/vol/old data');
  assert.is(stats.events.get('delay'), 25);
  assert.is(stats.events.has('pnfsRead'), false);
  assert.is(stats.operations.get('READ')?.errors, null);
  assert.is(stats.operations.get('READ')?.queueMs, -6);
  const [udp] = stats.transports;
  assert.equal([udp?.kind, udp?.sends, udp?.receives, udp?.badXids], ['udp', 101, 99, 1]);
  assert.equal([udp?.inFlightSum, udp?.backlogSum, udp?.maxSlots, udp?.connects], [202, 3, null, null]);
});

test('RDMA, a local socket, unknown transports and cut lines', () => {
  const stats = at(others, '/fsx');
  const [rdma, local, none] = stats.transports;
  assert.equal(
    [rdma?.kind, rdma?.sends, rdma?.inFlightSum, rdma?.backlogSum, rdma?.maxSlots],
    ['rdma', 700, 1400, 11, null],
  );
  assert.equal(
    [local?.kind, local?.port, local?.sends, local?.maxSlots, local?.pendingSum],
    ['local', null, 50, 2, 80],
  );
  assert.is(none, undefined);
  assert.equal([...stats.operations.keys()], ['READ', '73']);
  assert.is(stats.implementation, "name='NetApp Release 9.14.1P3',domain='netapp.com',date='1700000000,0'");
  assert.is(pnfsOf(stats), 'LAYOUT_NFSV4_1_FILES');
});

test('version 4.0 of a kernel without slots, pNFS and errors in its lines', () => {
  const stats = at(more, '/mnt/old');
  assert.equal([stats.statVersion, stats.fileSystem, pnfsOf(stats), stats.implementation], ['1.0', 'nfs4', null, null]);
  const [tcp] = stats.transports;
  assert.equal(
    [tcp?.sends, tcp?.inFlightSum, tcp?.backlogSum, tcp?.maxSlots, tcp?.pendingSum],
    [60, 75, 2, null, null],
  );
  assert.is(stats.operations.get('READ')?.executeMs, 85);
  assert.is(stats.operations.get('READ')?.errors, null);
  assert.is(stats.bytes?.serverReadBytes, 4096);
});

test('several RDMA connections, FS-Cache, and fewer transmissions than calls', () => {
  const stats = at(more, '/mnt/rdma');
  assert.equal(
    stats.transports.map(({ kind, connects, sends, receives, badXids, inFlightSum, backlogSum }) => [
      kind,
      connects,
      sends,
      receives,
      badXids,
      inFlightSum,
      backlogSum,
    ]),
    [
      ['rdma', 1, 30, 30, 0, 45, 1],
      ['rdma', 1, 10, 9, 1, 15, 2],
    ],
  );
  assert.is(stats.fscache, '12 3 0 0 9');
  const read = stats.operations.get('READ');
  assert.equal([read?.operations, read?.transmissions, read?.queueMs], [20, 18, -2]);
});

test('a bind mount elsewhere is a block of its own with the same counters; connections are never added up over blocks', () => {
  const [first, second] = [at(more, '/mnt/new'), at(more, '/srv/bound')];
  assert.equal(second.transports, first.transports);
  assert.equal(second.operations.get('READ'), first.operations.get('READ'));
  const growth = mountDelta(first, second, 0);
  assert.ok(typeof growth !== 'string');
  assert.equal([growth.connections.open, growth.connections.maxSlots, growth.connections.sends], [3, 64, 0]);
  assert.equal([first.events.get('pnfsRead'), first.events.get('pnfsWrite')], [4, 5]);
  assert.is(pnfsOf(first), 'LAYOUT_FLEX_FILES');
  assert.is(first.implementation, "name='Example OS',domain='example.org',date='0,0'");
});

test('any text that is cut off anywhere is read without an error', () => {
  const text = read('linux-6.1') + read('other-kernels') + read('more-kernels');
  void fc.assert(
    fc.property(fc.integer({ min: 0, max: text.length }), fc.integer({ min: 0, max: text.length }), (from, to) => {
      for (const stats of parseMountstats(text.slice(from, to))) {
        for (const operation of stats.operations.values()) assert.ok(!Number.isNaN(operation.executeMs));
      }
    }),
  );
});

test.run();
