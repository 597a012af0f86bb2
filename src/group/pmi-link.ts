/**
 * PMI-1, the protocol between MPI processes and their launcher, over the socket that the launcher left open: Hydra (MPICH,
 * Intel MPI), and Slurm with --mpi=pmi2, which speaks PMI-1 with processes that begin with it. A request and its answer are
 * a line each: `cmd=barrier_in`, `cmd=barrier_out`.
 */
import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { FeedrateError } from '../base/errors.js';
import { visibleText } from '../base/visible-text.js';
import type { LauncherLink } from './launched-group.js';

interface PmiLink extends LauncherLink {
  /** The launcher's name for this job, which all ranks share. */
  readonly job: string;
}

/**
 * Connects to the launcher.
 * @param descriptor the value of PMI_FD
 * @throws FeedrateError `usage` when the descriptor is not open in this process, `measurement` for an answer that is no PMI-1
 */
export async function connectPmi(descriptor: string): Promise<PmiLink> {
  const fd = Number(descriptor);
  if (!isSocket(fd)) {
    const why = `PMI_FD=${visibleText(descriptor)} is not open in this process`;
    const how =
      'let the launcher start feedrate itself, because npx and npm close it, or measure alone with --group none';
    throw new FeedrateError('usage', `${why}: ${how}`);
  }
  const wire = new PmiWire(fd);
  await wire.ask('cmd=init pmi_version=1 pmi_subversion=1', 'response_to_init');
  const named = await wire.ask('cmd=get_my_kvsname', 'my_kvsname');
  return {
    job: named['kvsname'] ?? '',
    barrier: async () => {
      await wire.ask('cmd=barrier_in', 'barrier_out');
    },
    abort: (exitStatus) => wire.tell(`cmd=abort exitcode=${exitStatus}`),
    finish: async () => {
      await wire.ask('cmd=finalize', 'finalize_ack');
      wire.end();
    },
  };
}

function isSocket(fd: number): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    return false;
  }
}

type PmiAnswer = Readonly<Record<string, string>>;

/** A conversation of requests and answers, one after another. */
class PmiWire {
  readonly #fd: number;
  readonly #socket: Socket;
  #received = '';
  #asking: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null;

  constructor(fd: number) {
    this.#fd = fd;
    this.#socket = new Socket({ fd, readable: true, writable: true });
    this.#socket.setEncoding('latin1').unref();
    this.#socket.on('data', (text: string) => this.#receive(text));
    for (const event of ['error', 'end', 'close']) this.#socket.on(event, () => this.#lose());
  }

  /** Sends a request and returns the fields of its answer. Throws `FeedrateError('measurement')`. */
  async ask(request: string, command: string): Promise<PmiAnswer> {
    const line = await new Promise<string>((resolve, reject) => {
      this.#asking = { resolve, reject };
      this.#socket.ref();
      this.#socket.write(`${request}\n`);
    });
    this.#socket.unref();
    const answer = fieldsOf(line);
    if (answer['cmd'] === command && (answer['rc'] ?? '0') === '0') return answer;
    const said = visibleText(line.slice(0, 100));
    throw new FeedrateError('measurement', `the launcher answered '${request}' with '${said}'; try --group files`);
  }

  /** Sends a request that has no answer, at once. */
  tell(request: string): void {
    try {
      writeSync(this.#fd, `${request}\n`);
    } catch {
      // The launcher has gone, or the socket is closed: there is nobody left to tell.
    }
  }

  end(): void {
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\n');
    if (end < 0) return;
    const line = this.#received.slice(0, end);
    this.#received = this.#received.slice(end + 1);
    this.#asking?.resolve(line);
    this.#asking = null;
  }

  #lose(): void {
    this.#asking?.reject(new FeedrateError('measurement', 'the launcher has closed its connection (PMI_FD)'));
    this.#asking = null;
  }
}

function fieldsOf(line: string): PmiAnswer {
  return Object.fromEntries(
    line.split(' ').map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
