/** Commands that measure with one process, where a launcher started several. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { feedrate } from '../support/feedrate-cli.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/launched-alone');

const asRank = (size: number) => ({ OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: `${size}` });

for (const words of [
  ['calibrate', '-t', '.'],
  ['gate', '--baseline', 'main'],
  ['read', '.'],
  ['mount-matrix', 'quick', '--export', 'a:/b', '--mount', 'vers=3'],
]) {
  test(`${words[0]} does not measure once per rank`, () =>
    withTemporaryDirectory((directory) => {
      const { status, stderr } = feedrate(words, directory, asRank(4));
      assert.is(status, 2);
      assert.is(
        stderr,
        `feedrate: ${words[0]}: OMPI_COMM_WORLD_RANK, OMPI_COMM_WORLD_SIZE make this rank 1 of 4, but it measures with one process; start it once, without the launcher, or use feedrate run\n`,
      );
    }));
}

test('a launcher that started one process is no hindrance, and neither are commands that only read', () =>
  withTemporaryDirectory((directory) => {
    assert.not.match(feedrate(['read', 'none'], directory, asRank(1)).stderr, /rank/);
    assert.is(feedrate(['list'], directory, asRank(4)).status, 0);
    // Started once, without the launcher.
    writeFileSync(join(directory, 'data.bin'), 'data');
    assert.is(feedrate(['read', '.', '--dry-run'], directory).status, 0);
  }));

test.run();
