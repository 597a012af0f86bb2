/** `feedrate feed` by four ranks under each launcher: one answer, and ranks that die, are stopped, or run out of time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../src/store/read-run.js';
import { leftIn, onlyRun, othersGone, type Place, placeIn, type RunningGroup, startFeed } from './group-command.js';
import { launchedSuite, needLauncher } from './launched-suite.js';
import { TEST_LAUNCHERS } from './launchers.js';

const test = suite('group/feed');
const RANKS = 4;
/** The rank to which something happens. */
const HIT = 2;
const TIMEOUT_S = 15;
const { place, environment } = launchedSuite(test);

const BYTES = 322_957;
/** 100 samples a second on each rank. */
const STORAGE = ['simulated_latency=1us', `simulated_shared_bandwidth=${100 * BYTES}`];
const SIMULATED = ['--engine', 'simulated', ...STORAGE.flatMap((field) => ['--set', field])];
/** An accelerator that would take 83 samples a second. */
const MODEL = ['--record', `${BYTES}`, '--batch', '5', '--compute', '60ms', '--data-format', 'jpeg', '--workers', '1'];
/** Steps that take long, on an engine that reads nothing: what is measured ends only with the time. */
const ENDLESS = ['--engine', 'null', '--record', '1MB', '--batch', '4', '--compute', '900ms', '--data-format', 'raw'];
const JSON_FORM = ['--format', 'json'];

for (const [name, launcher] of Object.entries(TEST_LAUNCHERS)) {
  const placeOf = (what: string): Place => {
    const directory = join(place, `${name}-${what}`);
    mkdirSync(directory);
    return placeIn(directory, '');
  };
  const begin = (where: Place, options: readonly string[]): RunningGroup =>
    startFeed(launcher, RANKS, where, { options, changes: environment() ?? {} });

  test(`${name}: the accelerators of all ranks together, each with a storage of a known rate`, async () => {
    needLauncher(launcher);
    const where = placeOf('known');
    const group = begin(where, [...SIMULATED, ...MODEL, ...JSON_FORM, '--need', '4']);
    const { status, stdout, stderr } = await group.ended;
    assert.is(status, 0, stderr);
    const feed = JSON.parse(stdout);
    const { estimate } = feed.accelerators;
    process.stdout.write(`   ${name}: ${feed.answer}\n`);
    assert.equal([feed.whole, feed.verdict, feed.limiter.kind, feed.group.ranks], [4, 'decided', 'storage', RANKS]);
    assert.ok(Math.abs(estimate / ((RANKS * 100 * 0.06) / 5) - 1) < 0.04, `${estimate}`);
    const { status: ended, run, trials } = readRun(onlyRun(where).directory);
    assert.equal([ended, run?.group?.launcher], ['complete', launcher.meetsBy]);
    assert.ok(trials.length > 0 && trials.every(({ ranks, status: each }) => ranks?.length === RANKS && each === 'ok'));
    assert.equal([leftIn(where), await othersGone(group)], [[], []]);
  });

  test(`${name}: the time ends the measurement on all ranks, with the answer so far`, async () => {
    needLauncher(launcher);
    const where = placeOf('time');
    const group = begin(where, [...ENDLESS, '--budget', '1m']);
    const { status, stdout, stderr } = await group.ended;
    // A busy machine may not even measure the first readers in that time.
    if (/the time of 1 min was up before any reader was measured/.test(stderr)) assert.is(status, 5);
    else {
      assert.is(status, 0, stderr);
      assert.match(stdout, /(?:not decided yet|by prediction alone): the time of 1 min was up/);
    }
    assert.is(readRun(onlyRun(where).directory).status, 'complete');
    assert.equal([leftIn(where), await othersGone(group)], [[], []]);
  });

  test(`${name}: Ctrl-C on one rank ends the measurement on all, with the answer so far`, async () => {
    needLauncher(launcher);
    const where = placeOf('SIGINT');
    const group = begin(where, [...ENDLESS, '--budget', '10m']);
    await group.emulating();
    process.kill(group.pidOf(HIT), 'SIGINT');
    const { status, stdout, stderr } = await group.ended;
    assert.equal(await othersGone(group), []);
    assert.is(status, 130, stderr);
    assert.match(stdout, /by prediction alone: it was stopped|which is not decided yet: it was stopped/);
    assert.match(stderr, new RegExp(`feedrate: rank ${HIT} \\(.+\\): it was stopped`));
    if (name === 'shell')
      for (let rank = 0; rank < RANKS; rank++) assert.match(stderr, new RegExp(`rank ${rank} ended with 130`));
    const { status: ended, feed } = readRun(onlyRun(where).directory);
    assert.is(ended, 'aborted', stderr);
    assert.is(feed?.undecided, 'it was stopped');
    assert.equal(leftIn(where), []);
  });

  test(`${name}: a rank that is killed ends the measurement on all, and what was measured is kept`, async () => {
    needLauncher(launcher);
    const where = placeOf('SIGKILL');
    const group = begin(where, [...ENDLESS, '--budget', '10m', '--group-timeout', `${TIMEOUT_S}s`]);
    await group.emulating();
    const hit = group.pidOf(HIT);
    process.kill(hit, 'SIGKILL');
    const { status, stdout, stderr } = await group.ended;
    assert.equal(await othersGone(group), []);
    assert.not.equal(status, 0);
    const { status: ended, trials, run } = readRun(onlyRun(where).directory);
    process.stdout.write(`   ${name}: run ${ended}, ${trials.length} trials\n`);
    assert.ok(trials.some((trial) => trial.status === 'ok' && trial.ranks?.length === RANKS));
    // A launcher that kills all ranks at once leaves nobody who could say why, or print an answer.
    if (run?.group?.problem === undefined) {
      assert.is(ended, 'killed');
      assert.is.not(name, 'shell', stderr);
      return;
    }
    const died = new RegExp(`rank ${HIT} \\(.+, process ${hit}\\) has been dead or stopped`);
    assert.match(run.group.problem, died);
    assert.is(ended, 'aborted');
    assert.match(stdout, died);
    assert.match(stderr, died);
    if (name === 'shell') for (const rank of [0, 1, 3]) assert.match(stderr, new RegExp(`rank ${rank} ended with 5`));
  });
}

test.run();
