import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ArmLoad, type MachineNeeds, mostFiles, mostJobs, needsOf, newSpaceMib } from '../../src/plan/needs.js';

const test = suite('plan/needs');

const MIB = 2 ** 20;
/** What Linux allows unless it is told otherwise. */
const MAP_COUNT = 65_530;

const load = (changes: Partial<ArmLoad> = {}): ArmLoad => ({
  jobs: 1,
  threadsPerJob: 1,
  blockBytes: 4096,
  buffers: 1,
  openFiles: 1,
  sharedFiles: 0,
  holdsRing: false,
  mapsFiles: false,
  ...changes,
});

test('few workers have 16 MiB of new space; many share it', () => {
  assert.equal([1, 64, 65, 128, 512, 1024, 5000].map(newSpaceMib), [16, 16, 8, 8, 2, 1, 1]);
});

test('1,024 workers with queues fit into the mappings that Linux allows by default', () => {
  for (const jobs of [64, 256, 512, 1024]) {
    assert.ok(needsOf([load({ jobs, holdsRing: true })]).mappings < MAP_COUNT, `${jobs} workers`);
  }
});

test('more of anything needs more', () => {
  const least = needsOf([load()]);
  const more: readonly Partial<ArmLoad>[] = [{ jobs: 2 }, { threadsPerJob: 2 }, { besides: 1 }];
  for (const change of more) {
    for (const [resource, need] of Object.entries(needsOf([load(change)])))
      assert.ok(need > least[resource as keyof MachineNeeds], `${resource} with ${JSON.stringify(change)}`);
  }
  assert.is(needsOf([load({ openFiles: 100 })]).descriptors - least.descriptors, 99);
  assert.is(needsOf([load({ openFiles: 100, mapsFiles: true })]).mappings - least.mappings, 100);
  assert.ok(needsOf([load({ holdsRing: true })]).descriptors > least.descriptors);
  assert.ok(needsOf([load({ openFiles: 1e6 })]).memoryBytes > least.memoryBytes + 500 * MIB);
  assert.ok(needsOf([load({ blockBytes: 64 * MIB, buffers: 16 })]).memoryBytes > least.memoryBytes + 16 * 64 * MIB);
});

test('arms run one after the other, so that the greatest need of each kind counts', () => {
  const many = load({ jobs: 64 });
  const large = load({ blockBytes: 16 * MIB, buffers: 64 });
  const both = needsOf([many, large]);
  assert.is(both.threads, needsOf([many]).threads);
  assert.ok(both.memoryBytes > needsOf([large]).memoryBytes);
  assert.ok(both.memoryBytes < needsOf([many]).memoryBytes + needsOf([large]).memoryBytes);
});

test('the largest numjobs is exactly the last one that fits', () => {
  const loads = [load({ jobs: 200, openFiles: 3 }), load({ jobs: 10, threadsPerJob: 8 })];
  for (const resource of ['memoryBytes', 'addressBytes', 'descriptors', 'threads'] as const) {
    const within = (jobs: number) =>
      needsOf(loads.map((each) => ({ ...each, jobs: Math.min(each.jobs, jobs) })))[resource];
    for (const jobs of [1, 2, 37, 64, 199, 200]) {
      const available = within(jobs);
      const most = mostJobs(loads, (needs) => needs[resource] <= available);
      assert.ok(within(most) <= available, `${resource} for ${jobs}`);
      assert.ok(most >= jobs && (most === 200 || within(most + 1) > available), `${resource} for ${jobs}: ${most}`);
    }
  }
  assert.is(
    mostJobs(loads, () => false),
    0,
  );
});

test('workers divide shared files: fewer workers have as many open, and the most files that fit are exactly that', () => {
  const of = (jobs: number, sharedFiles: number) => load({ jobs, sharedFiles, openFiles: 0 });
  const beside = needsOf([of(4, 0)]).descriptors;
  assert.is(needsOf([of(4, 1000)]).descriptors - beside, 1000);
  assert.is(needsOf([of(4, 3)]).descriptors - beside, 4 * 3, 'each worker reads a part of every file');
  const within = (available: number) => (needs: MachineNeeds) => needs.descriptors <= available;
  const loads = [of(1, 50), of(4, 100_000)];
  assert.is(mostJobs(loads, within(20_000)), 0, 'no numjobs helps');
  assert.is(mostFiles(loads, within(beside + 20_000)), 20_000);
  assert.is(mostFiles(loads, within(beside - 1)), 0);
});

test.run();
