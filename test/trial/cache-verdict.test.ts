import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CacheBefore, judgeCache, type Moved } from '../../src/trial/cache-verdict.js';
import type { CacheClaim } from '../../src/workload/workload.js';
import { readTraffic } from '../support/nfs-traffic.js';
import { makeArm, makeTrial } from '../support/records.js';

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
  assert.is(judged('cold', from(1.22)).detail, 'the server delivered 22 % more bytes than the job read');
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

test.run();
