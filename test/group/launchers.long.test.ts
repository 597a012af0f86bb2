/** Four ranks under each launcher that is installed: meetings, release skew, and ranks that are killed or stopped. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launchedSuite, needLauncher } from './launched-suite.js';
import { launch, TEST_LAUNCHERS } from './launchers.js';

const test = suite('group/launchers');
const RANKS = 4;
const KILLED = 2;
const TIMEOUT_S = 4;
const { place, environment } = launchedSuite(test);

for (const [name, launcher] of Object.entries(TEST_LAUNCHERS)) {
  test(`${name}: all ranks get all texts and leave together`, async () => {
    needLauncher(launcher);
    const shared = join(place, `${name}-meet`);
    mkdirSync(shared);
    const task = { shared, meetings: 20, textBytes: 3000, options: {} };
    const { reports, stderr, status } = await launch(launcher, RANKS, task, environment());
    assert.equal([status, reports.length], [0, RANKS], stderr);
    for (const report of reports) {
      assert.is(report.launcher, launcher.meetsBy);
      assert.ok(report.areTextsRight && report.error === null, JSON.stringify(report));
    }
    const skewMs = reports[0]?.leftNs.map((_, meeting) => {
      const left = reports.map(({ leftNs }) => leftNs[meeting] as number);
      return (Math.max(...left) - Math.min(...left)) / 1e6;
    });
    const tookMs = reports.flatMap(({ tookNs }) => tookNs).map((ns) => ns / 1e6);
    process.stdout.write(
      `   ${name}: release skew ${median(skewMs ?? [])} ms, a meeting ${median(tookMs)} ms (medians)\n`,
    );
    assert.equal(readdirSync(shared), []);
  });

  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    test(`${name}: ${signal} of a rank ends the others, with its name`, async () => {
      needLauncher(launcher);
      const shared = join(place, `${name}-${signal}`);
      mkdirSync(shared);
      const pidFile = join(place, `${name}-${signal}.pid`);
      const task = { shared, meetings: 3, textBytes: 10, options: { groupTimeout: `${TIMEOUT_S}s` }, pidFile };
      const launched = launch(launcher, RANKS, task, environment(), 45_000);
      const pids = await pidsOf(pidFile);
      process.kill(pids[KILLED] as number, signal);
      writeFileSync(`${pidFile}.go`, '');
      await othersEnd(pids);
      // Nobody but the user of a shell can reach its stopped process.
      if (name === 'shell' && signal === 'SIGSTOP') process.kill(pids[KILLED] as number, 'SIGCONT');
      const { reports, stderr, status, tookMs } = await launched;
      assert.not.equal(status, 0);
      process.stdout.write(`   ${name}: ${signal}: over after ${(tookMs / 1000).toFixed(1)} s, status ${status}\n`);
      for (const { rank, error } of reports.filter(({ rank }) => rank !== KILLED)) {
        assert.match(
          error ?? '',
          new RegExp(`rank ${KILLED} \\(.*\\) has been dead or stopped for 4 s`),
          `rank ${rank}`,
        );
      }
      // Some launchers end the other ranks as soon as one has died, before they can say anything.
      if (signal === 'SIGSTOP' || name === 'shell') assert.is(reports[0]?.rank, 0, stderr);
      for (const pid of pids) assert.not(isThere(pid), `process ${pid}`);
    });
  }
}

function median(values: readonly number[]): string {
  return ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(2);
}

async function pidsOf(pidFile: string): Promise<number[]> {
  const files = Array.from({ length: RANKS }, (_, rank) => `${pidFile}.${rank}`);
  for (let tries = 0; tries < 600; tries++) {
    if (files.every((file) => existsSync(file) && readFileSync(file, 'utf8') !== '')) break;
    await sleep(50);
  }
  return files.map((file) => Number(readFileSync(file, 'utf8')));
}

/** Waits until all ranks but the one that was hit have ended. */
async function othersEnd(pids: readonly number[]): Promise<void> {
  for (let tries = 0; tries < 800; tries++) {
    if (pids.every((pid, rank) => rank === KILLED || !isThere(pid))) return;
    await sleep(50);
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.run();
