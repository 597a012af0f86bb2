/** Warnings on their way from trials to what a user reads, and that they are rare where nothing is wrong. */
import { writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/command-thread.js';
import { makeArm, makeRun, makeTrial } from '../support/records.js';
import { trialsOf } from '../support/run-directory.js';
import { startOfDay, storeRun } from '../support/stored-runs.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/warnings');

const STEADY = `name: steady
trials: { sessions: 2, rounds: 5 }
jobs:
  randread:
    { rw: randread, bs: [4k, 64k, 1m], size: 4m, time_based: true, runtime: 30s, cache: as-is,
      ioengine: simulated, simulated_latency: 20ms }
`;

interface ReportedArm {
  readonly warnings: readonly { readonly code: string }[];
}

test('thirty simulated trials of thirty seconds, whose seconds are independent, warn of nothing', () =>
  withTemporaryDirectory((directory) => {
    writeFileSync(`${directory}/w.yaml`, STEADY);
    const { status, stdout, stderr } = feedrate(['run', 'w.yaml', '--format', 'json', '--progress', 'none'], directory);
    assert.is(status, 0, stderr);
    const trials = trialsOf(`${directory}/results`);
    assert.is(trials.length, 30);
    for (const { series } of trials) assert.ok(series.length >= 30);
    assert.equal(
      trials.flatMap(({ warnings }) => warnings.map(({ code }) => code)),
      [],
    );
    const { arms } = JSON.parse(stdout) as { arms: ReportedArm[] };
    assert.equal(
      arms.map(({ warnings }) => warnings),
      [[], [], []],
    );
  }));

/** A stored run of one arm whose trials lose 1 % a minute. */
function withDrift(use: (directory: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const arm = makeArm('read');
    const run = makeRun([arm], 10, startOfDay(0));
    const trials = Array.from({ length: 10 }, (_, index) =>
      makeTrial(arm, index + 1, 1e9 * (1 - 0.01 * index), { startedAt: `2026-10-01T03:0${index}:00.000Z` }),
    );
    storeRun(`${directory}/results`, run, trials);
    use(directory);
  });
}

test('an old run gets the warnings of its arms when it is shown', () =>
  withDrift((directory) => {
    const note = /drift: throughput fell by 9\.4 % over 10 trials → find what changed during the run/;
    assert.match(feedrate(['show'], directory).stdout, new RegExp(`^1\\) ${note.source}`, 'm'));
    assert.match(feedrate(['show', '--format', 'md'], directory).stdout, note);
    assert.match(feedrate(['show', '--format', 'csv'], directory).stdout, /,drift\n$/);
    const { arms } = JSON.parse(feedrate(['show', '--format', 'json'], directory).stdout) as { arms: ReportedArm[] };
    assert.equal(
      arms[0]?.warnings.map(({ code }) => code),
      ['drift'],
    );
  }));

test('a comparison tells whose trials drift, and that it rests on too little, once each', () =>
  withDrift((directory) => {
    const arm = makeArm('read');
    const trials = [1, 2, 3].map((round) => makeTrial(arm, round, 1e9 + round));
    storeRun(`${directory}/results`, makeRun([arm], 3, startOfDay(1)), trials);
    const { stdout } = feedrate(['compare', startOfDay(0).id, startOfDay(1).id], directory);
    assert.match(stdout, /^few-sessions: with 1 cell at 5 % .* → use --set trials\.sessions=5 or more$/m);
    assert.match(stdout, new RegExp(`^drift in 1 of 2 arms \\(${startOfDay(0).id} read\\): throughput fell`, 'm'));
    const gate = feedrate(['gate', startOfDay(1).id, '--baseline', startOfDay(0).id, '--format', 'json'], directory);
    const { warnings } = JSON.parse(gate.stdout) as ReportedArm;
    assert.equal(
      warnings.map(({ code }) => code),
      ['few-sessions', 'drift'],
    );
  }));

test.run();
