/** The library's surface is enough to do what the command does. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as feedrate from '../../src/index.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('library');

const WORKLOAD = `name: pretend
trials: { sessions: 1, rounds: 3 }
jobs:
  randread: { rw: randread, bs: [4k, 64k], size: 1m, cache: as-is, ioengine: simulated }
`;

test('a workload is parsed, planned, measured and reported', () =>
  withTemporaryDirectory(async (directory) => {
    const workload = feedrate.parseWorkload(WORKLOAD, 'pretend.yaml');
    const target = feedrate.openTarget('here', directory, { write: true });
    const plan = feedrate.buildPlan(workload, [target], feedrate.resolveJob, 7);
    const trials: feedrate.TrialRecord[] = [];
    const options = { plan, dataset: workload.dataset, runId: 'library', session: 1, dropCaches: false };
    const sink = { emit: () => undefined, append: (trial: feedrate.TrialRecord) => trials.push(trial) };
    await new feedrate.Session(options, sink).run();
    assert.is(trials.length, 6);
    const summaries = feedrate.summarize(plan.arms, trials);
    assert.equal(
      summaries.map(({ counted }) => counted),
      [3, 3],
    );
    assert.match(await feedrate.renderRun(null, trials, [], 'md', { color: false, columns: 80 }), '64KiB');
  }));

test('an error can be told by its class and code', () => {
  try {
    feedrate.parseWorkload('name: 1\n', 'w.yaml');
    assert.unreachable('it should have thrown');
  } catch (thrown) {
    assert.ok(thrown instanceof feedrate.FeedrateError);
    assert.is(thrown.exitStatus, feedrate.EXIT.usage);
    assert.ok(thrown.issues.length > 0);
  }
});

test.run();
