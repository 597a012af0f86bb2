// serial

/** Mounts that feedrate makes itself, in the lab. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/matrix');

test('they are measured, compared and taken away, also after Ctrl-C', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3'], 'inside-matrix.sh', ['delayed.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
    assert.is(file('whole.status'), '0', file('whole.stderr'));
    assert.match(file('whole.report'), /the mounts of v4\.2 and v3 differ only in nfs\.vers \(3 → 4\.2\)/);
    assert.match(file('whole.report'), /^fstab {5}fs1:\/data \/mnt\/train nfs vers=(3|4\.2),_netdev 0 0$/m);
    assert.is(file('stopped.status'), '130', file('stopped.stderr'));
    assert.is(file('shared.status'), '2');
    assert.match(
      file('shared.stderr'),
      /^feedrate: mount vers=3,nconnect=4: the number of connections is 1 instead of 4, /,
    );
    for (const part of ['whole', 'stopped', 'shared'])
      assert.is(file(`${part}.left`), '0\n0', `${part} left something`);
  }));

test.run();
