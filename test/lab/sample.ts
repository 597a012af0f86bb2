/**
 * Makes results/sample: a run on real NFS mounts of the lab, its report, and the picture of the README. Ten minutes.
 *
 *   npm run sample
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainPath } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { LAB, launcherIn } from './lab.js';

const SAMPLE = join(repositoryRoot, 'results/sample');
const TIMEOUT_S = 2400;

function succeed(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status ?? error?.message}`);
}

function measure(directory: string): void {
  const options = ['--versions', '3,4.2', '--tiers', '--dir', directory, '--timeout', `${TIMEOUT_S}`];
  const inside = [join(LAB, 'inside-sample.sh'), launcherIn(directory), LAB];
  succeed(join(LAB, 'nfs-lab'), ['run', ...options, '--', ...inside]);
}

/** The report and the charts of the run, beside its files. */
function report(run: string): void {
  const kept = join(SAMPLE, 'mounts');
  rmSync(kept, { recursive: true, force: true });
  cpSync(run, kept, { recursive: true });
  const files = ['-o', join(kept, 'report.html'), '--svg', join(kept, 'charts'), '--force'];
  succeed(process.execPath, [mainPath, 'report', kept, ...files]);
}

const directory = mkdtempSync(join(tmpdir(), 'feedrate-sample-'));
try {
  measure(directory);
  const runs = join(directory, 'runs');
  const [run] = readdirSync(runs);
  if (run === undefined) throw new Error('the lab left no run');
  report(join(runs, run));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
