/** A command of feedrate that is watched, disturbed and signalled while it works. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { SessionEvent } from '../../src/trial/events.js';
import { mainPath, type Outcome } from './feedrate-cli.js';
import { temporaryForCommands } from './temporary-directory.js';

/** A line of `--progress json`. */
export type ProgressEvent = SessionEvent | { readonly type: 'note'; readonly text: string };

export interface LiveOptions {
  readonly cwd: string;
  /** As which user; null: as this one. */
  readonly uid?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const POLL_MS = 20;

/** The command line of a process; empty once it has ended. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** `feedrate ARGS` in a process group of its own, as a shell starts it; its progress is read when it is JSON. */
export class LiveRun {
  readonly #child: ChildProcess;
  readonly #ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
  #isOver = false;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], { cwd, uid, environment }: LiveOptions) {
    const { JPY_PARENT_PID: _notebook, ...inherited } = process.env;
    this.#child = spawn(process.execPath, [mainPath, ...args], {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, NO_COLOR: '1', TMPDIR: temporaryForCommands(), ...environment },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (status, signal) => {
        this.#isOver = true;
        resolve({ status, signal });
      });
    });
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** The process that measures, a child of this command; null when there is none. */
  get session(): number | null {
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8').trim().split(' ');
    const pid = children.find((id) => id !== '' && commandOf(id).includes('session-process.js'));
    return pid === undefined ? null : Number(pid);
  }

  get sessionPid(): number {
    const pid = this.session;
    if (pid === null) throw new Error('no session process runs');
    return pid;
  }

  /** Waits until a process that measures is there, if only just, and is another one than `last`. */
  async untilSession(last: number | null): Promise<void> {
    for (let pid = this.session; pid === null || pid === last; pid = this.session) await wait(1);
  }

  /** Waits until the command handles signals, which is the first thing that it does. */
  async untilHearing(): Promise<void> {
    while (!handlesSignals(this.pid)) await wait(1);
  }

  /** The lines of progress so far. */
  get events(): ProgressEvent[] {
    const lines = this.#stderr.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as ProgressEvent);
  }

  /** Waits for a line of progress. Throws when the command ends without it. */
  async until(wanted: (event: ProgressEvent) => boolean): Promise<ProgressEvent> {
    for (;;) {
      const over = this.#isOver;
      const found = this.events.find(wanted);
      if (found !== undefined) return found;
      if (over) throw new Error(`feedrate ended before the event:\n${this.#stderr}${this.#stdout}`);
      await wait(POLL_MS);
    }
  }

  /** Waits for words on stderr. Throws when the command ends without them. */
  async untilTold(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.#stderr)) {
      if (this.#isOver) throw new Error(`feedrate ended before ${wanted}:\n${this.#stderr}${this.#stdout}`);
      await wait(POLL_MS);
    }
  }

  /** Waits for a line on stdout, and returns it. Throws when the command ends without one. */
  async untilPrinted(): Promise<string> {
    while (!this.#stdout.includes('\n')) {
      if (this.#isOver) throw new Error(`feedrate ended without a line:\n${this.#stderr}`);
      await wait(POLL_MS);
    }
    return this.#stdout.slice(0, this.#stdout.indexOf('\n'));
  }

  /** Waits until a trial of this arm is measured. */
  async untilMeasuring(arm: string): Promise<void> {
    await this.until((event) => event.type === 'progress' && event.arm === arm);
  }

  /** To all processes of the command, as Ctrl-C in a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** Stops listening, as `head` does when it has seen enough. */
  closeOutput(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** The end of it. `status` is null when a signal ended it. */
  async outcome(): Promise<Outcome & { readonly signal: NodeJS.Signals | null }> {
    return { ...(await this.#ended), stdout: this.#stdout, stderr: this.#stderr };
  }

  /** Ends what still runs of it, so that a test that failed leaves nothing behind. */
  async end(): Promise<void> {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {}
    await this.#ended.catch(() => null);
  }
}

/** Starts a command, hands it to the test, and ends it with the test. */
export async function withLiveRun(
  args: readonly string[],
  options: LiveOptions,
  use: (run: LiveRun) => Promise<void>,
): Promise<void> {
  const run = new LiveRun(args, options);
  try {
    await use(run);
  } finally {
    await run.end();
  }
}

/** Waits until no process has this number any more. */
export async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await wait(POLL_MS);
  }
}

/** Node itself catches SIGINT and SIGTERM, so SIGHUP tells whether feedrate's handlers are there: proc_pid_status(5). */
function handlesSignals(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n;
}
