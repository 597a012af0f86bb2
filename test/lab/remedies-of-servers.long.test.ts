// serial

/** What is advised about servers, links and other programs, followed in the lab: it must be accepted, and must help. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis, Finding } from '../../src/record/finding.js';
import { trialsOf } from '../support/run-directory.js';
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

  finding(name: string, check: string): Finding {
    const [diagnosis] = JSON.parse(this.text(`${name}.doctor`)) as Diagnosis[];
    return diagnosis?.findings.find((one) => one.check === check) as Finding;
  }

  warnings(name: string): readonly string[] {
    return trialsOf(join(this.#directory, `${name}.runs`)).flatMap(({ warnings }) => warnings.map(({ code }) => code));
  }
}

/** The parts of inside-remedies-of-servers.sh. */
const PARTS: Readonly<Record<string, (left: Left) => void>> = {
  locks(left) {
    left.good('locks.before');
    left.refused('locks.refused', /the server grants no locks; mount it with the option nolock or local_lock=flock/);
    for (const name of ['locks.nolock', 'locks.flock']) left.good(name);
  },
  served(left) {
    const says = (name: string, value: RegExp, remedy: RegExp | null) => {
      const finding = left.finding(`served.${name}`, 'start script');
      assert.match(finding.value, value, name);
      if (remedy === null) assert.is(finding.severity, 'good', name);
      else assert.match(finding.remedy ?? '', remedy, name);
    };
    says('version', /^not mounted/, /and that the SVM serves this NFS version$/);
    says(
      'denied',
      /^nobody cannot write: .*Permission denied$/,
      /^give the user access to the directory on the server/,
    );
    const small = /rsize is 262144 instead of 1048576/;
    says('granted', small, /^unmount it, then run the start script again$/);
    says(
      'small',
      small,
      /^raise tcp-max-xfer-size of the SVM .*, unmount all its mounts, then run the start script again$/,
    );
    says('large', /^mounted as requested/, null);
    says('other', /^vers is 4\.1 instead of 4\.2$/, /^unmount it, then run the start script again$/);
    says('again', /^mounted as requested/, null);
  },
  readonly(left) {
    left.refused(
      'readonly.refused',
      /EROFS.*fix the cause \(.* allow writing in its export\), then remove the rest with: /,
    );
    left.refused('readonly.unwritable', /\(EROFS\): its file system is read-only; .*allow writing in its export/);
    for (const name of ['readonly.writable', 'readonly.cleaned']) left.good(name);
    assert.is(left.text('readonly.left'), '');
  },
  files(left) {
    for (const version of ['3', '4.2']) {
      const name = `files${version}`;
      left.refused(
        `${name}.removed`,
        /ESTALE: something else removed or replaced the file on the server; run again when nothing changes these files/,
      );
      left.good(`${name}.again`);
      left.refused(
        `${name}.open`,
        /\.nfs\S+ is still open or was just written; stop the process that uses it, then run/,
      );
      left.good(`${name}.cleaned`);
      assert.not.match(left.text(`${name}.left`), /dataset-kept/);
    }
  },
  gone(left) {
    left.refused('gone.softerr', /\(ETIMEDOUT\): its server does not answer; check the network and the mount/);
    left.refused('gone.soft', /\(EIO\): its file system reports I\/O errors; check dmesg before you measure anything/);
    assert.match(left.text('gone.dmesg'), /fs1 not responding/);
    for (const name of ['softerr', 'soft']) left.good(`back.${name}`);
  },
  late(left) {
    assert.ok(left.warnings('late.late').includes('nfs-retransmitted'));
    assert.match(left.finding('late.late', 'retransmissions').remedy ?? '', /^umount .*timeo=600/);
    assert.not.ok(left.warnings('late.patient').includes('nfs-retransmitted'));
    assert.is(left.finding('late.patient', 'retransmissions').severity, 'good');
    assert.ok(left.warnings('slots.few').includes('nfs-queued'));
    for (const name of ['more', 'connections'])
      assert.not.ok(left.warnings(`slots.${name}`).includes('nfs-queued'), name);
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
  // Last, because the other mounts of the export become stale, too.
  stale(left) {
    for (const version of ['3', '4.2']) {
      left.refused(
        `stale${version}.refused`,
        /\(ESTALE\): its NFS file handle is stale: the export was replaced on the server; unmount it and mount it again/,
      );
      left.good(`stale${version}.mounted`);
    }
  },
};

test('each advice is accepted and helps', () =>
  withTemporaryDirectory((directory) => {
    const workloads = ['ports.yaml', 'locks.yaml', 'stopped.yaml'];
    inLab(directory, ['3'], 'inside-remedies-of-servers.sh', workloads, [], Object.keys(PARTS));
    for (const check of Object.values(PARTS)) check(new Left(directory));
  }));

test.run();
