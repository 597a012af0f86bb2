/** What a plan costs grows with its size, and not faster; counted, because time depends on the machine. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dryRunText } from '../../src/cli/terminal/dry-run.js';
import { filesOf } from '../../src/plan/arm-files.js';
import type { Plan, Target } from '../../src/plan/plan.js';
import { buildPlan } from '../../src/plan/schedule.js';
import { spaceNeeded } from '../../src/plan/space.js';
import { parseWorkload } from '../../src/workload/parse.js';
import { resolveJob } from '../../src/workload/resolve.js';
import { feedrateError } from '../support/feedrate-error.js';
import { armOf, datasetOf, ioJob, MIB } from './jobs.js';

const test = suite('plan/large-plans');
const TARGETS = [{ name: 'data', path: '/mnt/data' }];

const levels = (count: number) => Array.from({ length: count }, (_, i) => i + 1).join(', ');
const job = (name: string, arms: number) => `  ${name}: {rw: write, size: 1m, thinktime: [${levels(arms)}]}`;
const workload = (...jobs: readonly string[]) => `name: large\ntrials: {rounds: 1}\njobs:\n${jobs.join('\n')}\n`;
const planOf = (text: string, targets = TARGETS) => buildPlan(parseWorkload(text, 'w.yaml'), targets, resolveJob, 1);

/** How often `use` looks at a trial of a plan with so many arms. */
function looksOf(arms: number, use: (plan: Plan) => void): number {
  const plan = planOf(workload(job('j', arms)));
  let looks = 0;
  const trials = new Proxy(plan.trials, {
    get: (list, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
      return Reflect.get(list, key);
    },
  });
  use({ ...plan, trials });
  return looks;
}

test('a dry run says at which rate it estimates: bytes and files, or operations on names', () => {
  const textOf = (source: string): string => {
    const plan = planOf(source);
    const targets = spaceNeeded(plan, null, () => null).map((need) => ({
      ...(TARGETS[0] as Target),
      need,
      freeBytes: 0,
    }));
    return dryRunText({
      plan,
      targets,
      isTemporary: false,
      expected: { knownNs: 0, estimatedNs: 1e9 },
      rates: new Map(),
    });
  };
  const moved = 'a: {rw: read, bs: 1m, size: 1m}';
  const named = 'b: {kind: metadata, nrfiles: 10}';
  const ofBytes = /^rates of data: .* \(assumed: nothing was measured\)$/m;
  const ofNames = /^metadata of data: 2k operations\/s per worker \(assumed: nothing was measured\)$/m;
  assert.match(textOf(`name: x\njobs: {${moved}}`), ofBytes);
  assert.not.match(textOf(`name: x\njobs: {${moved}}`), ofNames);
  assert.match(textOf(`name: x\njobs: {${named}}`), ofNames);
  assert.not.match(textOf(`name: x\njobs: {${named}}`), ofBytes);
  for (const line of [ofBytes, ofNames]) assert.match(textOf(`name: x\njobs: {${moved}, ${named}}`), line);
});

test('the trials of a plan are counted for all arms at once', () => {
  const uses: readonly ((plan: Plan) => void)[] = [
    (plan) => spaceNeeded(plan, null, () => null),
    (plan) =>
      dryRunText({ plan, targets: [], isTemporary: false, expected: { knownNs: 0, estimatedNs: 0 }, rates: new Map() }),
  ];
  for (const use of uses) {
    const [small, large] = [looksOf(200, use), looksOf(400, use)];
    assert.ok(small > 0);
    assert.ok(large <= 2.5 * small, `${small} looks at 200 arms, ${large} at 400`);
  }
});

test('the limit of arms holds for all jobs together, and for all targets', () => {
  assert.is(planOf(workload(job('a', 5000), job('b', 5000))).arms.length, 10_000);
  const more = workload(job('a', 5000), job('b', 5001));
  assert.throws(
    () => planOf(more),
    (thrown: Error) => {
      const { issues } = thrown as Error & { issues: readonly { message: string }[] };
      return issues.length === 1 && /2 jobs make 10,001 arms; at most 10,000/.test(issues[0]?.message ?? '');
    },
  );
  const two = [...TARGETS, { name: 'ssd', path: '/mnt/ssd' }];
  assert.throws(
    () => planOf(workload(job('a', 5001)), two),
    feedrateError('workload', /10,002 arms on all targets; at most 10,000; use shorter lists or fewer targets/),
  );
});

test('a plan of more trials than anybody waits for is refused', () => {
  const text = workload(job('a', 1000)).replace('rounds: 1', 'rounds: 201');
  assert.throws(() => planOf(text), feedrateError('workload', /201,000 trials; at most 200,000; use fewer rounds/));
});

test('the files of a dataset are named once for all arms and questions', () => {
  const dataset = datasetOf(1000, MIB);
  const [one, other] = [armOf(ioJob()), armOf(ioJob({ numjobs: 2 }))];
  assert.is(filesOf(one, dataset).files, filesOf(one, dataset).files);
  assert.is(filesOf(one, dataset).files, filesOf(other, dataset).files);
  assert.is(filesOf(one, dataset).extents, filesOf(one, dataset).extents);
  assert.is.not(filesOf(one, datasetOf(1000, 2 * MIB)).files, filesOf(one, dataset).files);
});

test('an alias is the last anchor of its name before it, and many jobs may share one', () => {
  const jobs = Array.from({ length: 1000 }, (_, i) => `  j${i}: {rw: read, size: 1m, bs: *sizes}`);
  const text = `name: w\njobs:\n  a: {rw: read, size: 1m, bs: &sizes 4k}\n  b: {rw: read, size: 1m, bs: &sizes [8k, 16k]}\n${jobs.join('\n')}\n`;
  const plan = planOf(text);
  assert.is(plan.arms.length, 1 + 2 + 2000);
  assert.is(plan.arms.at(-1)?.words['bs'], '16KiB');
});

test.run();
