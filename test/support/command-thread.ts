/**
 * Runs commands of the built CLI in one thread that has loaded them already: a process of its own costs each command a
 * fifth of a second of CPU, and most of what a command does is the same in either. A test of what only a process has
 * (pipes, a terminal, signals, an environment that is read once) takes `feedrate-cli.ts` instead.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { environment, type Outcome, TIMEOUT_MS } from './feedrate-cli.js';

/** What the thread is asked to do. */
export interface CommandRequest {
  /** The answer bears it. */
  readonly id: number;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface CommandAnswer {
  readonly id: number;
  readonly outcome: Outcome;
}

export interface CommandThreadData {
  readonly port: MessagePort;
  /** Its first element counts the answers. */
  readonly answers: Int32Array<SharedArrayBuffer>;
}

class CommandThread {
  readonly #answers = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #port;
  #asked = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const worker = new Worker(new URL('./command-worker.js', import.meta.url), {
      // A dry run opens files through the C library.
      trackUnmanagedFds: false,
      workerData: { port: port2, answers: this.#answers },
      transferList: [port2],
      // Not the runner's: a session's process would inherit them.
      execArgv: [],
    });
    worker.unref();
    port1.unref();
  }

  /** Blocks until the command has ended, as `spawnSync` does. */
  run(command: Omit<CommandRequest, 'id'>): Outcome {
    const id = ++this.#asked;
    this.#port.postMessage({ id, ...command });
    // A wake-up alone does not say that this answer is there: one test would be given the answer of another.
    for (;;) {
      const seen = Atomics.load(this.#answers, 0);
      const answer = receiveMessageOnPort(this.#port)?.message as CommandAnswer | undefined;
      if (answer?.id === id) return answer.outcome;
      if (answer === undefined && Atomics.wait(this.#answers, 0, seen, TIMEOUT_MS) === 'timed-out')
        throw new Error(`feedrate ${command.args.join(' ')} has not ended`);
    }
  }
}

let thread: CommandThread | undefined;

/** `feedrate ARGS` with its output in pipes and no terminal to ask on, as that of `feedrate-cli.ts`. */
export function feedrate(
  args: readonly string[],
  cwd: string = process.cwd(),
  changes: Readonly<Record<string, string>> = {},
): Outcome {
  const readOnce = Object.keys(changes).find((name) => name.startsWith('FEEDRATE_'));
  if (readOnce !== undefined) throw new Error(`${readOnce} is read once: it takes a process of its own`);
  thread ??= new CommandThread();
  const before = process.cwd();
  // The working directory is the process's; a thread cannot change it, and this one does nothing meanwhile.
  process.chdir(cwd);
  try {
    return thread.run({ args, env: environment(changes) });
  } finally {
    process.chdir(before);
  }
}
