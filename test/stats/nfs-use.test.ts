import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createHistogram, record } from '../../src/histogram/histogram.js';
import { encodeHistogram } from '../../src/histogram/sparse-counts.js';
import { decodeTrial, encodeTrial } from '../../src/record/codec.js';
import type { NfsTraffic } from '../../src/record/nfs-traffic.js';
import { nfsLines } from '../../src/report/run/nfs-lines.js';
import { nfsUseOf } from '../../src/stats/nfs-use.js';
import { summarize } from '../../src/stats/summary.js';
import { warningsOf } from '../../src/trial/warnings.js';
import { ioJob } from '../support/jobs.js';
import { makeCalls, makeTraffic } from '../support/nfs-traffic.js';
import { makeArm, makeTrial } from '../support/records.js';

const test = suite('stats/nfs-use');
const ARM = makeArm('read');

/** A trial of 1000 reads of 2.5 ms each. */
function trialWith(nfs: NfsTraffic) {
  const latency = createHistogram();
  for (let i = 0; i < 1000; i++) record(latency, 2_500_000);
  return makeTrial(ARM, 1, 4_096_000, { nfs, latency: { read: encodeHistogram(latency) } });
}

const near = (found: number | null | undefined, wanted: number) =>
  assert.ok(Math.abs((found ?? Number.NaN) / wanted - 1) < 0.005, `${found}, not ${wanted}`);

test('with a call an operation, what is not wire and server is the client’s', () => {
  const use = nfsUseOf([trialWith(makeTraffic({ calls: { READ: makeCalls(1000) } }))]);
  assert.is(use?.read?.callsPerOperation, 1);
  assert.equal([use?.read?.queueNs, use?.read?.roundTripNs, use?.read?.restNs], [1e5, 2e6, 1e5]);
  near(use?.read?.clientNs, 5e5);
  assert.is(use?.write, null);
});

test('where half the reads came from memory, half a round trip is in the mean operation', () => {
  near(nfsUseOf([trialWith(makeTraffic({ calls: { READ: makeCalls(500) } }))])?.read?.clientNs, 1.5e6);
});

test('calls that overlap do not add up to an operation', () => {
  const several = trialWith(makeTraffic({ calls: { READ: makeCalls(4000) } }));
  assert.is(nfsUseOf([several])?.read?.clientNs, null);
  const ahead = makeTraffic({ calls: { READ: makeCalls(1000, { roundTripNs: 9e9, executeNs: 9e9 }) } });
  assert.is(nfsUseOf([trialWith(ahead)])?.read?.clientNs, null);
  assert.match(nfsLines(summarize([ARM], [several]))[0]?.text ?? '', /4000 overlapping calls: 100 µs queue \+ 2 ms/);
});

test('trials are summed, kinds of call and events by name', () => {
  const first = makeTraffic({ calls: { READ: makeCalls(600), ACCESS: makeCalls(1) }, events: { delay: 1 } });
  const second = makeTraffic({ calls: { READ_PLUS: makeCalls(400) }, events: { delay: 2, open: 1 } });
  const use = nfsUseOf([trialWith(first), trialWith(second)]);
  assert.is(use?.read?.calls, 1000);
  assert.equal(use?.traffic.events, { delay: 3, open: 1 });
  assert.equal(Object.keys(use?.traffic.calls ?? {}), ['READ', 'ACCESS', 'READ_PLUS']);
  assert.is(nfsUseOf([makeTrial(ARM, 1, 1e9)]), null);
});

test('the report says where the time went, and what went wrong', () => {
  const traffic = makeTraffic({
    calls: { READ: makeCalls(1000, { retransmissions: 12, timeouts: 1 }) },
    events: { congestionWait: 3 },
  });
  assert.equal(nfsLines(summarize([ARM], [trialWith(traffic)])), [
    {
      text: `NFS read: read 2.5 ms = 2 ms round trip + 499 µs client (of which 100 µs queue); retransmitted 12 times; timed out 1 time; waited for congestion 3 times`,
      tone: 'bad',
    },
  ]);
  assert.equal(nfsLines(summarize([ARM], [makeTrial(ARM, 1, 1e9)])), []);
});

test('retransmissions, broken connections and a queue longer than the answer are warnings', () => {
  const codesOf = (nfs: NfsTraffic) => {
    const trial = makeTrial(ARM, 1, 1e9);
    return warningsOf({
      ...trial,
      filePlace: 'data',
      nfs,
      job: ioJob(),
      longestQuietNs: 0,
      shortTransfers: 0,
      extentBytes: 0,
      restBytes: 0,
    }).map(({ code }) => code);
  };
  const calls = (changes: Parameters<typeof makeCalls>[1]) => ({ calls: { READ: makeCalls(100, changes) } });
  assert.equal(codesOf(makeTraffic(calls({}))), []);
  assert.equal(codesOf(makeTraffic(calls({ retransmissions: 1 }))), ['nfs-retransmitted']);
  assert.equal(codesOf(makeTraffic(calls({ timeouts: 1 }))), ['nfs-retransmitted']);
  assert.equal(codesOf(makeTraffic(calls({ queueNs: 3e8 }))), ['nfs-queued']);
  const { connections } = makeTraffic();
  assert.equal(codesOf(makeTraffic({ connections: { ...connections, reconnects: 2 } })), ['nfs-reconnected']);
});

test('a record keeps it, and one that is damaged is told', () => {
  const trial = trialWith(makeTraffic({ calls: { READ: makeCalls(3) } }));
  assert.equal(decodeTrial(encodeTrial(trial), 'trials.jsonl:1').nfs, trial.nfs);
  const damaged = encodeTrial(trial).replace('"roundTripNs":', '"roundTrip":');
  assert.throws(() => decodeTrial(damaged, 'trials.jsonl:1'), /nfs\.calls\.READ\.roundTripNs: expected a number/);
});

test.run();
