import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DueTimes } from '../../src/engine/drains/due-times.js';

const test = suite('engine/due-times');

const MS = 1e6;

/** Does operations that are due every ms. Returns each latency in ms, as if every operation took `serviceMs` of its own. */
function latencies(
  dues: DueTimes,
  count: number,
  serviceMs: (index: number) => number,
  pauseAfter: number,
  pauseMs: number,
) {
  let nowNs = 0;
  return Array.from({ length: count }, (_, index) => {
    nowNs = Math.max(nowNs, dues.startOf(index * MS));
    const fromNs = dues.countedFrom(index * MS, nowNs);
    nowNs += serviceMs(index) * MS;
    const latencyMs = (nowNs - fromNs) / MS;
    if (index === pauseAfter) {
      nowNs += pauseMs * MS;
      dues.pausedFor(pauseMs * MS);
    }
    return Math.round(latencyMs * 1000) / 1000;
  });
}

test('a pause is in no latency, whether the job catches up or not', () => {
  for (const ignoresPauses of [false, true]) {
    const found = latencies(new DueTimes(ignoresPauses), 100, () => 0.1, 9, 40);
    assert.equal(
      found,
      found.map(() => 0.1),
      String(ignoresPauses),
    );
  }
});

test('a job that catches up has its rate again; one that ignores think time is late by the pause', () => {
  const endOf = (ignoresPauses: boolean): number => {
    const dues = new DueTimes(ignoresPauses);
    latencies(dues, 100, () => 0.1, 9, 40);
    return dues.startOf(100 * MS) / MS;
  };
  assert.is(endOf(false), 100);
  assert.is(endOf(true), 140);
});

test('a stall is in the latency of every operation that it delays, also while the job catches up', () => {
  for (const ignoresPauses of [false, true]) {
    const found = latencies(new DueTimes(ignoresPauses), 40, (index) => (index === 12 ? 20 : 0.1), 9, 10);
    assert.is(found[12], 20);
    assert.equal([found[11], found[39]], [0.1, 0.1]);
    const delayed = found.slice(13, 33);
    const excessMs = delayed.reduce((sum, latencyMs) => sum + latencyMs, 0);
    // Without the pause: operations 13 to 32 are due 1 to 20 ms after the one that stalls, and start 0.1 ms apart.
    assert.ok(Math.abs(excessMs - 20 * 10) < 25, `${ignoresPauses}: ${delayed}`);
  }
});

test.run();
