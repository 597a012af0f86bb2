/**
 * `npm run test:load -- [quiet] [loaded] [halved] [-- FILTER…]`: runs the whole suite, or the files that the filters name,
 * on machines that are less and less one's own. Without a word all three, one after the other:
 *
 *   quiet    nothing else
 *   loaded   beside two busy processes for each core
 *   halved   on one core, of which half is taken away: by a cgroup's quota where root may set one, or else by a busy process
 *
 * Exits 1 when a test failed in any of them: a test must not depend on the processor's speed or on its neighbours.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('./run.js', import.meta.url));
const BUSY_FOR_EACH_CORE = 2;
const PERIOD_US = 100_000;
const QUOTA_US = PERIOD_US / 2;

/** A busy process; `core`: on this one alone. */
function busy(core?: number): ChildProcess {
  const loop = [process.execPath, '-e', 'for (;;);'];
  const words = core === undefined ? loop : ['taskset', '-c', `${core}`, ...loop];
  return spawn(words[0] as string, words.slice(1), { stdio: 'ignore' });
}

/** Runs the suite, as the arguments of a command where there is one, and returns its exit status. */
function runSuite(filters: readonly string[], command: readonly string[] = []): number {
  const words = [...command, process.execPath, '--enable-source-maps', RUNNER, '--all', ...filters];
  return spawnSync(words[0] as string, words.slice(1), { stdio: 'inherit' }).status ?? 1;
}

/** A cgroup with half of a core's time, where this process may make one; null elsewhere. The caller removes it. */
function halfCoreGroup(): string | null {
  const name = `feedrate-test-${process.pid}`;
  const root = '/sys/fs/cgroup';
  const isUnified = existsSync(join(root, 'cgroup.controllers'));
  const parent = isUnified
    ? root
    : ['cpu', 'cpu,cpuacct'].map((one) => join(root, one)).find((path) => existsSync(path));
  if (parent === undefined) return null;
  const group = join(parent, name);
  try {
    if (isUnified) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
    mkdirSync(group);
  } catch {
    return null;
  }
  try {
    if (isUnified) writeFileSync(join(group, 'cpu.max'), `${QUOTA_US} ${PERIOD_US}`);
    else {
      writeFileSync(join(group, 'cpu.cfs_period_us'), `${PERIOD_US}`);
      writeFileSync(join(group, 'cpu.cfs_quota_us'), `${QUOTA_US}`);
    }
    return group;
  } catch {
    rmdirSync(group);
    return null;
  }
}

/** Removes a cgroup. A process of it that was just killed can hold it for a moment. */
function removeGroup(group: string): void {
  for (let tries = 0; tries < 50; tries++) {
    try {
      rmdirSync(group);
      return;
    } catch {
      spawnSync('sleep', ['0.1']);
    }
  }
  console.log(`${group} is still in use and stays`);
}

/** The first core that this process may run on. */
function firstCore(): number {
  const [, core] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(core ?? 0);
}

const WAYS: Readonly<Record<string, (filters: readonly string[]) => number>> = {
  quiet: (filters) => runSuite(filters),
  loaded: (filters) => {
    const neighbours = Array.from({ length: BUSY_FOR_EACH_CORE * availableParallelism() }, () => busy());
    try {
      return runSuite(filters);
    } finally {
      for (const neighbour of neighbours) neighbour.kill('SIGKILL');
    }
  },
  halved: (filters) => {
    const core = firstCore();
    const group = halfCoreGroup();
    if (group !== null) {
      const enter = ['sh', '-c', `echo $$ >"$0/cgroup.procs" && exec taskset -c ${core} "$@"`, group];
      try {
        return runSuite(filters, enter);
      } finally {
        removeGroup(group);
      }
    }
    console.log('no cgroup quota can be set here: a busy process takes half of the core');
    const neighbour = busy(core);
    try {
      return runSuite(filters, ['taskset', '-c', `${core}`]);
    } finally {
      neighbour.kill('SIGKILL');
    }
  },
};

const words = process.argv.slice(2);
const end = words.includes('--') ? words.indexOf('--') : words.length;
const asked = words.slice(0, end);
const filters = words.slice(end + 1);
const unknown = asked.find((word) => !(word in WAYS));
if (unknown !== undefined)
  throw new Error(`${unknown}: expected some of ${Object.keys(WAYS).join(', ')}; filters after --`);
const results: string[] = [];
for (const way of asked.length > 0 ? asked : Object.keys(WAYS)) {
  console.log(`\n== ${way}`);
  const startMs = performance.now();
  const status = (WAYS[way] as (typeof WAYS)[string])(filters);
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
  results.push(`${status === 0 ? '✔' : '✘'} ${way}  (${minutes} min)`);
  if (status !== 0) process.exitCode = 1;
}
console.log(`\n${results.join('\n')}`);
