/** Every workload of training runs here at notebook size, and leaves nothing. `npm run test:presets`; about ten minutes. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readRun } from '../../src/store/read-run.js';
import { feedrate } from '../support/feedrate-cli.js';
import { latestRun } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { PRESETS } from './presets.js';

const test = suite('presets (long)');

for (const preset of PRESETS) {
  test(`${preset} is measured on real files, and removed`, () =>
    withTemporaryDirectory((directory) => {
      const target = join(directory, 't');
      const results = join(directory, 'results');
      mkdirSync(target);
      const startMs = Date.now();
      const { status, stderr } = feedrate(['run', preset, '-t', target, '-o', results, '--progress', 'none']);
      // A disk that cannot feed the accelerators fails a threshold.
      assert.ok(status === 0 || status === 1, stderr);
      const { trials, run } = readRun(latestRun(results));
      assert.is(run?.status, 'complete');
      for (const trial of trials) assert.is(trial.status, 'ok', JSON.stringify(trial.fault));
      assert.is(feedrate(['clean', '-t', target, '--data', '--yes']).status, 0);
      assert.equal(existsSync(target) ? readdirSync(target) : [], []);
      process.stderr.write(`${preset}: ${Math.round((Date.now() - startMs) / 1000)} s\n`);
    }));
}

test.run();
