/** When a session asks for a remount, and what it keeps of one. */
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { holdersOf } from '../../src/host/nfs/holders.js';
import { openTarget } from '../../src/host/target.js';
import { buildPlan } from '../../src/plan/schedule.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { Session } from '../../src/trial/session.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { generatedOf } from '../support/generated-dataset.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('trial/remount');

const WORKLOAD = `name: w
trials: {sessions: 1, rounds: 2}
jobs:
  cold: {rw: read, bs: 4k, size: 64k, cache: cold, ioengine: [psync, io_uring, mmap]}
  warm: {rw: read, bs: 4k, size: 64k, cache: warm}
  write: {rw: write, bs: 4k, size: 64k}
  restore: {kind: checkpoint-restore, shard_size: 1MiB, cache: cold}
`;

async function measured(directory: string, source: string, remount: (path: string) => Promise<void>) {
  const workload = parseWorkload(source, 'w.yaml');
  const target = openTarget('here', directory, { write: true });
  const plan = buildPlan(workload, [target], resolveJob, 7);
  const trials: TrialRecord[] = [];
  const sink = {
    emit: () => undefined,
    append: (trial: TrialRecord) => trials.push(trial),
    remount: ({ path }: { path: string }) => remount(path),
  };
  const options = { plan, dataset: generatedOf(workload), runId: 'r', session: 1, dropCaches: false };
  const failure = await new Session(options, sink).run().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { trials, failure };
}

test('before each cold trial that reads, when its files are there and none is open', () =>
  withTemporaryDirectory(async (directory) => {
    const seen: string[][] = [];
    const { trials, failure } = await measured(directory, WORKLOAD, async (path) => {
      assert.equal(holdersOf(path), []);
      seen.push(readdirSync(path, { recursive: true, encoding: 'utf8' }));
    });
    assert.is(failure, null);
    assert.is(trials.length, 12);
    for (const { job, cache, status } of trials) {
      const anew = job === 'cold' || job === 'restore';
      assert.is(status, 'ok');
      assert.is(cache.evictedBy, anew ? 'remount' : null, job);
      assert.is(cache.residentBytesBefore === null, anew);
      if (anew) assert.is(cache.fileBytes, job === 'cold' ? 65536 : 2 ** 20);
    }
    assert.is(seen.length, 8);
    assert.ok(seen.every((names) => names.some((name) => name.startsWith('.feedrate-'))));
  }));

test('one that fails is the last trial, and its words are kept', () =>
  withTemporaryDirectory(async (directory) => {
    const cold = WORKLOAD.slice(0, WORKLOAD.indexOf('  warm:'));
    const { trials, failure } = await measured(directory, cold, async () => {
      throw new FeedrateError('measurement', 'it is gone');
    });
    assert.is((failure as Error).message, 'it is gone');
    assert.equal(
      trials.map(({ status, fault }) => [status, fault?.message]),
      [['failed', 'it is gone']],
    );
  }));

test.run();
