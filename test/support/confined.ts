/** feedrate under restrictions that the kernel enforces; `confined.py` brings them about. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { mainPath, type Outcome } from './feedrate-cli.js';
import { repositoryRoot } from './repository.js';
import { needTool, skipTest } from './skip.js';

const NOBODY = 65534;
/** Only ends what hangs. */
const TIMEOUT_MS = 900_000;
const program = join(repositoryRoot, 'test', 'support', 'confined.py');

export interface Confinement {
  /** A seccomp filter lets the calls of io_uring fail with this error. */
  readonly refuseIoUring?: 'EPERM' | 'ENOSYS';
  /** An ordinary user, who may lock so many bytes. */
  readonly memlockBytes?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Whether this machine runs feedrate under such restrictions, by their words. */
const known = new Map<string, boolean>();

function canConfine(words: readonly string[]): boolean {
  const key = words.join(' ');
  let can = known.get(key);
  if (can === undefined) {
    can = spawnSync('python3', [...words, process.execPath, mainPath, '--version']).status === 0;
    known.set(key, can);
  }
  return can;
}

/** `feedrate ARGS` under the restrictions. Skips the test where they cannot be had. */
export function confinedFeedrate(args: readonly string[], cwd: string, confinement: Confinement): Outcome {
  needTool('python3');
  const words = [program, ...wordsOf(confinement)];
  if (!canConfine(words)) skipTest(`this machine does not run feedrate with ${words.slice(1).join(' ')}`);
  if (confinement.memlockBytes !== undefined) giveToNobody(cwd);
  const { JPY_PARENT_PID: _notebook, FORCE_COLOR: _force, FEEDRATE_DEBUG: _debug, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync('python3', [...words, process.execPath, mainPath, ...args], {
    encoding: 'utf8',
    env: { ...inherited, NO_COLOR: '1', ...confinement.environment },
    timeout: TIMEOUT_MS,
    cwd,
  });
  return { status, stdout, stderr };
}

function wordsOf({ refuseIoUring, memlockBytes }: Confinement): string[] {
  return [
    ...(refuseIoUring === undefined ? [] : ['--refuse-io-uring', String(constants.errno[refuseIoUring])]),
    ...(memlockBytes === undefined ? [] : ['--memlock', String(memlockBytes)]),
  ];
}

/** What a test run by root has made becomes the ordinary user's. */
function giveToNobody(directory: string): void {
  if (process.getuid?.() !== 0) return;
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  for (const path of [directory, ...names.map((name) => join(directory, name))]) chownSync(path, NOBODY, NOBODY);
  chmodSync(directory, 0o755);
}
