import { spawnSync } from 'node:child_process';
import { needTool, skipTest } from '../support/skip.js';

/**
 * Runs a module's text in a process of its own and returns what it hands to `answer(value)`. `host(name)` imports a
 * module of src/host. `shell` runs first, in a mount namespace of its own, which needs root; `$D` in it is `directory`.
 */
export function runChild(
  text: string,
  options: { environment?: Record<string, string>; shell?: string; directory?: string } = {},
): unknown {
  const base = new URL('../../src/host/', import.meta.url).href;
  const preamble = `
    const host = (name) => import(${JSON.stringify(base)} + name + '.js');
    const answer = (value) => process.stdout.write(JSON.stringify(value));
    const D = process.env.D;`;
  const node = [process.execPath, '--input-type=module', '-e', preamble + text];
  const command = options.shell === undefined ? node : inMountNamespace(options.shell, node);
  const result = spawnSync(command[0] as string, command.slice(1), {
    env: { ...process.env, D: options.directory ?? '', ...options.environment },
    encoding: 'utf8',
  });
  if (result.status === UNMOUNTABLE) skipTest(`this machine cannot mount: ${result.stderr.trim()}`);
  if (result.status !== 0) throw new Error(`child failed (${result.status}): ${result.stderr}`);
  return JSON.parse(result.stdout);
}

const UNMOUNTABLE = 77;

function inMountNamespace(shell: string, node: readonly string[]): string[] {
  needTool('unshare');
  if (process.geteuid?.() !== 0) skipTest('mounting needs root');
  return ['unshare', '-m', 'sh', '-c', `{ ${shell}; } || exit ${UNMOUNTABLE}; exec "$@"`, 'sh', ...node];
}
