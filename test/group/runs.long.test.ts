/** `feedrate run` by four ranks under each launcher: what they merge, and ranks that die, stop, or run out of space. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { StoredRun } from '../../src/record/stored-run.js';
import { summarizeLatencies, throughputBytesPerSecond } from '../../src/record/trial-values.js';
import { readRun } from '../../src/store/read-run.js';
import { repositoryRoot } from '../support/repository.js';
import { needTool, skipTest } from '../support/skip.js';
import {
  leftIn,
  onlyRun,
  othersGone,
  type Place,
  placeIn,
  type RunningGroup,
  type StartOptions,
  startRun,
  workloadOf,
} from './group-command.js';
import { isRoot, launchedSuite, needLauncher } from './launched-suite.js';
import { type Ended, TEST_LAUNCHERS, type TestLauncher } from './launchers.js';

const test = suite('group/runs');
const RANKS = 4;
/** The rank to which something happens. */
const HIT = 2;
const TIMEOUT_S = 15;
/** A group that lost a rank is over after its time-out and these: the trial under way, and what it saves. */
const SAVES_WITHIN_S = 60;
const { place, environment } = launchedSuite(test);

function begin(launcher: TestLauncher, where: Place, options: StartOptions = {}): RunningGroup {
  return startRun(launcher, RANKS, where, { ...options, changes: environment() ?? {} });
}

interface Merged {
  readonly window: Readonly<Record<string, number>>;
  readonly bytesPerSecond: number;
  readonly quantiles: Readonly<Record<string, readonly number[]>>;
  readonly skewMs: number;
}

/** What the parts add up to, by other code than feedrate's. */
function partsOf(directory: string): Readonly<Record<string, Merged>> {
  const script = join(repositoryRoot, 'test', 'group', 'merged-parts.py');
  const { stdout, stderr } = spawnSync('python3', [script, directory, `${RANKS}`], { encoding: 'utf8' });
  assert.is(stderr, '');
  return JSON.parse(stdout) as Record<string, Merged>;
}

for (const [name, launcher] of Object.entries(TEST_LAUNCHERS)) {
  const need = (): void => {
    needLauncher(launcher);
    needTool('python3');
  };
  const placeOf = (what: string, rounds: number): Place => {
    const directory = join(place, `${name}-${what}`);
    mkdirSync(directory);
    return placeIn(directory, workloadOf(rounds));
  };

  test(`${name}: one run, whose counts and percentiles are those of all ranks`, async () => {
    need();
    const where = placeOf('merged', 2);
    const group = begin(launcher, where);
    const { status, stdout, stderr } = await group.ended;
    assert.is(status, 0, stderr);
    const { directory, status: ended } = onlyRun(where);
    assert.is(ended, 'complete', stderr);
    const { trials, run } = readRun(directory);
    assert.is(run?.group?.launcher, launcher.meetsBy);
    const parts = partsOf(directory);
    assert.equal(trials.map(({ id }) => id).sort(), Object.keys(parts).sort());
    for (const trial of trials) {
      const expected = parts[trial.id] as Merged;
      const window = trial.window as unknown as Record<string, number>;
      for (const [field, sum] of Object.entries(expected.window)) assert.is(window[field], sum, `${trial.id} ${field}`);
      const ratio = throughputBytesPerSecond(trial) / expected.bytesPerSecond;
      assert.ok(Math.abs(ratio - 1) < 1e-3, `${trial.id}: ${ratio} of the ranks' rates`);
      for (const [kind, of] of summarizeLatencies([trial]))
        if (kind in expected.quantiles)
          assert.equal(
            [of.p50Ns, of.p90Ns, of.p99Ns, of.p999Ns, of.maxNs],
            expected.quantiles[kind],
            `${trial.id} ${kind}`,
          );
    }
    const skews = Object.values(parts).map(({ skewMs }) => skewMs);
    process.stdout.write(`   ${name}: trials started within ${skews.map((ms) => ms.toFixed(2)).join(', ')} ms\n`);
    assert.match(stdout, /4 ranks ran together/);
    assert.equal([leftIn(where), await othersGone(group)], [[], []]);
  });

  /** Lets something happen to a rank after the first trial, and checks what every rank does then. */
  const afterFirstTrial = async (
    what: string,
    happen: (group: RunningGroup, where: Place) => unknown,
    { rounds = 60, ...options }: StartOptions & { readonly rounds?: number },
  ) => {
    const where = placeOf(what, rounds);
    const timeout = ['--group-timeout', `${TIMEOUT_S}s`];
    const group = begin(launcher, where, { ...options, options: timeout });
    await group.firstTrial();
    const fromMs = performance.now();
    await happen(group, where);
    const ended: Ended = await group.ended;
    const tookS = (performance.now() - fromMs) / 1000;
    assert.equal(await othersGone(group), [], ended.stderr);
    const run = await endedRun(where);
    process.stdout.write(
      `   ${name}: ${what}: over after ${tookS.toFixed(1)} s, status ${ended.status}, run ${run.status}, ${run.trials.length} trials\n`,
    );
    assert.ok(run.trials.filter((trial) => trial.status === 'ok').length > 0, JSON.stringify(run.problems));
    return { where, run, ended, tookS };
  };

  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    test(`${name}: ${signal} of a rank ends the run within the time-out, with its name; the next run tidies up`, async () => {
      need();
      let hit = 0;
      const { where, run, ended, tookS } = await afterFirstTrial(
        signal,
        async (group) => {
          hit = group.pidOf(HIT);
          process.kill(hit, signal);
          if (name !== 'shell' || signal !== 'SIGSTOP') return;
          // Nobody but the user of a shell can reach its stopped process, so the rest of the group is waited for.
          const stopped = group.processes().filter((pid) => pid === hit || parentOf(pid) === hit || isShell(pid));
          assert.equal(await othersGone(group, stopped), []);
          process.kill(hit, 'SIGCONT');
        },
        {},
      );
      assert.ok(tookS < TIMEOUT_S + SAVES_WITHIN_S, `${tookS} s`);
      assert.not.equal(ended.status, 0);
      if (run.status === 'aborted')
        assert.match(
          run.run?.group?.problem ?? '',
          new RegExp(`^(the group has ended: )?rank ${HIT} \\(.+, process ${hit}\\) has been dead or stopped`),
        );
      // A launcher that kills all ranks at once leaves nobody who could say why.
      else assert.is(run.status, 'killed');
      if (name === 'shell') {
        assert.is(run.status, 'aborted');
        for (const rank of [0, 1, 3]) assert.match(ended.stderr, new RegExp(`rank ${rank} ended with 5`));
      }
      writeFileSync(where.workload, workloadOf(1));
      const next = await startRun(TEST_LAUNCHERS.shell, 2, where).ended;
      assert.is(next.status, 0, next.stderr);
      assert.equal(leftIn(where), []);
    });
  }

  test(`${name}: Ctrl-C on one rank ends the run on all`, async () => {
    need();
    const { run, ended, where } = await afterFirstTrial(
      'SIGINT',
      (group) => process.kill(group.pidOf(HIT), 'SIGINT'),
      {},
    );
    assert.is(run.status, 'aborted', ended.stderr);
    assert.match(
      run.run?.group?.problem ?? '',
      new RegExp(`^rank ${HIT} \\(.+\\): it was stopped`),
      `${run.run?.group?.problem} ${ended.stderr}`,
    );
    assert.is(ended.status, 130, ended.stderr);
    if (name === 'shell')
      for (let rank = 0; rank < RANKS; rank++) assert.match(ended.stderr, new RegExp(`rank ${rank} ended with 130`));
    assert.equal(leftIn(where), []);
  });

  test(`${name}: a full disk of one rank fails the trials of all, and is named`, async () => {
    need();
    if (!isRoot) skipTest('not root: a file system of one rank is mounted in a namespace of its own');
    const wrapper = join(place, `${name}-own-disk.sh`);
    writeFileSync(wrapper, OWN_DISK, { mode: 0o755 });
    const { run, ended } = await afterFirstTrial(
      'full-disk',
      (group, { target }) => {
        const path = join('/proc', `${group.pidOf(HIT)}`, 'root', target, 'filler');
        assert.not.equal(spawnSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=64k']).status, 0, 'the disk is not full');
      },
      { wrapper: ['bash', wrapper, `${HIT}`, join(place, `${name}-full-disk`, 't')], rounds: 12 },
    );
    assert.is(run.status, 'complete', ended.stderr);
    const failed = run.trials.filter(({ status }) => status === 'failed');
    assert.ok(failed.length > 0);
    for (const { fault, job } of failed) {
      assert.is(job, 'write');
      assert.match(`${fault?.code} ${fault?.message}`, new RegExp(`^ENOSPC .*\\(rank ${HIT}\\)$`));
    }
    assert.is(ended.status, 5);
  });
}

/** \`$1\` is the rank that has a small file system of its own on the directory \`$2\`, whatever the launcher. */
const OWN_DISK = `hit=$1 directory=$2
shift 2
if [ "\${PMI_RANK:-\${OMPI_COMM_WORLD_RANK:-\${SLURM_PROCID:-$RANK}}}" = "$hit" ]; then
  exec unshare --mount bash -c 'mount -t tmpfs -o size=12m none "$0" && exec "$@"' "$directory" "$@"
fi
exec "$@"
`;

/** The only run, once its process is gone for good: the kernel takes a moment after a kill. */
async function endedRun(where: Place): Promise<StoredRun> {
  for (let tries = 0; ; tries++) {
    const run = readRun(onlyRun(where).directory);
    if (run.status !== 'running' || tries > 200) return run;
    await sleep(50);
  }
}

function statusOf(pid: number): string {
  const { stdout } = spawnSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' });
  return stdout;
}

const parentOf = (pid: number): number => Number(/^PPid:\s+(\d+)/m.exec(statusOf(pid))?.[1]);
const isShell = (pid: number): boolean => /^Name:\s+bash/m.test(statusOf(pid));

test.run();
