/** Worker threads that were started before a session knew its plan. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { WorkerPool } from '../../src/engine/pool.js';
import { openTarget } from '../../src/host/target.js';
import { buildPlan } from '../../src/plan/schedule.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { Session } from '../../src/trial/session.js';
import { threadsOfPlan } from '../../src/trial/threads-of-plan.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { generatedOf } from '../support/generated-dataset.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('trial/started-threads');

const WORKLOAD = `name: w
trials: {rounds: 2}
jobs:
  one: {ioengine: "null", rw: randread, bs: 4k, size: 64k}
  three: {ioengine: "null", rw: randread, bs: 4k, size: 64k, numjobs: 3}
`;

/** A pool that counts what is asked of it. */
class CountedPool extends WorkerPool {
  runs = 0;
  closes = 0;

  override run(...task: Parameters<WorkerPool['run']>): ReturnType<WorkerPool['run']> {
    this.runs++;
    return super.run(...task);
  }

  override close(): Promise<void> {
    this.closes++;
    return super.close();
  }
}

async function measuredWith(threads: number) {
  const pool = new CountedPool(threads);
  const trials: TrialRecord[] = [];
  await withTemporaryDirectory(async (directory) => {
    const workload = parseWorkload(WORKLOAD, 'w.yaml');
    const plan = buildPlan(workload, [openTarget('here', directory, { write: true })], resolveJob, 7);
    assert.is(threadsOfPlan(plan), 3);
    const options = { plan, dataset: generatedOf(workload), runId: 'r', session: 1, dropCaches: false };
    const sink = { emit: () => undefined, append: (trial: TrialRecord) => trials.push(trial) };
    await new Session(options, sink, pool).run();
  });
  assert.equal(
    trials.map(({ status }) => status),
    ['ok', 'ok', 'ok', 'ok'],
  );
  return pool;
}

test('they run the trials when they are as many as the largest trial needs', async () => {
  const { runs, closes } = await measuredWith(3);
  assert.equal([runs, closes], [4, 1]);
});

test('others are ended and replaced', async () => {
  for (const threads of [1, 4]) {
    const { runs, closes } = await measuredWith(threads);
    assert.equal([runs, closes], [0, 1], `${threads} threads`);
  }
});

test.run();
