// ci

/** Limits of the system that are reached while a run starts or measures: each is named, at once, and blames no target. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cgroupDirectories } from '../../src/host/system/cgroup.js';
import { mainPath, type Outcome } from '../support/feedrate-cli.js';
import { withLiveRun } from '../support/live-run.js';
import { needTool, skipTest } from '../support/skip.js';
import { withTemporaryDirectory } from '../support/temporary-directory.js';

const test = suite('run/exhausted');

const WORKLOAD = `
name: exhausted
trials: {rounds: 1}
jobs:
  read: {rw: read, bs: 64KiB, size: 1MiB, numjobs: 2}
`;
/** Ends what hangs. */
const TIMEOUT_MS = 300_000;
/** Nobody else's, so that only the processes of this test count. */
const USER = 50_000 + (process.pid % 10_000);

/** Runs the command with words before it that restrict it, in a fresh directory that `USER` may write to. */
function restricted(before: readonly string[], ...more: readonly string[]): Promise<Outcome> {
  let outcome: Outcome = { status: null, stdout: '', stderr: '' };
  return withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 't'));
    writeFileSync(join(directory, 'w.yaml'), WORKLOAD);
    if (process.getuid?.() === 0) for (const path of [directory, join(directory, 't')]) chownSync(path, USER, USER);
    chmodSync(directory, 0o755);
    const [command = '', ...words] = [...before, process.execPath, mainPath, 'run', 'w.yaml', '-t', 't', '-o', 'r'];
    const { status, stdout, stderr } = spawnSync(command, [...words, '--progress', 'none', ...more], {
      encoding: 'utf8',
      cwd: directory,
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    outcome = { status, stdout, stderr };
  }).then(() => outcome);
}

/** The run failed with one line that has every one of these in it. */
function assertTold({ status, stderr }: Outcome, ...wanted: readonly (string | RegExp)[]): void {
  assert.is(status, 5, stderr);
  assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  for (const text of wanted) assert.match(stderr, text);
  assert.not.match(stderr, /No response|this is a bug/);
}

/** The advice was followed: nothing is in the way any more. */
function assertRuns({ status, stderr }: Outcome): void {
  assert.is(status, 0, stderr);
}

/** Makes a control group with these limits, and uses the words that run a command in it. */
async function inGroup(
  controller: string,
  limits: Readonly<Record<string, string>>,
  use: (words: readonly string[], group: string) => Promise<void>,
): Promise<void> {
  if (process.getuid?.() !== 0) skipTest('making a control group needs root');
  const group = cgroupDirectories(controller)
    .map((parent) => join(parent, `feedrate-test-${process.pid}`))
    .find((path) => isLimited(path, limits));
  if (group === undefined) skipTest(`this machine lets no test limit a control group with ${Object.keys(limits)[0]}`);
  try {
    await use(['sh', '-c', `echo $$ > ${group}/cgroup.procs; exec "$@"`, 'sh'], group);
  } finally {
    await gone(group);
  }
}

/** Makes the group. Returns false, and leaves nothing, where it cannot be limited or entered. */
function isLimited(group: string, limits: Readonly<Record<string, string>>): boolean {
  try {
    mkdirSync(group);
  } catch {
    return false;
  }
  const known = Object.entries(limits).filter(([file]) => existsSync(join(group, file)));
  for (const [file, value] of known) writeFileSync(join(group, file), value);
  const enters = spawnSync('sh', ['-c', `echo $$ > ${group}/cgroup.procs`], { stdio: 'ignore' }).status === 0;
  if (known.length > 0 && enters) return true;
  rmdirSync(group);
  return false;
}

/** Removes the group, which the kernel keeps for a moment after the last process in it. */
async function gone(group: string): Promise<void> {
  for (;;) {
    try {
      return rmdirSync(group);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function asUserWith(limit: string): string[] {
  if (process.getuid?.() !== 0)
    skipTest('the limit of processes counts all of a user, so another user is needed: root');
  for (const tool of ['setpriv', 'prlimit']) needTool(tool);
  const user = String(USER);
  return ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', 'prlimit', limit];
}

for (const most of [12, 16, 21])
  test(`${most} processes and threads: too few for the processes of a run`, async () => {
    const outcome = await restricted(asUserWith(`--nproc=${most}`));
    // Node itself, or all that this needs, depending on its version and the processors.
    if (outcome.status !== 5) skipTest(`with ${most}, this Node ends with ${outcome.status}`);
    assertTold(outcome, /could not (be started|start its threads)|cannot start 2 worker threads/, `ulimit -u: ${most}`);
  });

test('with the limits of processes and of open files raised, a run ends well', async () => {
  assertRuns(await restricted([...asUserWith('--nproc=1000'), '--nofile=1024']));
});

test('with fewer workers, a run needs fewer processes and open files', async () => {
  assertRuns(await restricted([...asUserWith('--nproc=60'), '--nofile=60'], '--set', 'numjobs=1'));
});

// A plan with too many workers is refused, so what remains is what other programs start after that.
test('enough processes, but too few threads for the workers', () => {
  const pool = JSON.stringify(new URL('../../src/engine/pool.js', import.meta.url).href);
  const script = `const { WorkerPool } = await import(${pool});
    try { new WorkerPool(50); } catch (thrown) { console.error(thrown.message); }
    process.exit();`;
  const [command = '', ...words] = [...asUserWith('--nproc=40'), process.execPath, '--input-type=module', '-e', script];
  const { stderr } = spawnSync(command, words, { encoding: 'utf8', timeout: TIMEOUT_MS });
  assert.match(stderr, 'cannot start 50 worker threads: EAGAIN; ');
  assert.match(stderr, '(ulimit -u: 40)');
});

test('the processes of a control group', () =>
  inGroup('pids', { 'pids.max': '18' }, async (words, group) => {
    assertTold(await restricted(words), /could not (be started|start its threads)/, /pids\.max: 18 in \//);
    writeFileSync(join(group, 'pids.max'), '1000');
    assertRuns(await restricted(words));
  }));

const GROWING = `
name: growing
trials: {rounds: 3}
jobs:
  small: {rw: read, bs: 64KiB, size: 1MiB, numjobs: 4, runtime: 1s, time_based: true, rate_iops: 1000}
  large: {rw: read, bs: 4MiB, size: 16MiB, numjobs: 4, iodepth: 64, runtime: 1s, time_based: true}
`;

// The plan fits when the run begins, and the group gets narrower later.
test('the memory of a control group, which the kernel enforces by SIGKILL', () =>
  inGroup('memory', { 'memory.max': '8G', 'memory.limit_in_bytes': '8G', 'memory.swap.max': '0' }, (_words, group) =>
    withTemporaryDirectory(async (directory) => {
      mkdirSync(join(directory, 't'));
      writeFileSync(join(directory, 'w.yaml'), GROWING);
      const words = ['run', 'w.yaml', '-t', 't', '-o', 'r', '--progress', 'json'];
      await withLiveRun(words, { cwd: directory }, async (run) => {
        // Its processes and threads are all started later, in the same group.
        writeFileSync(join(group, 'cgroup.procs'), String(run.pid));
        await run.until((event) => event.type === 'progress' && String(event.arm).includes('small'));
        narrow(group, 64 * 2 ** 20);
        const { status } = await run.outcome();
        const told = run.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
        assertTold(
          { status, stdout: '', stderr: told.join('\n') },
          'was ended by the kernel because memory ran out',
          / [KMG]iB in \//,
        );
      });
    }),
  ));

/** Limits the group to what it uses now and so many bytes more. */
function narrow(group: string, moreBytes: number): void {
  for (const [used, limit] of [
    ['memory.current', 'memory.max'],
    ['memory.usage_in_bytes', 'memory.limit_in_bytes'],
  ] as const) {
    if (!existsSync(join(group, limit))) continue;
    const usedBytes = Number(readFileSync(join(group, used), 'utf8'));
    writeFileSync(join(group, limit), String(usedBytes + moreBytes));
  }
}

// Modules cannot all be loaded.
test('24 open files', async () => {
  needTool('prlimit');
  assertTold(await restricted(['prlimit', '--nofile=24']), /EMFILE.*ulimit -n/);
});

// How many are open when the plan is held against the limit depends on the order in which files are loaded.
for (const most of [28, 40])
  test(`${most} open files, which are not enough for the workers`, async () => {
    needTool('prlimit');
    const outcome = await restricted(['prlimit', `--nofile=${most}`]);
    if (outcome.status === 5) return assertTold(outcome, /EMFILE.*ulimit -n/);
    assert.is(outcome.status, 2, outcome.stderr);
    const refused = /^feedrate: numjobs: 2 workers need \d+ open files, .*\(ulimit -n\) allows (\d+); .*\n$/;
    assert.is(refused.exec(outcome.stderr)?.[1], String(most), outcome.stderr);
  });

test.run();
