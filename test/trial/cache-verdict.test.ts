import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isServerUnknown } from '../../src/record/merge-caches.js';
import type { Moved } from '../../src/trial/cache-origin.js';
import { type CacheBefore, judgeCache } from '../../src/trial/cache-verdict.js';
import { isUsedBefore } from '../../src/trial/server-cache.js';
import type { CacheClaim } from '../../src/workload/workload.js';
import { readTraffic } from '../support/nfs-traffic.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';

const test = suite('trial/cache-verdict');
const MIB = 1024 * 1024;
const window = { ...makeTrial(makeArm('read'), 1, 1e9).window, totalReadBytes: 100 * MIB };
const device = {
  processDeviceReadBytes: 0,
  processDeviceWriteBytes: 0,
  blockDevice: null,
  blockReadBytes: null,
  blockWriteBytes: null,
};

function judged(claim: CacheClaim, nfs: Moved['nfs'], residentBytesBefore = 0) {
  const before = { residentBytesBefore, fileBytes: 100 * MIB, residencySource: 'mincore', evictedBy: null } as const;
  const preparation: CacheBefore = { claim, reads: true, before, problem: null };
  const { verdict, detail, observed } = judgeCache(claim, preparation, window, { device, nfs });
  return { verdict, detail, observed };
}

test('on NFS a claim stands or falls by what the server sent', () => {
  const from = (share: number) => readTraffic(share * 100 * MIB);
  assert.equal(judged('cold', from(1)), {
    verdict: 'proven',
    detail: 'every byte was read from the server',
    observed: 'cold',
  });
  assert.equal(judged('cold', from(0.5)), {
    verdict: 'contradicted',
    detail: '50 % of the bytes were read from the server',
    observed: 'mixed',
  });
  assert.is(
    judged('cold', from(1.22)).detail,
    'the server delivered 22 % more bytes than the job read (read-ahead and metadata)',
  );
  assert.equal(judged('warm', from(0)), {
    verdict: 'proven',
    detail: 'nothing was read from the server',
    observed: 'warm',
  });
  assert.is(judged('warm', from(0.0005)).detail, 'less than 0.1 % of the bytes were read from the server');
  assert.is(judged('warm', from(0.001)).detail, '0.1 % of the bytes were read from the server');
  assert.is(judged('warm', from(0.2)).verdict, 'contradicted');
  assert.is(judged('direct', from(1)).verdict, 'proven');
  assert.is(judged('direct', from(0)).verdict, 'contradicted');
});

test('what the job beside it may have read neither proves nor contradicts a claim', () => {
  const local = { residentBytesBefore: 0, fileBytes: 100 * MIB, residencySource: 'mincore', evictedBy: null } as const;
  const verdictOf = (claim: CacheClaim, fetched: number, besideReadBytes: number): string => {
    const preparation: CacheBefore = { claim, reads: true, before: local, problem: null };
    const own = { ...device, processDeviceReadBytes: fetched * MIB, blockDevice: 'vda', blockReadBytes: fetched * MIB };
    return judgeCache(claim, preparation, window, { device: own, nfs: null }, besideReadBytes).verdict;
  };
  assert.is(verdictOf('cold', 200, 100 * MIB), 'proven', 'both jobs read everything from the device');
  assert.is(verdictOf('cold', 100, 100 * MIB), 'unproven', 'one of them did');
  assert.is(verdictOf('cold', 50, 100 * MIB), 'contradicted');
  assert.is(verdictOf('warm', 100, 100 * MIB), 'unproven');
  assert.is(verdictOf('warm', 0, 100 * MIB), 'proven');
  assert.is(verdictOf('cold', 300, Number.POSITIVE_INFINITY), 'unproven', 'memory maps fetch more than is asked for');
  const { verdict, detail } = judgeCache(
    'cold',
    { claim: 'cold', reads: true, before: local, problem: null },
    window,
    { device, nfs: readTraffic(150 * MIB) },
    100 * MIB,
  );
  assert.is(verdict, 'unproven');
  assert.match(detail, /delivered 150 MiB to the job and the one beside it/);
});

test('without a mount a claim stands or falls by what the connections carried', () => {
  const preparation: CacheBefore = {
    claim: 'cold',
    reads: true,
    before: { residentBytesBefore: null, fileBytes: 100 * MIB, residencySource: null, evictedBy: null },
    problem: null,
  };
  const carried = (receivedBytes: number | null) => {
    const wire = receivedBytes === null ? null : { receivedBytes, sentBytes: MIB };
    return judgeCache('cold', preparation, window, { device, nfs: null, wire });
  };
  const proven = carried(101 * MIB);
  assert.equal([proven.verdict, proven.observed], ['proven', 'cold']);
  assert.equal([proven.wireReceivedBytes, proven.wireSentBytes], [101 * MIB, MIB]);
  assert.is(carried(50 * MIB).verdict, 'contradicted');
  const unknown = carried(null);
  assert.equal([unknown.verdict, unknown.observed, unknown.wireReceivedBytes], ['unproven', null, null]);
  assert.match(unknown.detail, /does not report how many bytes its connections carried/);
});

test('where the bytes came from is told without a claim, too', () => {
  assert.equal(judged('as-is', readTraffic(50 * MIB)), {
    verdict: 'none',
    detail: 'no cache state was claimed',
    observed: 'mixed',
  });
});

test('counters that began anew, or are not there, prove nothing', () => {
  for (const [nfs, word] of [
    ['remounted', /remounted/],
    ['missing', /mountstats/],
    [{ ...readTraffic(0), bytes: null }, /does not count the bytes/],
  ] as const) {
    const { verdict, detail, observed } = judged('cold', nfs);
    assert.equal([verdict, observed], ['unproven', null]);
    assert.match(detail, word);
  }
  assert.is(judged('warm', 'missing', 100 * MIB).verdict, 'proven');
});

test('pages that could not be evicted contradict a cold claim whatever was sent', () => {
  assert.is(judged('cold', readTraffic(100 * MIB), 50 * MIB).verdict, 'contradicted');
});

/** The server sent so much, and programs asked for so much, the job's 100 MiB included. */
const sentAndAsked = (sentMib: number, askedMib: number): Moved['nfs'] => {
  const traffic = readTraffic(sentMib * MIB);
  return { ...traffic, bytes: traffic.bytes && { ...traffic.bytes, normalReadBytes: askedMib * MIB } };
};

test('on NFS the bytes of other programs are taken out of the claim', () => {
  assert.equal(judged('cold', sentAndAsked(122, 122)), {
    verdict: 'proven',
    detail: 'every byte was read from the server; other programs asked the mount for 22 MiB meanwhile',
    observed: 'cold',
  });
  // 40 of the job's MiB may have come from memory, while others read 40 MiB.
  assert.equal(judged('cold', sentAndAsked(100, 140)), {
    verdict: 'unproven',
    detail:
      'the server delivered 100 MiB to all programs, and the job read 100 MiB; other programs asked for 40 MiB of their own',
    observed: null,
  });
  assert.is(
    judged('cold', sentAndAsked(101, 106)).detail,
    'at least 95 % of the bytes were read from the server; other programs asked the mount for 6 MiB meanwhile',
  );
  const few = judged('cold', sentAndAsked(60, 140));
  assert.equal(
    [few.verdict, few.detail.split(';')[0]],
    ['contradicted', 'at most 60 % of the bytes were read from the server'],
  );
  assert.is(judged('warm', sentAndAsked(40, 140)).verdict, 'unproven');
  assert.is(judged('warm', sentAndAsked(40, 110)).verdict, 'contradicted');
  assert.is(judged('warm', sentAndAsked(2, 140)).verdict, 'proven');
  assert.is(judged('direct', sentAndAsked(300, 300)).verdict, 'proven');
  assert.is(judged('direct', sentAndAsked(300, 350)).verdict, 'unproven');
});

test('on NFS reads through mapped memory are not among those that the kernel counts', () => {
  const before = { residentBytesBefore: 0, fileBytes: 100 * MIB, residencySource: null, evictedBy: null };
  const preparation: CacheBefore = { claim: 'cold', reads: true, before, problem: null, countsReads: false };
  const found = (askedMib: number) =>
    judgeCache('cold', preparation, window, { device, nfs: sentAndAsked(100, askedMib) });
  assert.equal([found(0).verdict, found(0).othersReadBytes], ['proven', 0]);
  assert.equal([found(60).verdict, found(60).othersReadBytes], ['unproven', 60 * MIB]);
});

/** Of a disk: what this process read from it (null: not readable), and all of them. */
function onDisk(claim: CacheClaim, ownMib: number | null, allMib: number) {
  const before = { residentBytesBefore: 0, fileBytes: 100 * MIB, residencySource: null, evictedBy: null };
  const counted = {
    ...device,
    processDeviceReadBytes: ownMib === null ? null : ownMib * MIB,
    blockDevice: 'vda',
    blockReadBytes: allMib * MIB,
  };
  return judgeCache(claim, { claim, reads: true, before, problem: null }, window, { device: counted, nfs: null });
}

test('on a disk the bytes of this process decide, and those of others are named', () => {
  const shared = onDisk('cold', 100, 122);
  assert.equal([shared.verdict, shared.othersReadBytes, shared.observed], ['proven', 22 * MIB, 'cold']);
  assert.is(shared.detail, 'every byte was read from the device; other programs read 22 MiB from the device meanwhile');
  assert.is(onDisk('cold', 100, 103).detail, 'every byte was read from the device', 'too little to matter');
  assert.is(onDisk('cold', 40, 122).verdict, 'contradicted', 'others read the rest');
  assert.is(onDisk('warm', 0, 122).verdict, 'proven');
  const ahead = onDisk('cold', 122, 122);
  assert.is(ahead.detail, 'the device delivered 22 % more bytes than the job read (read-ahead and metadata)');
  assert.equal([ahead.verdict, ahead.othersReadBytes], ['proven', 0]);
});

test('where only the disk counts, more than the job read leaves the claim open', () => {
  const shared = onDisk('cold', null, 122);
  assert.equal([shared.verdict, shared.observed, shared.othersReadBytes], ['unproven', null, null]);
  assert.is(
    shared.detail,
    "the device delivered 122 MiB to all programs, and the job read 100 MiB; the system does not show which part was the job's",
  );
  assert.is(onDisk('cold', null, 100).verdict, 'proven');
  assert.is(onDisk('cold', null, 60).verdict, 'contradicted');
  assert.is(onDisk('warm', null, 122).verdict, 'unproven');
});

test('a server may have answered from its memory, a disk has none that is known', () => {
  const GIB = 1024 * MIB;
  const judge = (
    claim: CacheClaim,
    readGib: number,
    touchedBefore: boolean,
    nfs: Moved['nfs'] = readTraffic(readGib * GIB),
  ) => {
    const before = { residentBytesBefore: 0, fileBytes: readGib * GIB, residencySource: null, evictedBy: null };
    const preparation: CacheBefore = { claim, reads: true, before, problem: null, touchedBefore };
    return judgeCache(claim, preparation, { ...window, totalReadBytes: readGib * GIB }, { device, nfs }).serverCache;
  };
  assert.equal([judge('cold', 1, false), judge('direct', 1, false)], ['unknown', 'unknown']);
  assert.equal([judge('cold', 512, false), judge('cold', 513, false)], ['unknown', 'exceeded']);
  assert.is(judge('cold', 513, true), 'unknown', 'read or written before');
  assert.equal([judge('warm', 1, false, readTraffic(0)), judge('as-is', 1, false)], [undefined, undefined]);
  assert.is(judge('cold', 1, false, readTraffic(0)), undefined, 'contradicted');
  assert.is(onDisk('cold', 100, 100).serverCache, undefined);
});

test('data that an earlier trial of the plan read is not new to the server', () => {
  const arms = [makeArm('one'), makeArm('two'), { ...makeArm('three'), target: 'other' }];
  const trials = [0, 2, 1, 1].map((arm, index) => {
    const fileset = index === 3 ? 1 : 0;
    return { id: `t${index}`, session: 1, round: 1, place: index + 1, arm, warmup: false, fileset };
  });
  const plan = { ...makeRun(arms, 1).plan, trials };
  assert.equal(
    trials.map((trial) => isUsedBefore(plan, trial)),
    [false, false, true, false],
  );
});

test('runs that did not record it do not claim more', () => {
  const cold = makeTrial(makeArm('read'), 1, 1e9);
  assert.not(isServerUnknown(cold));
  const served = { ...cold, nfs: readTraffic(1) };
  assert.ok(isServerUnknown(served));
  assert.ok(isServerUnknown({ ...cold, cache: { ...cold.cache, wireReceivedBytes: 1, wireSentBytes: 1 } }));
  assert.not(isServerUnknown({ ...served, cache: { ...cold.cache, serverCache: 'exceeded' } }));
  assert.not(isServerUnknown({ ...served, cache: { ...cold.cache, claim: 'warm' } }));
  assert.not(isServerUnknown({ ...served, cache: { ...cold.cache, verdict: 'contradicted' } }));
});

test.run();
