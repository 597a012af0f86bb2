/** Four ranks under Hydra and by files, as processes. `npm run test:group` includes the other launchers. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { needTool } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { launch, TEST_LAUNCHERS } from './launchers.js';

const test = suite('group/launched');

for (const name of ['mpich', 'shell'] as const) {
  test(`${name}: ranks that a launcher starts get all texts`, () =>
    withTemporaryDirectory(async (directory) => {
      const launcher = TEST_LAUNCHERS[name];
      needTool(launcher.program);
      const shared = join(directory, 'shared');
      mkdirSync(shared);
      const task = { shared, meetings: 2, textBytes: 2000, options: {} };
      const { reports, stderr, status } = await launch(launcher, 4, task);
      assert.equal([status, reports.length], [0, 4], stderr);
      assert.ok(reports.every(({ areTextsRight, launcher: by }) => areTextsRight && by === launcher.meetsBy));
      assert.equal(readdirSync(shared), []);
    }));
}

test.run();
