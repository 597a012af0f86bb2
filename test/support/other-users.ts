import { spawnSync } from 'node:child_process';
import { environment, mainPath, type Outcome, TIMEOUT_MS } from './feedrate-cli.js';

/** Two users, whose ids nobody else has on this machine. */
export const [ALICE, BOB] = [60_000 + (process.pid % 1000), 61_000 + (process.pid % 1000)] as const;

/** `feedrate ARGS` as another user. Needs root. */
export function feedrateAs(
  user: number,
  args: readonly string[],
  cwd: string,
  changes: Readonly<Record<string, string>> = {},
): Outcome {
  return outcomeAs(user, [process.execPath, mainPath, ...args], cwd, changes);
}

/** A shell command line as another user; `feedrate` in it is the built command. Needs root. */
export function shellAs(user: number, commandLine: string, cwd: string): Outcome {
  const script = `feedrate() { "$NODE" "$MAIN" "$@"; }\n${commandLine}`;
  return outcomeAs(user, ['bash', '-c', script], cwd, { NODE: process.execPath, MAIN: mainPath });
}

function outcomeAs(
  user: number,
  [command = '', ...args]: readonly string[],
  cwd: string,
  changes: Readonly<Record<string, string>>,
): Outcome {
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...{ encoding: 'utf8', cwd, uid: user, gid: user, timeout: TIMEOUT_MS, env: environment(changes) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status, stdout, stderr };
}
