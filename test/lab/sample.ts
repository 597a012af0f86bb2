/**
 * Makes results/sample: runs on real NFS mounts of the lab, their reports, and the picture of the README. Ten minutes each.
 *
 *   npm run sample                    both runs
 *   npm run sample -- training        this one
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainPath } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { LAB, launcherIn } from './lab.js';

const SAMPLE = join(repositoryRoot, 'results/sample');
const RUNS = ['mounts', 'training'];
const TIMEOUT_S = 2400;

function succeed(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status ?? error?.message}`);
}

function measure(directory: string, runs: readonly string[]): void {
  const options = ['--versions', '3,4.2', '--tiers', '--dir', directory, '--timeout', `${TIMEOUT_S}`];
  const inside = [join(LAB, 'inside-sample.sh'), launcherIn(directory), LAB, ...runs];
  succeed(join(LAB, 'nfs-lab'), ['run', ...options, '--', ...inside]);
}

/** Replaces the directories of this machine in the files that name them. They say nothing to a reader. */
function withoutPlaces(kept: string, directory: string): void {
  for (const name of ['run.json', 'command.txt']) {
    const path = join(kept, name);
    const text = readFileSync(path, 'utf8').replaceAll(`${LAB}/`, 'test/lab/').replaceAll(directory, '/tmp/sample');
    writeFileSync(path, text);
  }
}

/** The report and the charts of a run, beside its files. */
function report(name: string, run: string, directory: string): void {
  const kept = join(SAMPLE, name);
  rmSync(kept, { recursive: true, force: true });
  cpSync(run, kept, { recursive: true });
  withoutPlaces(kept, directory);
  const files = ['-o', join(kept, 'report.html'), '--svg', join(kept, 'charts'), '--force'];
  succeed(process.execPath, [mainPath, 'report', kept, ...files]);
}

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !RUNS.includes(name));
if (unknown !== undefined) throw new Error(`${unknown} is no run of the sample; expected ${RUNS.join(' or ')}`);
const runs = asked.length === 0 ? RUNS : asked;
const directory = mkdtempSync(join(tmpdir(), 'feedrate-sample-'));
try {
  measure(directory, runs);
  for (const name of runs) {
    const [run] = readdirSync(join(directory, 'runs', name));
    if (run === undefined) throw new Error(`the lab left no run of ${name}`);
    report(name, join(directory, 'runs', name, run), directory);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
