/** `feedrate feed` from its first reader to its answer, on a simulated storage that all readers share. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { acceleratorModel } from '../../src/training/models.js';
import { feedrate } from '../support/command-thread.js';
import { latestRun } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/feed');

/** 100 samples of RetinaNet's size a second, of which an accelerator needs 200: half an accelerator. Two readers and a few trials suffice. */
const STORAGE = [
  '--engine',
  'simulated',
  '--set',
  'simulated_latency=1us',
  '--set',
  'simulated_shared_bandwidth=32295700',
];
const MODEL = ['--record', '322957', '--batch', '5', '--compute', '25ms', '--data-format', 'jpeg', '--workers', '1'];
const WHAT_IF = ['--what-if', 'retinanet-mi355', '--what-if', 'unet3d-h100'];

test('finds the accelerators that a storage of a known rate feeds, and `show` repeats the answer', () =>
  withTemporaryDirectory((directory) => {
    const target = join(directory, 't');
    const results = join(directory, 'results');
    mkdirSync(target);
    const asked = [...STORAGE, ...MODEL, '--seed', '7', '--no-aws', ...WHAT_IF, '--format', 'json'];
    const { status, stdout, stderr } = feedrate(['feed', '-t', target, '-o', results, '--progress', 'none', ...asked]);
    assert.is(status, 0, stderr);
    const feed = JSON.parse(stdout);
    assert.equal([feed.whole, feed.verdict, feed.limiter.kind], [0, 'decided', 'storage']);
    const { estimate } = feed.accelerators;
    assert.ok(Math.abs(estimate - 0.5) < 0.02, `${estimate}`);
    // What was predicted is what was emulated.
    for (const { accelerators, au } of feed.au.measured) {
      const predicted = feed.au.predicted.find((each: { accelerators: number }) => each.accelerators === accelerators);
      assert.ok(Math.abs(predicted.au.estimate - au.estimate) < 0.04, `${accelerators}`);
    }
    const [other, refused] = feed.whatIf;
    const { computeNs, batchSize } = acceleratorModel('retinanet-mi355');
    const fed = (100 * computeNs) / 1e9 / batchSize;
    assert.ok(Math.abs(other.accelerators.estimate / fed - 1) < 0.05, `${other.accelerators.estimate} ${fed}`);
    assert.equal([other.whole, other.refusal], [0, null]);
    assert.match(refused.refusal, /reads npz files, and jpeg files were measured/);
    assert.is(feed.client.source, 'a virtual clock, on which a client takes no time');

    const shown = feedrate(['show', '-o', results]);
    assert.ok(shown.stdout.startsWith(`${feed.answer}\n`), shown.stdout);
    assert.match(shown.stdout, /accelerators-1/);
    const { feed: kept } = JSON.parse(feedrate(['show', '-o', results, '--format', 'json']).stdout);
    assert.equal([kept.answer, kept.accelerators, kept.au], [feed.answer, feed.accelerators, feed.au]);

    const file = join(latestRun(results), 'feed.json');
    const damaged = readFileSync(file, 'utf8').replace('"whole": 0', '"whole": "0"');
    writeFileSync(file, damaged);
    const { status: still, stdout: rest } = feedrate(['show', '-o', results]);
    assert.is(still, 0);
    assert.match(rest, /feed\.json: whole: expected a number, found "0"/);
  }));

test.run();
