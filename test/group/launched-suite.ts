/** What suites have in common that start ranks under launchers: a place, a Slurm cluster, and what must be installed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'uvu';
import { needTool, skipTest } from '../support/skip.js';
import type { TestLauncher } from './launchers.js';
import { type SlurmCluster, startSlurm } from './slurm.js';

export const isRoot = process.getuid?.() === 0;

export interface LaunchedSuite {
  /** A temporary directory, which is removed at the end. */
  readonly place: string;
  /** What the commands of the cluster need, if there is one. */
  readonly environment: () => NodeJS.ProcessEnv | undefined;
}

/** Starts a cluster before the tests of a suite, if Slurm is installed and may be started, and stops it after them. */
export function launchedSuite(test: Test): LaunchedSuite {
  const place = mkdtempSync(join(tmpdir(), 'feedrate-test-'));
  let slurm: SlurmCluster | null = null;
  test.before(async () => {
    const isInstalled = ['slurmctld', 'munged'].every((name) => spawnSync('which', [name]).status === 0);
    if (!isInstalled || !isRoot) return;
    mkdirSync(join(place, 'slurm'));
    slurm = await startSlurm(join(place, 'slurm'));
  });
  test.after(async () => {
    await slurm?.stop();
    rmSync(place, { recursive: true, force: true });
  });
  return { place, environment: () => slurm?.environment };
}

/** Skips the running test if the launcher, or what it needs, is missing. */
export function needLauncher({ program, needsSlurm }: TestLauncher): void {
  needTool(program);
  if (!needsSlurm) return;
  for (const tool of ['slurmctld', 'slurmd', 'munged']) needTool(tool);
  if (!isRoot) skipTest('not root: Slurm starts its daemons as root');
}
