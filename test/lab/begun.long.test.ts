// serial

/** Commands that begin while a server is gone, and a run that is stopped at once, before anyone can know that it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { statusOf, trialsOf } from '../support/run-directory.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/begun');
const MOUNTS = [
  { name: 'v3', mountPoint: '/mnt/nfs3' },
  { name: 'v4.2', mountPoint: '/mnt/nfs42' },
];

test('the mount is named, Ctrl-C ends what waits, and what waits goes on when the server is there again', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3', '4.2'], 'inside-begun.sh', ['stopped.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
    for (const { name, mountPoint } of MOUNTS) {
      const silence = `No response from target ${name} (fs1:/data on ${mountPoint}) for 10 s. Still waiting;`;
      for (const command of ['run', 'doctor', 'prepare', 'clean'])
        assert.ok(file(`${command}.${name}.stderr`).includes(silence), file(`${command}.${name}.stderr`));
      for (const command of ['run', 'doctor', 'list']) assert.is(file(`${command}.${name}.status`), '130', command);
      for (const command of ['prepare', 'clean'])
        assert.is(file(`${command}.${name}.status`), '0', file(`${command}.${name}.stderr`));

      const stderr = file(`twice.${name}.stderr`);
      assert.is(file(`twice.${name}.status`), '130', stderr);
      const results = join(directory, `twice.${name}.runs`);
      assert.is(statusOf(results), 'aborted');
      assert.is(trialsOf(results)[0]?.job, 'before');
      assert.match(stderr, /does not respond, so files of this run remain there; .*feedrate clean -t /);
      assert.match(file(`clean.${name}.stdout`), /^removed 1 directory, /m);
      assert.is(file(`twice.${name}.after`), '');
    }
    assert.is(file('begun.left'), '0', 'processes were left');
  }));

test.run();
