/** A mount of known latency and rates over a directory: `slow-mount.c`, built when it is asked for. Needs root and FUSE. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ensurePackages } from '../support/debian-packages.js';
import { repositoryRoot } from '../support/repository.js';

/** What readers get from the mount. 0: no limit. */
export interface Slowness {
  readonly latencyUs: number;
  /** Of all readers together, bytes a second. */
  readonly rate: number;
  /** Of one open file. */
  readonly streamRate: number;
}

const PACKAGES = ['libfuse3-dev', 'fuse3', 'pkg-config', 'gcc', 'libc6-dev'];

function call(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return stdout.trim();
}

/** Builds the program in a directory and returns its path. Installs what it is built from, if that is missing. */
export function buildSlowMount(directory: string): string {
  const isThere = () => spawnSync('pkg-config', ['--exists', 'fuse3']).status === 0;
  if (!ensurePackages(PACKAGES, isThere)) throw new Error(`${PACKAGES.join(', ')} cannot be installed`);
  const program = join(directory, 'slow-mount');
  const flags = call('pkg-config', ['--cflags', '--libs', 'fuse3']).split(/\s+/);
  const source = join(repositoryRoot, 'test', 'bench', 'slow-mount.c');
  call('cc', ['-O2', '-o', program, source, ...flags, '-lpthread']);
  return program;
}

/** Mounts a directory slowly for the time of some work. */
export async function withSlowMount<T>(
  program: string,
  source: string,
  mountPoint: string,
  { latencyUs, rate, streamRate }: Slowness,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(mountPoint, { recursive: true });
  const server = spawn(program, [source, mountPoint, ...[latencyUs, rate, streamRate].map(String)], {
    stdio: 'ignore',
  });
  try {
    await untilMounted(server, mountPoint);
    return await work();
  } finally {
    spawnSync('fusermount3', ['-u', '-z', mountPoint]);
    server.kill();
  }
}

async function untilMounted(server: ChildProcess, mountPoint: string): Promise<void> {
  while (!readFileSync('/proc/self/mounts', 'utf8').includes(` ${mountPoint} fuse`)) {
    if (server.exitCode !== null) throw new Error(`slow-mount ended with ${server.exitCode}: is there /dev/fuse?`);
    await wait(10);
  }
}
