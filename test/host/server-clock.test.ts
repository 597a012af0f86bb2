/** The clock of a file server, from the times that it gives. */
import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureServerClock, offsetBetween, type ServerStamp } from '../../src/host/server-clock.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('host/server-clock');
const MS = 1e6;

test('the true offset is within its bounds, whatever delays and steps there are', () => {
  const delay = fc.integer({ min: 1, max: 3 * MS });
  const requests = fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 60 });
  const anyOffset = fc.integer({ min: -3600e9, max: 3600e9 });
  let known = 0;
  void fc.assert(
    fc.property(anyOffset, fc.integer({ min: 1, max: 10 * MS }), requests, (offsetNs, stepNs, delays) => {
      let nowNs = 1e12;
      const stamps = delays.map(([there, back]): ServerStamp => {
        const beforeNs = nowNs;
        const serverNs = beforeNs + there - offsetNs;
        nowNs += there + back;
        return { beforeNs, stampNs: Math.floor(serverNs / stepNs) * stepNs, afterNs: nowNs };
      });
      const found = offsetBetween(stamps);
      if (found === null) {
        assert.is(new Set(stamps.map(({ stampNs }) => stampNs)).size, 1);
        return;
      }
      known++;
      assert.ok(Math.abs(found.offsetNs - offsetNs) <= found.errorNs + 1, JSON.stringify({ found, offsetNs }));
    }),
    { seed: 1, numRuns: 500 },
  );
  assert.ok(known > 250, String(known));
});

test('a local file system has the clock of this machine, and nothing is left there', () =>
  withTemporaryDirectory((directory) => {
    for (const aheadNs of [0, 3600e9, -3600e9]) {
      const clock = measureServerClock(directory, () => Date.now() * MS + aheadNs);
      assert.ok(clock !== null, 'the time of the file system did not change');
      // Stamps are late by a step of the kernel's coarse clock, and by more while a machine is not given its processors.
      assert.ok(Math.abs((clock?.offsetNs ?? 0) - aheadNs) < 1e9, JSON.stringify(clock));
      assert.ok((clock?.errorNs ?? -1) >= 0);
    }
    assert.equal(readdirSync(directory), []);
  }));

test('nothing is known of a directory that cannot be written', () => {
  assert.is(
    measureServerClock('/proc', () => 0),
    null,
  );
  assert.is(offsetBetween([]), null);
});

test.run();
