// waits

/** `feedrate feed` by the ranks of a group, all of them in this process. `npm run test:group` has launchers and faults. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FeedrateError } from '../../src/base/errors.js';
import { planFeed, stagedRequestOf } from '../../src/run/feed-plan.js';
import { followFeed } from '../../src/run/feed-ranks.js';
import type { FeedRequest } from '../../src/run/feed-request.js';
import { measureFeed } from '../../src/run/feed-run.js';
import { FeedStages } from '../../src/run/feed-stages.js';
import { type EarlyEnd, RankMeetings } from '../../src/run/rank-meetings.js';
import { StopHandle } from '../../src/run/stop-handle.js';
import { emulatedTrialsOf, rampPointOf } from '../../src/stats/feed-trials.js';
import { readRun } from '../../src/store/read-run.js';
import { acceleratorModel } from '../../src/training/models.js';
import { sampleRate } from '../../src/training/predict/ramp.js';
import { parseOverride } from '../../src/workload/override-text.js';
import { localGroup } from '../support/local-group.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/feed-ranks');

/** Each rank has a storage of its own with 100 samples a second. An accelerator would take 125. */
const BYTES = 322_957;
const STORAGE = ['ioengine=simulated', 'simulated_latency=1us', `simulated_shared_bandwidth=${100 * BYTES}`];
const MODEL = {
  ...acceleratorModel('retinanet-b200'),
  ...{ recordBytes: BYTES, readBytes: BYTES, recordStdevBytes: 0, batchSize: 5, computeNs: 40e6, leastAu: 0.6 },
};

/** What the answer needs: a point of the ramp, and numbers of accelerators that are emulated. */
async function measure(stages: FeedStages): Promise<void> {
  await stages.addReaders({ name: 'readers-2', readers: 2, batchSize: 1, steps: 40 });
  const loader = { workers: 1, prefetchFactor: 2, steps: 40 };
  const numbers = [1, 2].map((accelerators) => Object.assign({ accelerators }, loader));
  await stages.emulate(numbers, 1);
}

/** Two ranks: what each does once it has planned. */
function ranksIn(directory: string, budgetNs: number) {
  const request: FeedRequest = {
    ...{
      target: { name: 'data', path: directory },
      dataPath: null,
      model: MODEL,
      reader: 'format',
      preprocessNs: 0,
      handOverNs: 0,
    },
    ...{ workers: 1, prefetchFactor: null, whatIf: [], need: null, budgetNs },
  };
  const [first, second] = localGroup(2).ranks.map((group) => new RankMeetings(group)) as [RankMeetings, RankMeetings];
  const planOf = async (meetings: RankMeetings) => {
    const base = {
      overrides: STORAGE.map((text) => parseOverride('--set', text)),
      ...{ seed: 7, aws: false, resultsDirectory: join(directory, 'results'), stop: new StopHandle() },
      group: { meetings, files: null },
    };
    return { base, plan: await planFeed(request, base, () => {}) };
  };
  return {
    request,
    lead: async <T>(work: (planned: Awaited<ReturnType<typeof planOf>>) => Promise<T>) => work(await planOf(first)),
    async follow() {
      const { base, plan } = await planOf(second);
      await followFeed(request.target, plan, base, second);
    },
  };
}

test('stages that rank 0 decides are measured by all ranks, each with as many accelerators', () =>
  withTemporaryDirectory(async (directory) => {
    const { request, lead, follow } = ranksIn(directory, 180e9);
    const measured = lead(async ({ base, plan }) => {
      const { source, client, ranks } = plan;
      const basis = {
        model: MODEL,
        reader: 'format',
        preprocessNs: 0,
        handOverNs: 0,
        source,
        cache: 'as-is',
        client,
        ranks,
      } as const;
      const staged = { ...stagedRequestOf(base, plan, request.target), stop: base.stop };
      const stages = new FeedStages(basis, staged, {});
      assert.is(await stages.within(600e9, () => measure(stages)), false);
      await stages.close();
      return stages.run?.directory ?? '';
    });
    const [path] = await Promise.all([measured, follow()]);
    // All stages are one run, in which each trial is that of both ranks.
    const { status, problems, trials, run } = readRun(path);
    assert.equal([status, problems, run?.plan.sessions, trials.length], ['complete', [], 2, 3]);
    const point = rampPointOf(trials, 'readers-2', 2);
    assert.ok(point !== null && Math.abs(sampleRate(point) / 100 - 1) < 0.03);
    for (const [accelerators, expected] of [
      [1, 0.8],
      [2, 0.4],
    ] as const) {
      const [au = Number.NaN] = emulatedTrialsOf(trials, `accelerators-${accelerators}`).au;
      assert.ok(Math.abs(au - expected) < 0.02, `${accelerators}: ${au}`);
      const trial = trials.find(({ job }) => job === `accelerators-${accelerators}`);
      assert.is(trial?.training?.accelerators, 2 * accelerators);
      const samples = trial?.ranks?.map((part) => part.training?.epochs[0]?.samples);
      assert.equal(samples, Array(2).fill(40 * 5 * accelerators));
    }
    for (const rank of [0, 1]) {
      const own = readRun(join(path, `rank-${rank}`));
      assert.equal([own.status, own.trials.map(({ id }) => id)], ['complete', trials.map(({ id }) => id)]);
    }
  }));

test('a time that is up before anything was measured is told by rank 0, and the other ranks just end', () =>
  withTemporaryDirectory(async (directory) => {
    const { request, lead, follow } = ranksIn(directory, 20e9);
    const startMs = performance.now() - 30_000;
    const [told, followed] = await Promise.allSettled([
      lead(({ base, plan }) => measureFeed(request, plan, base, {}, startMs)),
      follow(),
    ]);
    assert.is(followed.status, 'fulfilled');
    const { message } = (told as PromiseRejectedResult).reason as Error;
    assert.is(message, 'the time of 20 s was up before any reader was measured; raise --budget');
  }));

/** The meetings of two ranks. The first one is about to end. */
function meetingsEnding(ending: EarlyEnd): [RankMeetings, RankMeetings] {
  const [first, second] = localGroup(2).ranks.map((group) => new RankMeetings(group)) as [RankMeetings, RankMeetings];
  first.attend(
    () => ending,
    () => {},
  );
  return [first, second];
}

test('the time that is up on one rank ends the run of all, which is complete', async () => {
  const [first, second] = meetingsEnding('time-up');
  const start = { at: 'start', trial: 's1r1t2' } as const;
  const met = await Promise.all([first.forSession(start, '', 'stopped'), second.forSession(start, '', null)]);
  assert.ok(met.every((each) => 'refusal' in each));
  const ends = await Promise.all([first.end('time-up', null), second.end('complete', null)]);
  assert.equal(ends, Array(2).fill({ end: 'time-up', reason: null, rank: 0 }));
  // One rank has ended its sessions, and another one is about to start a trial.
  const [early, late] = meetingsEnding(null);
  const [end, refused] = await Promise.all([early.end('time-up', null), late.forSession(start, '', null)]);
  assert.is(end.end, 'time-up');
  assert.ok('refusal' in refused);
  for (const each of [first, second, early, late]) {
    assert.is(each.isEndedByOther, false);
    each.nextStage();
    assert.is(each.over?.end, 'time-up');
  }
});

test('the time that is up before a stage begins is told as such, and a fault as a fault', async () => {
  const refusedBy = async (isTimeUp: boolean) => {
    const [first, second] = meetingsEnding(null);
    const stopped = new FeedrateError('interrupted', 'stopped');
    const [, told] = await Promise.allSettled([first.refuse(stopped, isTimeUp), second.exchange('plan', '')]);
    const { code } = (told as PromiseRejectedResult).reason as FeedrateError;
    return [code, second.over?.end];
  };
  assert.equal(await refusedBy(true), ['interrupted', 'time-up']);
  assert.equal(await refusedBy(false), ['interrupted', 'stopped']);
});

test('another stage follows a complete one only', async () => {
  const [first, second] = meetingsEnding(null);
  const all = async (work: (each: RankMeetings) => Promise<unknown>) => Promise.all([first, second].map(work));
  for (let stage = 0; stage < 2; stage++) {
    await all((each) => each.exchange('stage', ''));
    await all((each) => each.end('complete', null));
    await all((each) => each.afterAll());
    for (const each of [first, second]) each.nextStage();
    assert.is(first.over, null);
  }
  assert.equal(await all((each) => each.shareStatus(each === first ? 0 : 3)), [3, 3]);
});

test.run();
