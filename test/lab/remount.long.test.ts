// serial

/** Real NFS mounts that cannot be made anew, or not at once, and runs that end while a mount is away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab, withoutMountIds } from './lab.js';

const test = suite('lab/remount');

test('a mount that cannot be made anew stays, and one that is away comes back whatever happens to feedrate', () =>
  withTemporaryDirectory((directory) => {
    inLab(directory, ['3', '4.2'], 'inside-remount.sh', ['cold.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8').trim();
    const refused = (name: string, status: string, message: RegExp) => {
      assert.is(file(`${name}.status`), status, `${name}: ${file(`${name}.stderr`)}`);
      assert.match(file(`${name}.stderr`), message);
    };
    const cannot = 'target x: \\/mnt\\/nfs3 cannot be remounted: ';
    refused(
      'directory',
      '2 1',
      new RegExp(`^feedrate: ${cannot}it is used by sleep \\(process \\d+, working directory\\)`),
    );
    refused('bound', '2 1', new RegExp(`^feedrate: ${cannot}/mnt/nfs42 shows the same file system`));
    refused('elsewhere', '5 1', /^\/mnt\/nfs3 was unmounted and mounted again, but its caches were kept: /);
    assert.is(file('retried.status'), '0 1', file('retried.stderr'));
    refused(
      'lost',
      '5 0',
      /^\/mnt\/nfs3 IS NO LONGER MOUNTED: .*no such luck.* run: mount -t nfs -o rw,relatime,vers=3,/,
    );
    const mountOf = (name: string) => /^.* \/mnt\/nfs3 .*$/m.exec(withoutMountIds(file(name)))?.[0];
    assert.is(mountOf('typed.mountinfo'), mountOf('mountinfo'));
    for (const [name, status] of [
      ['stopped', '130 1'],
      ['interrupted', '130 1'],
      ['killed', '137 0'],
    ] as const) {
      assert.is(file(`${name}.meanwhile`), '0');
      assert.is(file(`${name}.status`), status, file(`${name}.stderr`));
    }
    assert.is(file('killed.later'), '1');
    assert.is(file('matrix.status'), '0 0', file('matrix.stderr'));
    assert.match(file('matrix.report'), /✓ Cold client confirmed, server unknown: every byte was read from the server/);
    refused('shared', '2 0', /^feedrate: target v3: .* cannot be remounted: \/mnt\/nfs3 shows the same file system /);
    refused(
      'differs',
      '5 1',
      /^\/mnt\/nfs3 was mounted again, but not as before: rsize changed from 1048576 to 65536; to restore it, unmount it and run: /,
    );
  }));

test.run();
