import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OntapSample } from '../../src/record/ontap-record.js';
import { latencyBetween, serverLatencies } from '../../src/stats/ontap-latency.js';
import { busyTrial, LONG, SHORT } from '../support/fsx-metrics.js';

const START = Date.UTC(2026, 10, 29, 12, 0);

/** A sample of `operations` reads so far, which took `meanUs` each. */
function sample(seconds: number, operations: number, meanUs = 600, target = 'data'): OntapSample {
  const at = new Date(START + seconds * 1000).toISOString();
  const read = { operations, latencyNs: operations * meanUs * 1000, bytes: operations * 4096 };
  return { target, askedAt: at, answeredAt: at, countedAt: at, read, write: { operations: 0, latencyNs: 0, bytes: 0 } };
}

const latency = suite('ontap latency');

latency('only time in which a trial was busy counts for its arm', () => {
  const trials = [
    busyTrial(LONG, 1, START + 10_000, START + 20_000),
    busyTrial(SHORT, 1, START + 30_000, START + 31_000),
  ];
  const counts: (readonly [number, number, number])[] = [
    [0, 0, 0],
    [9.9, 1000, 100],
    [15, 2000, 600],
    [20.2, 4000, 600],
    [30, 4000, 600],
    [35, 9000, 100],
  ];
  let latencyNs = 0;
  const samples = counts.map(([seconds, operations, meanUs], index) => {
    latencyNs += (operations - (counts[index - 1]?.[1] ?? 0)) * meanUs * 1000;
    const plain = sample(seconds, operations);
    return { ...plain, read: { ...plain.read, latencyNs } };
  });
  const { arms, targets } = serverLatencies(samples, trials);
  const [arm, ...others] = arms;
  assert.equal([targets.length, targets[0]?.read?.operations], [1, 9000]);
  assert.equal(others, [], 'a second of the short trial is a part of five seconds');
  assert.is(arm?.arm, LONG.id);
  assert.equal(arm?.read, { operations: 3000, meanNs: 600_000, bytes: 3000 * 4096 });
  assert.is(arm?.write, null);
  assert.is(Math.round((arm?.coveredNs ?? 0) / 1e6), 10_300);
});

latency('samples that were not refreshed, and counters that began anew, give no latency', () => {
  const none = { read: null, write: null, coveredNs: 0 };
  assert.equal(latencyBetween(sample(0, 100), sample(0, 100)), none);
  assert.equal(latencyBetween(sample(10, 100), sample(0, 200)), none);
  assert.equal(latencyBetween(sample(0, 100), sample(30, 50)), none);
  assert.equal(latencyBetween(sample(0, 100), sample(30, 100)), { read: null, write: null, coveredNs: 30e9 });
  assert.is(latencyBetween(sample(0, 100), sample(30, 300)).read?.meanNs, 600_000);
  const trial = busyTrial(LONG, 1, START, START + 60_000);
  const stale = [sample(0, 0), sample(20, 100), sample(20, 100), sample(40, 300), sample(50, 10), sample(60, 60)];
  assert.is(serverLatencies(stale, [trial]).arms[0]?.read?.operations, 350);
});

latency('samples of another target do not count', () => {
  const trial = busyTrial(LONG, 1, START, START + 60_000);
  assert.equal(serverLatencies([sample(0, 0, 600, 'other'), sample(30, 9, 600, 'other')], [trial]).arms, []);
  assert.equal(serverLatencies([], [trial]), { targets: [], arms: [] });
});

latency.run();
