/** Starts feedrate's own child processes, and says why one could not start or did not end by itself. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemFaultOf } from '../base/errors.js';
import { explained, limitText, nearProcessLimit, oomKills } from '../host/system/exhaustion.js';
import { processStat } from '../host/system/process-stat.js';

/** The end of a child process. */
export interface ProcessEnd {
  /** 0 when it ended by itself; null when it was ended by a signal, was never started, or was left behind. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Continues "the process …", such as "was ended by SIGKILL: …"; null for status 0. */
  readonly reason: string | null;
}

/** Time between two looks at a process that has not said anything yet. */
const LOOK_MS = 1000;
/** A process that sleeps and uses no processor in so many looks will not start. */
const MOST_IDLE_LOOKS = 4;
/** The last output that is kept, characters. V8 prints long traces, whose beginning says what happened. */
const KEPT_OUTPUT = 16_384;

/**
 * A child process that sends a message as soon as it has loaded its modules. Its end is known even when nobody asks for it
 * until later, and when it could not be started at all.
 */
export class StartedProcess {
  /** Null when the system refused to start it. */
  readonly child: ChildProcess | null;
  readonly ended: Promise<ProcessEnd>;
  readonly #oomKillsBefore = oomKills();
  #isStuck = false;
  #output = '';
  #leave: () => void = () => {};

  constructor(module: URL, args: readonly string[], options: ForkOptions) {
    // Node reads these certificates at each start, which can take as long as the rest of it. No child uses TLS.
    const { NODE_EXTRA_CA_CERTS: _certificates, ...env } = options.env ?? process.env;
    let refusal: unknown = null;
    try {
      // A child that is left behind must not hold the terminal's or a pipe's end open.
      this.child = fork(fileURLToPath(module), args, { ...options, env, silent: true });
    } catch (thrown) {
      this.child = null;
      refusal = thrown;
    }
    this.ended = this.child === null ? Promise.resolve(notStarted(refusal)) : this.#endOf(this.child);
  }

  /** What the process wrote to stderr, or the beginning of it. */
  get output(): string {
    return this.#output;
  }

  /** Sends a message. A process that is ending does not get it, and its end gives the reason. */
  send(message: object): void {
    if (this.child?.connected) this.child.send(message, () => {});
  }

  /** Sends a message, and resolves when it was sent or cannot be. */
  sent(message: object): Promise<void> {
    return new Promise((resolve) => {
      if (this.child?.connected) this.child.send(message, () => resolve());
      else resolve();
    });
  }

  kill(): void {
    this.child?.kill('SIGKILL');
  }

  /** Stops waiting for a process that does not even end when it is killed. */
  leave(): void {
    const { child } = this;
    for (const handle of [child, child?.channel, child?.stdout, child?.stderr])
      (handle as { unref?(): void } | null | undefined)?.unref?.();
    this.#leave();
  }

  #endOf(child: ChildProcess): Promise<ProcessEnd> {
    const looks = this.#watchStart(child);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(0, KEPT_OUTPUT);
      });
    return new Promise<ProcessEnd>((resolve) => {
      child.on('error', (error) => {
        // A failed kill or message is no end.
        if (child.pid === undefined) resolve(notStarted(error));
      });
      child.on('close', (status, signal) => resolve({ status, signal, reason: this.#reasonOf(status, signal) }));
      this.#leave = () => resolve({ status: null, signal: 'SIGKILL', reason: 'was left behind' });
    }).finally(() => clearInterval(looks));
  }

  /** Kills a process that never starts: Node waits forever for those of its threads that the system refused to start. */
  #watchStart(child: ChildProcess): NodeJS.Timeout {
    let idleLooks = 0;
    let lastTicks = -1;
    const looks = setInterval(() => {
      const stat = child.pid === undefined ? null : processStat(child.pid);
      idleLooks = stat?.state === 'S' && stat.usedTicks === lastTicks ? idleLooks + 1 : 0;
      lastTicks = stat?.usedTicks ?? -1;
      if (idleLooks < MOST_IDLE_LOOKS) return;
      this.#isStuck = true;
      this.kill();
    }, LOOK_MS);
    child.once('message', () => clearInterval(looks));
    return looks;
  }

  #reasonOf(status: number | null, signal: NodeJS.Signals | null): string | null {
    if (status === 0) return null;
    // libuv aborts without a word when it cannot start a thread.
    const isSilentAbort = signal === 'SIGABRT' && this.#output === '' && nearProcessLimit();
    if (this.#isStuck || isSilentAbort || /uv_thread_create|pthread_create|Error: EAGAIN/.test(this.#output))
      return `could not start its threads: ${limitText('processes')}`;
    if (/heap out of memory|Array buffer allocation failed|ENOMEM/.test(this.#output))
      return `ran out of memory: ${limitText('memory')}`;
    if (signal === 'SIGKILL' && oomKills() > this.#oomKillsBefore)
      return `was ended by the kernel because memory ran out: ${limitText('memory')}`;
    if (signal === 'SIGBUS') return `was ended by SIGBUS: ${SIGBUS_CAUSE}`;
    if (signal !== null) return `was ended by ${signal}`;
    const said = /^.*\b\w*Error\b.*$/m.exec(this.#output)?.[0].trim();
    return `ended with status ${status}${said === undefined ? '' : `: ${said}`}`;
  }
}

/** SIGBUS is how the kernel reports that bytes of a mapped file cannot be read. */
const SIGBUS_CAUSE =
  'a file under ioengine: mmap was truncated while it was mapped, or its storage failed; use psync to find the location';

function notStarted(thrown: unknown): ProcessEnd {
  const { code, message } = explained(systemFaultOf(thrown), 'start');
  return { status: null, signal: null, reason: `could not be started (${code}): ${message}` };
}
