/** Runs the built command as a child process, through pipes or on a terminal. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { temporaryForCommands } from './temporary-directory.js';

/** The command as users get it: bundled. */
export const mainPath = fileURLToPath(new URL('../../bin/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Only ends what hangs: on a busy machine a run of several sessions takes minutes. */
export const TIMEOUT_MS = 900_000;

/** The environment of this process, without what makes output depend on where the tests run. */
export function environment(changes: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { JPY_PARENT_PID: _notebook, FORCE_COLOR: _force, FEEDRATE_DEBUG: _debug, ...rest } = process.env;
  return { ...rest, NO_COLOR: '1', TERM: 'xterm-256color', TMPDIR: temporaryForCommands(), ...changes };
}

/** `feedrate ARGS` with its output in pipes and no terminal to ask on. */
export function feedrate(
  args: readonly string[],
  cwd?: string,
  changes: Readonly<Record<string, string>> = {},
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [mainPath, ...args], {
    encoding: 'utf8',
    env: environment(changes),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    cwd,
  });
  return { status, stdout, stderr };
}

/** A shell command line; `feedrate` in it is the built command. */
export function inShell(commandLine: string, cwd: string): Outcome {
  const script = `feedrate() { "$NODE" "$MAIN" "$@"; }\n${commandLine}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: environment({ NODE: process.execPath, MAIN: mainPath }),
    timeout: TIMEOUT_MS,
    cwd,
  });
  return { status, stdout, stderr };
}

/** Opens a pseudo-terminal, types each answer when its text has appeared, and prints all that the terminal showed. */
const TERMINAL = `
import fcntl, json, os, pty, select, struct, sys, termios
asked = json.loads(sys.argv[1])
columns = int(sys.argv[2])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
shown = b''
seen = 0
while True:
    select.select([terminal], [], [])
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    while asked and asked[0][0].encode() in shown[seen:]:
        text, answer = asked.pop(0)
        seen = shown.index(text.encode(), seen) + len(text.encode())
        os.write(terminal, answer.encode())
_, status = os.waitpid(child, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;

/**
 * `feedrate ARGS` on a terminal of so many columns.
 * @param answers pairs of a text that is waited for and what is then typed
 * @returns all that the terminal showed, as `stdout`
 */
export function onTerminal(
  args: readonly string[],
  {
    columns = 80,
    answers = [],
    cwd,
  }: { columns?: number; answers?: readonly (readonly [string, string])[]; cwd?: string },
  changes: Readonly<Record<string, string>> = {},
): Outcome {
  const words = ['-c', TERMINAL, JSON.stringify(answers), String(columns), process.execPath, mainPath, ...args];
  const { status, stdout, stderr } = spawnSync('python3', words, {
    encoding: 'utf8',
    env: environment(changes),
    timeout: TIMEOUT_MS,
    cwd,
  });
  return { status, stdout, stderr };
}
