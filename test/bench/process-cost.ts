/** What a program costs that is started and waited for. */
import { spawnSync } from 'node:child_process';

export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Start {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

/** CPU time of all descendants that have ended and were waited for, which `cpuUsage` does not tell. */
function childrenCpuMs(): number {
  const { stdout } = spawnSync('sh', ['-c', `cut -d' ' -f16,17 /proc/${process.pid}/stat`], { encoding: 'utf8' });
  const [user = 0, system = 0] = stdout.split(' ').map(Number);
  return (user + system) * 10;
}

/** Node reads these certificates at each start, which can take longer than all else that it does then. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env;
  return rest;
}

/** Runs a program. Throws when it does not end with status 0. */
export function costOf({ name, program, args }: Start): Cost {
  const cpuBeforeMs = childrenCpuMs();
  const beginMs = performance.now();
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: environment() });
  const wallMs = performance.now() - beginMs;
  if (status !== 0) throw new Error(`${name} ended with status ${status}\n${stderr}`);
  return { wallMs, cpuMs: childrenCpuMs() - cpuBeforeMs };
}
