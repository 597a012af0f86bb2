import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { OPERATION_KINDS } from '../../src/base/latency-kinds.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import { mergeRanks, mergeTrials, recordsOf } from '../../src/record/merge-ranks.js';
import { trialRows } from '../../src/record/trial-columns.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { cpuNsPerOp, iops, throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { feedrateError } from '../support/feedrate-error.js';
import { latencies, makeArm, makeCache, makeTrial, makeWindow } from '../support/records.js';

const test = suite('record/merge-ranks');
const arm = makeArm('read');
const GB = 1e9;

const ofRank = (rank: number, changes: Partial<TrialRecord> = {}, bytesPerSecond = GB): TrialRecord =>
  makeTrial(arm, 1, bytesPerSecond, { rank, ...changes });

test('two ranks of 1 GB/s are 2 GB/s', () => {
  const merged = mergeRanks([ofRank(0), ofRank(1)]);
  assert.is(throughputBytesPerSecond(merged), 2 * GB);
  assert.is(iops(merged), 2000);
  assert.is(cpuNsPerOp(merged), cpuNsPerOp(ofRank(0)), 'twice the time for twice the operations');
  assert.is(merged.engine.numjobs, 4);
});

test('only the time in which all ranks were busy counts, with the rate of each', () => {
  const long = makeWindow(4 * GB, 4000);
  const slow = { ...long, startNs: 0.5e9, endNs: 4.5e9, firstDoneNs: 4.5e9, lastDoneNs: 4.6e9 };
  const merged = mergeRanks([ofRank(1, { window: slow }), ofRank(0)]);
  assert.equal([merged.window.startNs, merged.window.endNs], [0.5e9, 1e9]);
  assert.is(throughputBytesPerSecond(merged), 2 * GB);
  assert.is(merged.window.totalReadBytes, 5 * GB);
  assert.equal([merged.window.firstDoneNs, merged.window.lastDoneNs], [1e9, 4.6e9]);
});

test('windows without a common time are no measurement, and a rank without work has no part', () => {
  const later = { ...makeWindow(GB), startNs: 2e9, endNs: 3e9 };
  assert.ok(Number.isNaN(throughputBytesPerSecond(mergeRanks([ofRank(0), ofRank(1, { window: later })]))));
  const idle = { ...makeWindow(0, 0), endNs: 0, firstDoneNs: 0, lastDoneNs: 0 };
  assert.is(throughputBytesPerSecond(mergeRanks([ofRank(0), ofRank(1, { window: idle })])), GB);
  const unknown = { ...makeWindow(GB), endNs: Number.NaN };
  assert.ok(Number.isNaN(throughputBytesPerSecond(mergeRanks([ofRank(0), ofRank(1, { window: unknown })]))));
});

test('a checkpoint is whole when the slowest rank has done its part', () => {
  const checkpoint = (ns: number) => ({ ...makeWindow(GB), endNs: ns, slowestDecides: true as const });
  const merged = mergeRanks([ofRank(0, { window: checkpoint(1e9) }), ofRank(1, { window: checkpoint(4e9) })]);
  assert.equal([merged.window.startNs, merged.window.endNs, merged.window.readBytes], [0, 4e9, 2 * GB]);
  assert.is(throughputBytesPerSecond(merged), 0.5 * GB);
});

test('a trial is as good as its worst part', () => {
  const fault = { code: 'EIO', syscall: 'pread', path: '/x', offsetBytes: 0, message: 'EIO', worker: 0 };
  const warning = { code: 'client-bound', message: 'busy', remedy: 'r' } as const;
  const everywhere = { code: 'short-window', message: 'short', remedy: 'r' } as const;
  const merged = mergeRanks([
    ofRank(0, { cache: makeCache('proven'), warnings: [everywhere] }),
    ofRank(1, { status: 'aborted', cache: makeCache('contradicted'), warnings: [everywhere, warning] }),
    ofRank(2, { status: 'failed', fault, cache: makeCache('unproven'), warnings: [everywhere, warning] }),
  ]);
  assert.is(merged.status, 'failed');
  assert.is(merged.fault?.message, 'EIO (rank 2)');
  assert.is(merged.cache.verdict, 'contradicted');
  assert.match(merged.cache.detail, /\(rank 1\)$/);
  assert.is(merged.cache.fileBytes, 3 * 2 ** 30);
  assert.equal(merged.warnings, [{ ...warning, message: 'busy (ranks 1, 2)' }, everywhere]);
  const unknownCpu = { ...ofRank(1), client: { ...ofRank(1).client, workerCpuNs: null } };
  assert.is(mergeRanks([ofRank(0), unknownCpu]).client.workerCpuNs, null);
});

test('a record alone is itself; a merged one has its ranks, on disk and as rows too', () => {
  const alone = ofRank(0);
  assert.is(mergeRanks([alone]), alone);
  const records = [ofRank(0), ofRank(1, { latency: { read: latencies(7) } })];
  const merged = mergeRanks(records);
  assert.equal(recordsOf(merged), records);
  assert.is(mergeRanks([merged]), merged);
  assert.equal(decodeTrial(encodeTrial(merged), 'x:1'), merged);
  const short = decodeTrial(encodeTrial(merged), 'x:1', { omitted: ['latency', 'series'] });
  assert.equal(
    [short, ...recordsOf(short)].map(({ latency, series }) => [latency, series]),
    Array(3).fill([{}, []]),
  );
  assert.equal(
    trialRows(merged).map(({ trial, latencies: of }) => [trial.rank, of.get('read')?.count]),
    [
      [0, 4],
      [1, 1],
    ],
  );
});

test('a trial of which a rank is missing does not count, and is named', () => {
  const both = [ofRank(1), ofRank(0)];
  const half = ofRank(0, { id: 's1r2t1' });
  const { trials, problems } = mergeTrials([...both, half]);
  assert.equal(
    trials.map(({ id, status }) => [id, status]),
    [
      ['s1r1t1', 'ok'],
      ['s1r2t1', 'aborted'],
    ],
  );
  assert.equal(problems, ['trial s1r2t1: rank 1 did not record it, so it is not counted']);
  assert.equal(mergeTrials([half]), { trials: [half], problems: [] });
});

/** A rank that wrote 1 GB in checkpoints of these times. */
function saved(rank: number, writesNs: readonly number[], changes: Partial<TrialRecord> = {}): TrialRecord {
  const endNs = writesNs.reduce((sum, ns) => sum + ns, 0);
  const none = writesNs.map(() => 0);
  return ofRank(rank, {
    window: { ...makeWindow(GB), endNs, slowestDecides: true },
    latency: { write: latencies(...writesNs), checkpoint: latencies(...writesNs) },
    checkpoints: { mode: 'sync', pausesNs: none, copiesNs: none, writesNs, removalsNs: none },
    ...changes,
  });
}

test('the slowest rank decides each checkpoint, and with it the latencies and the throughput', () => {
  const merged = mergeRanks([saved(0, [1e9, 3e9]), saved(1, [2e9, 1e9])]);
  assert.equal(merged.latency.checkpoint, latencies(2e9, 3e9));
  assert.equal(merged.latency.write, latencies(1e9, 3e9, 2e9, 1e9), 'writes are those of all ranks');
  assert.equal(merged.commonCheckpoints, { completed: 2, partial: 0 });
  assert.is(throughputBytesPerSecond(merged), (2 * GB) / 5);
  assert.equal(decodeTrial(encodeTrial(merged), 'x:1'), merged);
  // The first one begins when the rank does, and the others when all have done the one before.
  const later = { beganNs: 5e8 };
  const { window } = mergeRanks([saved(0, [1e9, 3e9], { beganNs: 0 }), saved(1, [2e9, 1e9], later)]);
  assert.equal([window.startNs, window.endNs], [0, 2.5e9 + 3e9]);
});

test('a checkpoint that only some ranks completed is counted as such, and times that are not known are no barrier', () => {
  const merged = mergeRanks([saved(0, [1e9, 3e9, 2e9]), saved(1, [2e9], { status: 'aborted' }), saved(2, [4e9, 1e9])]);
  assert.is(merged.status, 'aborted');
  assert.equal(merged.latency.checkpoint, latencies(4e9));
  assert.equal(merged.commonCheckpoints, { completed: 1, partial: 2 });
  const { checkpoints: _, ...unknown } = saved(1, [2e9, 1e9]);
  const apart = mergeRanks([saved(0, [1e9, 3e9]), unknown]);
  assert.equal(apart.latency.checkpoint, latencies(1e9, 3e9, 2e9, 1e9));
  assert.is(apart.commonCheckpoints, undefined);
  assert.is(apart.window.endNs, 4e9);
});

test('damaged times of checkpoints are refused with their place', () => {
  const { checkpoints, ...trial } = saved(0, [1e9, 3e9]);
  const damaged = (changes: object) => JSON.stringify({ ...trial, checkpoints: { ...checkpoints, ...changes } });
  for (const [changes, expected] of [
    [{ mode: 'later' }, /x:1: checkpoints\.mode: expected sync, async/],
    [{ writesNs: ['soon', 1] }, /checkpoints\.writesNs\[0\]: expected a number/],
    [{ pausesNs: [0] }, /checkpoints: expected lists of the same length/],
  ] as const)
    assert.throws(() => decodeTrial(damaged(changes), 'x:1'), feedrateError('store', expected));
});

const operations = fc.array(fc.nat({ max: 1e9 }), { minLength: 1, maxLength: 20 });
const rankRecord = fc.record({
  reads: operations,
  writes: operations,
  startNs: fc.nat({ max: 1e6 }),
  lengthNs: fc.integer({ min: 1, max: 1e9 }),
  bytes: fc.nat({ max: 1e9 }),
  verdict: fc.constantFrom('proven' as const, 'contradicted' as const, 'unproven' as const),
});

test('property: any order of ranks, all at once or in steps, is one; histograms hold every operation', () => {
  void fc.assert(
    fc.property(fc.array(rankRecord, { minLength: 2, maxLength: 5 }), fc.nat(), (drawn, seed) => {
      const records = drawn.map(({ reads, writes, startNs, lengthNs, bytes, verdict }, rank) =>
        ofRank(rank, {
          latency: { read: latencies(...reads), write: latencies(...writes) },
          window: { ...makeWindow(bytes), startNs, endNs: startNs + lengthNs },
          cache: makeCache(verdict),
          startedAt: `2026-11-23T19:12:0${rank % 3}.000Z`,
        }),
      );
      const merged = mergeRanks(records);
      const turn = seed % records.length;
      const turned = [...records.slice(turn), ...records.slice(0, turn)];
      assert.equal(mergeRanks(turned.reverse()), merged);
      const [first, second, ...others] = turned as [TrialRecord, TrialRecord, ...TrialRecord[]];
      assert.equal(mergeRanks([mergeRanks([first, second]), ...others]), merged);
      assert.equal(merged.latency, {
        read: latencies(...drawn.flatMap(({ reads }) => reads)),
        write: latencies(...drawn.flatMap(({ writes }) => writes)),
      });
      assert.ok(Object.keys(merged.latency).every((kind) => OPERATION_KINDS.some((known) => known === kind)));
      const sum = records.reduce((total, record) => total + throughputBytesPerSecond(record), 0);
      const common = merged.window.endNs - merged.window.startNs;
      // Each rank's share is rounded to whole bytes.
      if (common > 0) {
        const rounding = (records.length * 1e9) / common;
        assert.ok(Math.abs(throughputBytesPerSecond(merged) - sum) <= rounding + sum * 1e-12);
      }
    }),
  );
});

test('property: the checkpoints of any ranks, merged at once or in steps, have the times that a loop over them finds', () => {
  const times = fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 3, maxLength: 3 });
  void fc.assert(
    fc.property(fc.array(times, { minLength: 3, maxLength: 6 }), (ofRanks) => {
      const slowest = [0, 0, 0];
      for (const ofRank of ofRanks)
        for (const [at, ns] of ofRank.entries()) if (ns > (slowest[at] as number)) slowest[at] = ns;
      const records = ofRanks.map((writesNs, rank) => saved(rank, writesNs));
      const merged = mergeRanks(records);
      assert.equal(merged.latency.checkpoint, latencies(...slowest));
      assert.is(
        merged.window.endNs,
        slowest.reduce((sum, ns) => sum + ns, 0),
      );
      const [first, second, ...others] = records as [TrialRecord, TrialRecord, ...TrialRecord[]];
      assert.equal(mergeRanks([mergeRanks([first, second]), ...others]), merged);
    }),
  );
});

test.run();
