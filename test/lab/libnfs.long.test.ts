// serial

/** An NFS server without a mount, in the lab: what feedrate says it moved, and what the server says. */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libnfs } from '../../src/host/libnfs/libnfs.js';
import type { TrialRecord } from '../../src/record/trial-record.js';
import { runOf, trialsOf } from '../support/run-directory.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';
import { inLab } from './lab.js';

const test = suite('lab/libnfs');
const DATA_BYTES = 2 * 8 * 2 ** 20;

test('libnfs moves what the trials say, files are those of a mount, and all of it goes again', () => {
  const library = libnfs();
  if (typeof library === 'string') skipTest(library, 'tool');
  return withTemporaryDirectory((directory) => {
    inLab(directory, ['3'], 'inside-libnfs.sh', ['libnfs.yaml', 'libnfs-reads.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    for (const name of ['v3', 'v4', 'mounted', 'both', 'clean'])
      assert.is(file(`${name}.status`).trim(), '0', `${name}: ${file(`${name}.report`)}${file(`${name}.stderr`)}`);
    checkRun(directory, 'v3', DATA_BYTES);
    checkRun(directory, 'v4', 0);
    checkClient(directory);
    checkRefusal(file('refused.status'), file('refused.stderr'), library.label);
    assert.equal(file('files').trim().split('\n'), [
      'd .feedrate-data',
      'd .feedrate-data/s42',
      'd .feedrate-data/s42/000',
      'f .feedrate-data/FEEDRATE',
      'f .feedrate-data/s42/000/000000-8388608',
      'f .feedrate-data/s42/000/000001-8388608',
    ]);
    // The mount found all files whole (their content was verified), so that nothing but markers was written.
    assert.ok(moved(directory, 'mounted').written < 2 ** 16);
    assert.match(file('comparison'), /the mounts of libnfs and mount differ in .*nfs\.client \(kernel → libnfs \d/);
    assert.is(file('left'), '');
  });
});

test('a server that accepts neither high ports nor this machine: what is advised helps', () => {
  const library = libnfs();
  if (typeof library === 'string') skipTest(library, 'tool');
  return withTemporaryDirectory((directory) => {
    chmodSync(directory, 0o755);
    inLab(directory, ['3'], 'inside-ports.sh', ['ports.yaml']);
    const file = (name: string) => readFileSync(join(directory, name), 'utf8');
    for (const version of ['3', '4']) {
      for (const name of ['root', 'insecure'])
        assert.is(file(`${name}${version}.status`).trim(), '0', `${name}: ${file(`${name}${version}.stderr`)}`);
      for (const name of ['refused', 'closed']) assert.is(file(`${name}${version}.status`).trim(), '2', name);
      assert.match(
        file(`refused${version}.stderr`),
        /accepts only client ports below 1024, which need root: run as root, or export it with insecure \(ONTAP/,
      );
      assert.match(file(`closed${version}.stderr`), /[;:] add this machine to the clients of the export \(ONTAP: /);
    }
  });
});

/** By the server's own count. */
function moved(directory: string, name: string): { read: number; written: number } {
  const at = (when: string) => {
    const text = readFileSync(join(directory, `${name}.${when}.nfsd`), 'utf8');
    return /^io (\d+) (\d+)$/m.exec(text)?.slice(1).map(Number) ?? [];
  };
  const [before, after] = [at('before'), at('after')];
  return {
    read: (after[0] ?? Number.NaN) - (before[0] ?? Number.NaN),
    written: (after[1] ?? Number.NaN) - (before[1] ?? Number.NaN),
  };
}

/** All trials are good, what they read came over the wire, and the server counted as much within 1 %. */
function checkRun(directory: string, name: string, laidOutBytes: number): void {
  const trials = trialsOf(join(directory, name));
  for (const { id, status, fault, engine, cache, window } of trials) {
    assert.is(status, 'ok', `${name} ${id}: ${fault?.message}`);
    assert.is(engine.used, 'nfs');
    if (cache.claim !== 'cold') continue;
    assert.equal([cache.verdict, cache.observed], ['proven', 'cold'], `${name} ${id}: ${cache.detail}`);
    assert.ok((cache.wireReceivedBytes ?? 0) >= window.totalReadBytes);
  }
  const sum = (pick: (trial: TrialRecord) => number) => trials.reduce((total, trial) => total + pick(trial), 0);
  const verified = sum(({ job, window }) => (job === 'write' ? window.totalWriteBytes : 0));
  const server = moved(directory, name);
  const read = server.read / (sum(({ window }) => window.totalReadBytes) + verified);
  assert.ok(Math.abs(read - 1) < 0.01, `${name}: the server read ${read} times what the trials did`);
  const writtenBytes = sum(({ window }) => window.totalWriteBytes) + laidOutBytes;
  assert.ok(Math.abs(server.written - writtenBytes) < Math.max(0.01 * writtenBytes, 2 ** 16), `${server.written}`);
}

function checkClient(directory: string): void {
  for (const [name, version, fileSystem] of [
    ['v3', '3', 'nfs'],
    ['v4', '4.0', 'nfs4'],
  ] as const) {
    const [target] = runOf(join(directory, name)).environment.targets;
    assert.equal([target?.fileSystem, target?.source], [fileSystem, 'fs1:/data/lib']);
    assert.is(target?.nfs?.options.version, version);
    assert.match(target?.nfs?.client ?? '', /^libnfs [45] \(libnfs\.so\.1[34]\)$/);
    assert.match(readFileSync(join(directory, `${name}.report`), 'utf8'), /no mount: libnfs/);
  }
}

/** libnfs 4 writes next to nothing a call with version 4; 5 does what version 3 does. */
function checkRefusal(status: string, stderr: string, label: string): void {
  if (!label.startsWith('libnfs 4')) return;
  assert.is(status.trim(), '2');
  assert.match(stderr, /libnfs 4 .* writes at most 2048 bytes per call with version 4; use \?version=3/);
}

test.run();
