/**
 * `npm run test:newcomer`: packs feedrate, installs it into an empty prefix from npm's cache, and plays the first hour of a
 * newcomer from an empty directory: as an ordinary user, with umask 077, without HOME, without a network, on one CPU. The
 * user, the network and the CPU are left as they are where this machine cannot change them, with a line that says so.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Outcome } from '../support/feedrate-cli.js';
import { repositoryRoot } from '../support/repository.js';
import { newcomerSteps } from './steps.js';

/** nobody, who owns nothing. */
const USER = 65_534;

const folder = mkdtempSync(join(tmpdir(), 'feedrate-newcomer-'));
const prefix = join(folder, 'prefix');
const home = join(folder, 'empty');

function npm(...words: string[]): SpawnSyncReturns<string> {
  return spawnSync('npm', [...words, '--no-audit', '--no-fund', '--fetch-retries=0'], {
    cwd: folder,
    encoding: 'utf8',
  });
}

/** Packs the build and installs it. The first try may use the network to fill npm's cache; what counts does not. */
function install(): void {
  const packed = npm('pack', repositoryRoot, '--ignore-scripts', '--silent');
  if (packed.status !== 0) throw new Error(`npm pack: ${packed.stderr}`);
  const tarball = join(folder, packed.stdout.trim());
  const words = ['install', '--global', '--prefix', prefix, tarball];
  if (npm(...words, '--offline').status !== 0) {
    console.log('npm’s cache lacks a library: it is filled from the registry first');
    npm(...words, '--prefer-offline', '--prefix', join(folder, 'scratch'));
    const again = npm(...words, '--offline');
    if (again.status !== 0) throw new Error(`npm install --offline: ${again.stderr}`);
  }
}

/** Programs that put a command into the newcomer's place, each with its options. */
const WRAPPERS: readonly (readonly string[])[] = [
  ['unshare', '--net'],
  ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'],
  ['taskset', '-c', '0'],
];

const wrappers = WRAPPERS.filter((words) => {
  const [program = '', ...options] = words;
  const works = spawnSync(program, [...options, 'true']).status === 0;
  if (!works) console.log(`not possible on this machine, so left out: ${words.join(' ')}`);
  return works;
}).flat();

function feedrate(...words: string[]): Outcome {
  const shell = ['sh', '-c', 'umask 077; exec "$@"', 'sh', join(prefix, 'bin/feedrate'), ...words];
  const [program = '', ...options] = [...wrappers, ...shell];
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, LANG: 'C.UTF-8', TERM: 'dumb' };
  const { status, stdout, stderr } = spawnSync(program, options, { cwd: home, encoding: 'utf8', env });
  return { status, stdout, stderr };
}

function makeDirectory(path: string): void {
  mkdirSync(path);
  if (wrappers.includes('setpriv')) chownSync(path, USER, USER);
}

let failed = false;
try {
  chmodSync(folder, 0o755);
  install();
  makeDirectory(home);
  for (const { name, play } of newcomerSteps([], [], { sessions: 6, options: [] }, makeDirectory)) {
    const startMs = performance.now();
    await play(feedrate, home);
    console.log(`✔ ${name} (${((performance.now() - startMs) / 1000).toFixed(1)} s)`);
  }
} catch (thrown) {
  failed = true;
  console.log(`✘ ${(thrown as Error).message}`);
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed ? 1 : 0;
