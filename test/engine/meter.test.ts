import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Counters } from '../../src/engine/core/counters.js';
import { Meter } from '../../src/engine/core/meter.js';

const MS = 1_000_000;

function add(meter: Meter, operations: number, bytes: number): void {
  for (let i = 0; i < operations; i++) {
    meter.record('read', 1000);
    meter.countRead(bytes);
  }
}

const meter = suite('meter');

meter('forgets the latencies of the ramp and remembers its bytes', () => {
  const m = new Meter(Counters.allocate(1), 0, 10 * MS, 1000 * MS, true);
  add(m, 5, 100);
  assert.is(m.tick(5 * MS), true);
  assert.is(m.rampEnd, null);
  add(m, 6, 100);
  m.tick(11 * MS);
  assert.equal(m.rampEnd, { atNs: 10 * MS, readOps: 10, writeOps: 0, entryOps: 0, readBytes: 1000, writeBytes: 0 });
  add(m, 3, 100);
  const total = m.finish(20 * MS);
  assert.is(total.readOps, 14);
  assert.is(
    m.histograms.reduce((sum, count) => sum + count, 0),
    3,
  );
});

meter('splits an operation that was under way when the first worker was done', () => {
  const counters = Counters.allocate(2);
  const slow = new Meter(counters, 0, 0, Number.POSITIVE_INFINITY, true);
  const fast = new Meter(counters, 1, 0, Number.POSITIVE_INFINITY, true);
  slow.tick(100 * MS);
  fast.finish(150 * MS);
  add(slow, 1, 1000);
  slow.finish(200 * MS);
  assert.is(slow.allBusyEnd?.atNs, 150 * MS);
  assert.is(slow.allBusyEnd?.readBytes, 500);
  assert.is(fast.allBusyEnd?.atNs, 150 * MS);
});

meter('ends at the deadline and at a stop', () => {
  const counters = Counters.allocate(1);
  const m = new Meter(counters, 0, 0, 50 * MS, true);
  assert.is(m.tick(49 * MS), true);
  assert.is(m.nextTickNs, 50 * MS);
  assert.is(m.tick(50 * MS), false);
  const other = new Meter(counters, 0, 0, Number.POSITIVE_INFINITY, true);
  counters.requestStop();
  assert.is(other.tick(1), false);
});

meter('adds up second by second to its totals', () => {
  const m = new Meter(Counters.allocate(1), 0, 0, Number.POSITIVE_INFINITY, true);
  for (let t = 1; t <= 700; t++) {
    add(m, 2, 10);
    m.tick(t * 5 * MS);
  }
  m.finish(3502 * MS);
  assert.equal(
    m.seconds.map(({ second }) => second),
    [0, 1, 2, 3],
  );
  assert.is(
    m.seconds.reduce((sum, part) => sum + part.ops, 0),
    1400,
  );
  assert.is(
    m.seconds
      .flatMap(({ latency }) => [...latency].filter((_, i) => i % 2 === 1))
      .reduce((sum, count) => sum + count, 0),
    1400,
  );
});

meter.run();
