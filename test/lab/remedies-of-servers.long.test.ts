// serial

/** What is advised about servers, links and other programs, followed in the lab: it must be accepted, and must help. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/remedies-of-servers');

/** What a part of the script left. */
class Left {
  readonly #directory: string;
  constructor(directory: string) {
    this.#directory = directory;
  }

  text(name: string): string {
    return readFileSync(join(this.#directory, name), 'utf8').trim();
  }

  /** A command that failed, and what it said. */
  refused(name: string, says: RegExp): void {
    assert.is.not(this.text(`${name}.status`), '0', name);
    assert.match(`${this.text(`${name}.stdout`)}\n${this.text(`${name}.stderr`)}`, says, name);
  }

  /** A command that succeeded, as a run whose trials are all good. */
  good(name: string): void {
    assert.is(this.text(`${name}.status`), '0', `${name}: ${this.text(`${name}.stderr`)}`);
  }
}

/** The parts of inside-remedies-of-servers.sh. */
const PARTS: Readonly<Record<string, (left: Left) => void>> = {
  readonly(left) {
    left.refused(
      'readonly.refused',
      /EROFS.*fix the cause \(.* allow writing in its export\), then remove the rest with: /,
    );
    left.refused('readonly.unwritable', /\(EROFS\): its file system is read-only; .*allow writing in its export/);
    for (const name of ['readonly.writable', 'readonly.cleaned']) left.good(name);
    assert.is(left.text('readonly.left'), '');
  },
  mounts(left) {
    left.refused('mounts.url', /needs a mount, which .* is not; mount the export and name a directory of the mount/);
    left.good('mounts.directory');
    left.refused('mounts.missing', /; check that nfs-common \(nfs-utils\) is installed/);
    left.good('mounts.installed');
    left.refused(
      'mounts.elsewhere',
      /the export is also mounted in a container or another mount namespace; unmount it there/,
    );
    left.good('mounts.alone');
  },
};

test('each advice is accepted and helps', () =>
  withTemporaryDirectory((directory) => {
    const workloads = ['ports.yaml'];
    inLab(directory, ['3'], 'inside-remedies-of-servers.sh', workloads, [], Object.keys(PARTS));
    for (const check of Object.values(PARTS)) check(new Left(directory));
  }));

test.run();
