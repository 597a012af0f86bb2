/** Targets without a mount: what is refused before anything is measured. What works is seen in the lab. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libnfs } from '../../src/host/libnfs/libnfs.js';
import { libc } from '../../src/host/system/libc.js';
import { feedrate } from '../support/feedrate-cli.js';
import { skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('cli/nfs-target');

function needLibnfs(): void {
  const library = libnfs();
  if (typeof library === 'string') skipTest(library, 'tool');
}

/** `feedrate run` of a read on the target ends with one line on stderr. */
function isRefused(target: string, message: RegExp, changes: Readonly<Record<string, string>> = {}): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const workload = join(directory, 'w.yaml');
    writeFileSync(workload, 'name: w\njobs:\n  read: {rw: read, bs: 64k, size: 1MiB}\n');
    const words = ['run', workload, '-t', target, '-o', directory, '--progress', 'none'];
    const { status, stdout, stderr } = feedrate(words, directory, changes);
    assert.equal([status, stdout], [2, ''], stderr);
    assert.match(stderr, message);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  });
}

test('without libnfs it is said what is missing, and how to get it', async () => {
  if (libc() === null) skipTest('koffi is not installed');
  const remedy = 'apt-get install libnfs13, or name an unpacked libnfs\\.so\\.13 with FEEDRATE_LIBNFS=PATH';
  const target = 'nfs://127.0.0.1/x';
  const missing = `nfs:// needs libnfs, and FEEDRATE_LIBNFS names /nonexistent/libnfs.so.13, which does not exist: ${remedy}`;
  await isRefused(target, new RegExp(`^feedrate: ${missing}$`, 'm'), { FEEDRATE_LIBNFS: '/nonexistent/libnfs.so.13' });
  const other = `FEEDRATE_LIBNFS names .*, which is not a loadable libnfs.so.13 or libnfs.so.14: ${remedy}`;
  await isRefused(target, new RegExp(`^feedrate: ${other}$`, 'm'), { FEEDRATE_LIBNFS: process.execPath });
  await isRefused(target, /nfs:\/\/ needs the optional dependency koffi/, { FEEDRATE_NO_KOFFI: '1' });
});

/** A port of this machine that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('a server that cannot be reached is told in one line', async () => {
  needLibnfs();
  const port = await closedPort();
  for (const [query, ports] of [
    [`version=3&nfsport=${port}&mountport=${port}`, 'ports 111, 2049 and that of mountd'],
    [`version=4&nfsport=${port}`, 'port 2049'],
  ] as const) {
    const why = `cannot connect to 127\\.0\\.0\\.1; check its name, the network and that ${ports} can be reached`;
    const message = `^feedrate: target lib: cannot reach nfs://.* \\(EIO\\): ${why}`;
    await isRefused(`lib=nfs://127.0.0.1/x?${query}`, new RegExp(message, 'm'));
  }
  await isRefused('nfs://no-such-host.invalid/x', /cannot connect to no-such-host\.invalid; check its name/);
});

test('the doctor has nothing to look at', () => {
  const { status, stderr } = feedrate(['doctor', '-t', 'nfs://fs1/x']);
  assert.is(status, 2);
  assert.match(
    stderr,
    /^feedrate: -t nfs:\/\/fs1\/x\?version=3: doctor checks mounts, and an nfs:\/\/ URL is not one; measure it with feedrate run$/m,
  );
});

test.run();
