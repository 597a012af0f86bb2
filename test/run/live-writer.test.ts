/** What a running run tells those who watch it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeLive } from '../../src/record/live-codec.js';
import { LiveWriter } from '../../src/run/live-writer.js';
import type { SessionEvent } from '../../src/trial/events.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/live-writer');

const ARM = makeArm('read');
const { plan } = makeRun([ARM], 3);

function progress(bytesPerSecond: number, changes: object = {}): SessionEvent {
  return {
    type: 'progress',
    trialId: 's1r1t1',
    arm: 'read',
    doneTrials: 0,
    totalTrials: 3,
    elapsedNs: 1e9,
    fraction: 0.25,
    bytesPerSecond,
    opsPerSecond: 10,
    unit: 'bytes',
    p99Ns: 5e6,
    quietNs: 0,
    nfs: { callsPerSecond: 3, queueNs: 1e3, roundTripNs: 2e6 },
    leftNs: 3e9,
    etaNs: 9e9,
    ...changes,
  } as SessionEvent;
}

/** Waits until the file has been written, and reads it. */
async function written(directory: string, doneTrials = 0): Promise<ReturnType<typeof decodeLive>> {
  for (;;) {
    if (existsSync(join(directory, 'live.json'))) {
      const status = decodeLive(readFileSync(join(directory, 'live.json'), 'utf8'), 'live.json');
      if (status.doneTrials === doneTrials) return status;
    }
    await wait(5);
  }
}

test('the status has the mean rate of the last second, the latest latencies, and what is left', () =>
  withTemporaryDirectory(async (directory) => {
    let nowMs = 1_800_000_000_000;
    const writer = new LiveWriter(directory, plan, 1, () => nowMs);
    for (const rate of [900, 100, 200, 300]) {
      writer.take(progress(rate));
      nowMs += 400;
    }
    const { now, fraction, leftNs, etaNs, doing, arm, totalTrials } = await written(directory);
    // Of the second, third or fourth event: an event does not wait for a write.
    assert.ok(now !== null && [500, 400, 200].includes(now.bytesPerSecond), String(now?.bytesPerSecond));
    assert.equal([now?.p99Ns, now?.queueNs, now?.roundTripNs], [5e6, 1e3, 2e6]);
    assert.equal([fraction, leftNs, etaNs, doing, arm, totalTrials], [0.25, 3e9, 9e9, 'measuring', 'read', 3]);
    await writer.end();
    assert.equal(readdirSync(directory), []);
  }));

test('a run of less than 0.35 s writes nothing', () =>
  withTemporaryDirectory(async (directory) => {
    let nowMs = 0;
    const writer = new LiveWriter(directory, plan, 1, () => nowMs);
    for (; nowMs < 350; nowMs += 50) writer.take(progress(1));
    await writer.end();
    assert.equal(readdirSync(directory), []);
  }));

test('trials that end are counted, those of earlier sessions too, and nothing is measured in between', () =>
  withTemporaryDirectory(async (directory) => {
    let nowMs = 0;
    const sessions = { ...plan, trials: plan.trials.map((trial, index) => ({ ...trial, session: index + 1 })) };
    const writer = new LiveWriter(directory, sessions, 2, () => nowMs);
    writer.take({ type: 'trial', record: makeTrial(ARM, 1, 1e9) });
    nowMs += 1000;
    writer.take({ type: 'prepare', trialId: 's1r1t1', arm: 'x'.repeat(10_000) });
    const { now, quietNs, doing, arm } = await written(directory, 2);
    assert.equal([now, quietNs, doing, arm?.length], [null, null, 'preparing the caches', 300]);
    await writer.end();
  }));

test('the last three minutes are kept, a point a second', () =>
  withTemporaryDirectory(async (directory) => {
    let nowMs = 1_800_000_000_000;
    const writer = new LiveWriter(directory, plan, 1, () => nowMs);
    for (let look = 0; look < 1000; look++) {
      nowMs += 500;
      writer.take(progress(look));
      if (look % 50 === 0) await wait(1);
    }
    await written(directory);
    nowMs += 500;
    await wait(20);
    writer.take(progress(0));
    await wait(50);
    const { recent } = await written(directory);
    assert.is(recent.length, 180);
    assert.ok(recent.every(({ atMs }, index) => index === 0 || atMs - (recent[index - 1]?.atMs ?? 0) >= 1000));
    await writer.end();
  }));

test('a run directory that is gone costs the run nothing', async () => {
  let nowMs = 0;
  const writer = new LiveWriter('/nowhere/at/all', plan, 1, () => nowMs);
  nowMs += 1000;
  writer.take(progress(1));
  await writer.end();
});

test.run();
