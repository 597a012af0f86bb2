/** Plans that grow while they are measured. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Plan } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { withStage } from '../../src/plan/stages.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';

const test = suite('plan/stages');

function planOf(names: readonly string[], rounds: number): Plan {
  const jobs = names.map((name) => `  ${name}: {rw: read, size: 1MiB, ioengine: simulated}`);
  const workload = parseWorkload(`name: w\ntrials: {rounds: ${rounds}}\njobs:\n${jobs.join('\n')}\n`, 'w.yaml');
  return buildPlan(workload, [{ name: 't', path: '/t' }], resolveJob, 1);
}

const armsOf = ({ arms, trials }: Plan, session: number) =>
  trials.filter((trial) => trial.session === session).map(({ arm }) => arms[arm]?.id);

test('a stage adds a session with its own arms, and leaves earlier trials as they are', () => {
  const first = planOf(['a'], 1);
  const second = withStage(first, planOf(['a', 'b', 'c'], 2), ({ job }) => job !== 'a');
  assert.equal(second.trials.slice(0, 1), first.trials);
  assert.equal(
    second.arms.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
  assert.equal([second.sessions, second.rounds], [2, 2]);
  assert.equal(armsOf(second, 2).toSorted(), ['b', 'b', 'c', 'c']);
  assert.equal(
    second.trials.map(({ id }) => id),
    ['s1r1t1', 's2r1t1', 's2r1t2', 's2r2t1', 's2r2t2'],
  );
});

test('an arm that is measured again keeps its place, and arms that are not measured are not added', () => {
  const second = withStage(planOf(['a', 'b'], 1), planOf(['a', 'b', 'c'], 1), ({ job }) => job === 'b');
  assert.equal(
    second.arms.map(({ id }) => id),
    ['a', 'b'],
  );
  const third = withStage(second, planOf(['c', 'b', 'a'], 1), () => true);
  assert.equal(
    third.arms.map(({ id }) => id),
    ['a', 'b', 'c'],
  );
  assert.equal(armsOf(third, 3).toSorted(), ['a', 'b', 'c']);
});

test.run();
